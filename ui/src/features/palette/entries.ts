/** What the palette finds, and in which order. Pure, given the model and the actions. */
import uFuzzy from "@leeoniya/ufuzzy";
import { type Action, isPossible } from "../../actions/registry";
import type { Place } from "../../app/place";
import { t } from "../../i18n";
import { shortPath } from "../../lib/format";
import { whereOf } from "../../model/kinds";
import { instances } from "../../model/selectors";
import type { Model } from "../../model/state";

export type Target = { action: Action } | { place: Place };

export interface PaletteEntry {
  id: string;
  kind: "action" | "instance" | "session" | "directory";
  label: string;
  /** Beside the label, dimmed. */
  note: string;
  keys?: string;
  target: Target;
  /** What is searched. */
  haystack: string;
}

/** Shown at most; a longer list is not read. */
const MOST = 60;

const fuzzy = new uFuzzy({ intraMode: 1, intraIns: 2 });

export function entries(model: Model, actions: readonly Action[]): PaletteEntry[] {
  const result: PaletteEntry[] = [];
  for (const action of actions) {
    if (action.id === "app.palette" || !isPossible(action)) continue;
    const label = t(action.label);
    result.push({
      id: `a:${action.id}`,
      kind: "action",
      label,
      note: "",
      ...(action.keys?.[0] ? { keys: action.keys[0] } : {}),
      target: { action },
      haystack: `${label} ${action.keywords ?? ""}`,
    });
  }
  for (const instance of instances(model)) {
    const note = whereOf(instance, model.host.home);
    result.push({
      id: `i:${instance.id}`,
      kind: "instance",
      label: instance.name,
      note,
      target: { place: { kind: "instance", id: instance.id } },
      haystack: `${instance.name} ${note}`,
    });
  }
  const sessions = Object.values(model.sessions)
    .filter((session) => session.parent === null)
    .sort((a, b) => b.updated_ms - a.updated_ms);
  for (const session of sessions) {
    const label = session.title || t("instance.session.untitled");
    const note = model.instances[session.instance]?.name ?? "";
    result.push({
      id: `s:${session.instance}/${session.id}`,
      kind: "session",
      label,
      note,
      target: { place: { kind: "session", instance: session.instance, session: session.id } },
      haystack: `${label} ${note}`,
    });
  }
  for (const directory of model.settings.recent_directories) {
    const label = shortPath(directory, model.host.home);
    result.push({
      id: `d:${directory}`,
      kind: "directory",
      label,
      note: t("palette.kind.directory"),
      target: { place: { kind: "new-instance", directory } },
      haystack: `${label} ${t("palette.kind.directory")}`,
    });
  }
  return result;
}

export function search(all: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const text = query.trim();
  if (!text) return all.slice(0, MOST);
  const texts = all.map((entry) => entry.haystack);
  // Words in any order: "theme dark" finds "Dark theme".
  const [indexes, info, order] = fuzzy.search(texts, text, 1);
  if (!indexes) return [];
  const ordered = info && order ? order.map((i) => info.idx[i]) : indexes;
  return ordered.flatMap((i) => (i === undefined ? [] : (all[i] ?? []))).slice(0, MOST);
}
