/** What a person can do on the page of an instance. The page and its tabs tell what they take; palette and shortcuts call it here. */
import type { Action } from "./registry";
import { createTakenActions } from "./taken";

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

const { take, doing } = createTakenActions<InstanceActionName>();

/** The open page takes an action until the returned function is called. */
export const onInstanceAction = take;

function action(name: InstanceActionName, keywords: string, keys?: readonly string[]): Action {
  return {
    id: `instance.${name}`,
    label: `action.${name}`,
    group: "instance",
    keywords,
    ...(keys ? { keys } : {}),
    ...doing(name),
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
