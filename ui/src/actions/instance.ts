/** What a person can do on the page of an instance. The page and its tabs tell what they take; palette and shortcuts call it here. */
import { createSignal } from "solid-js";
import type { Action } from "./registry";

export type InstanceActionName =
  | "showSessions"
  | "showSummary"
  | "showLogs"
  | "showResources"
  | "showProfile"
  | "searchLog"
  | "followLog"
  | "wrapLog"
  | "saveLog";

interface Handler {
  run: () => void;
  isPossible: () => boolean;
}

const [handlers, setHandlers] = createSignal<Partial<Record<InstanceActionName, Handler>>>({});

/** The open page takes an action until the returned function is called. */
export function onInstanceAction(
  name: InstanceActionName,
  run: () => void,
  isPossible: () => boolean = () => true,
): () => void {
  const handler = { run, isPossible };
  setHandlers((all) => ({ ...all, [name]: handler }));
  return () => setHandlers((all) => (all[name] === handler ? { ...all, [name]: undefined } : all));
}

function action(name: InstanceActionName, keywords: string, keys?: readonly string[]): Action {
  return {
    id: `instance.${name}`,
    label: `action.${name}`,
    group: "instance",
    keywords,
    ...(keys ? { keys } : {}),
    when: () => handlers()[name]?.isPossible() ?? false,
    run: () => handlers()[name]?.run(),
  };
}

export const instanceActions: readonly Action[] = [
  action("showSessions", "tab conversations", ["1"]),
  action("showSummary", "tab facts history attach address", ["2"]),
  action("showLogs", "tab output console", ["3"]),
  action("showResources", "tab memory processor cpu processes children mcp", ["4"]),
  action("showProfile", "tab port arguments environment restart sleep budget", ["5"]),
  action("searchLog", "find logs", ["Mod+F"]),
  action("followLog", "tail logs live"),
  action("wrapLog", "lines logs"),
  action("saveLog", "download export logs"),
];
