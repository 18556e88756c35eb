/** opencode's versions in the palette. */
import type { Action } from "../../actions/registry";
import { model } from "../../model/store";
import { attempt } from "../../ui/notices";
import { isUpdating, newerVersion } from "./newer";
import { lookForVersions, updateOpencode } from "./versions.commands";

export const versionActions: readonly Action[] = [
  {
    id: "app.lookForVersions",
    label: "action.lookForVersions",
    group: "general",
    keywords: "update upgrade version check",
    when: () => !isUpdating(model.versions.update),
    run: () => attempt(lookForVersions),
  },
  {
    id: "app.updateOpencode",
    label: "action.updateOpencode",
    group: "general",
    keywords: "upgrade version install",
    when: () => newerVersion(model.opencode, model.versions) !== null,
    run: () => attempt(() => updateOpencode(newerVersion(model.opencode, model.versions))),
  },
];
