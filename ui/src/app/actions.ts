/** The actions of the window as a whole. */
import type { Action } from "../actions/registry";
import { openTour } from "../features/tour/tour.commands";
import { createSession, lookForOpencode, quit, updateSettings } from "../model/commands";
import { restartFailed, startAll } from "../model/fleet-commands";
import { canStart, canStop, instances, isFailed, lacksOpencode, usage } from "../model/selectors";
import { model } from "../model/store";
import { attempt } from "../ui/notices";
import type { ThemeView } from "../wire/messages";
import { openDialog } from "./dialogs";
import { placeInstance, verbActions } from "./instanceMenu";
import { isDockOpen, isLeftOpen, setDockShown, setLeftShown } from "./layout";
import { go, goBack, goForward } from "./place";

export async function openNewSession(instance: string): Promise<void> {
  const session = await createSession(instance);
  go({ kind: "session", instance, session });
}

/** Goes to the search field of the fleet. */
export function focusSearch(): void {
  setLeftShown(true);
  queueMicrotask(() => document.querySelector<HTMLInputElement>("[data-fleet-search]")?.focus());
}

function theme(id: string, label: Action["label"], value: ThemeView): Action {
  return {
    id,
    label,
    group: "general",
    keywords: "appearance colour color mode",
    when: () => model.settings.theme !== value,
    run: () => attempt(() => updateSettings({ theme: value })),
  };
}

/** Asks only when there is something to ask. */
function quitOrAsk(): void {
  const { on_quit } = model.settings;
  if (on_quit === "ask" && usage(model).running > 0) openDialog("quit");
  else attempt(() => quit(on_quit === "ask" ? "keep" : on_quit, false));
}

export const appActions: readonly Action[] = [
  { id: "app.palette", label: "action.palette", keys: ["Mod+K"], group: "general", run: () => openDialog("palette") },
  {
    id: "app.newInstance",
    label: "action.newInstance",
    keys: ["Mod+N", "g n"],
    group: "general",
    keywords: "start open directory project add container docker podman sandbox ssh machine remote",
    run: () => go({ kind: "new-instance" }),
  },
  {
    id: "app.newSession",
    label: "action.newSession",
    keys: ["Mod+Shift+N"],
    group: "session",
    keywords: "chat conversation",
    when: () => placeInstance()?.state.state === "ready",
    run: () => {
      const instance = placeInstance();
      if (instance) attempt(() => openNewSession(instance.id));
    },
  },
  {
    id: "app.foldLeft",
    label: "action.foldLeft",
    keys: ["Mod+B"],
    group: "general",
    keywords: "sidebar",
    run: () => setLeftShown(!isLeftOpen()),
  },
  {
    id: "app.foldDock",
    label: "action.foldDock",
    keys: ["Mod+J"],
    group: "general",
    keywords: "review panel",
    run: () => setDockShown(!isDockOpen()),
  },
  { id: "app.search", label: "action.search", keys: ["/"], group: "go", run: focusSearch },
  {
    id: "app.overview",
    label: "action.overview",
    keys: ["g o"],
    group: "go",
    keywords: "home",
    run: () => go({ kind: "overview" }),
  },
  {
    id: "app.inbox",
    label: "action.inbox",
    keys: ["g i"],
    group: "go",
    keywords: "requests permissions questions",
    run: () => go({ kind: "inbox" }),
  },
  {
    id: "app.settings",
    label: "action.settings",
    keys: ["Mod+,", "g s"],
    group: "go",
    keywords: "preferences options",
    run: () => go({ kind: "settings" }),
  },
  { id: "app.back", label: "app.back", keys: ["Alt+ArrowLeft"], group: "go", run: goBack },
  { id: "app.forward", label: "app.forward", keys: ["Alt+ArrowRight"], group: "go", run: goForward },
  ...verbActions,
  {
    id: "fleet.startAll",
    label: "action.startAll",
    group: "general",
    keywords: "run everything",
    when: () => instances(model).some(canStart),
    run: () => attempt(() => startAll()),
  },
  {
    id: "fleet.stopAll",
    label: "action.stopAll",
    group: "general",
    keywords: "end everything kill",
    when: () => instances(model).some(canStop),
    run: () => openDialog("stop-all"),
  },
  {
    id: "fleet.restartFailed",
    label: "action.restartFailed",
    group: "general",
    keywords: "crashed failed again",
    when: () => instances(model).some(isFailed),
    run: () => attempt(() => restartFailed()),
  },
  {
    id: "fleet.addAddress",
    label: "action.addAddress",
    group: "general",
    keywords: "remote server url host connect https certificate",
    run: () => openDialog("add-address"),
  },
  theme("app.themeLight", "action.themeLight", "light"),
  theme("app.themeDark", "action.themeDark", "dark"),
  theme("app.themeSystem", "action.themeSystem", "system"),
  {
    id: "app.tour",
    label: "action.tour",
    group: "general",
    keywords: "demo help sample",
    when: () => !lacksOpencode(model),
    run: () => attempt(openTour),
  },
  {
    id: "app.lookForOpencode",
    label: "action.lookForOpencode",
    group: "general",
    run: () => attempt(lookForOpencode),
  },
  {
    id: "app.shortcuts",
    label: "action.shortcuts",
    keys: ["F1", "?"],
    group: "general",
    keywords: "keys help",
    run: () => openDialog("shortcuts"),
  },
  {
    id: "app.quit",
    label: "action.quit",
    keys: ["Mod+Q"],
    group: "general",
    when: () => model.host.quits,
    run: quitOrAsk,
  },
];
