/** What a person can do in the open session. The view tells what it takes; palette and shortcuts call it here. */
import type { Action } from "./registry";
import { createTakenActions } from "./taken";

export type SessionActionName = "abort" | "compose" | "rename" | "delete" | "newest";

const { take, doing } = createTakenActions<SessionActionName>();

/** The open session takes an action until the returned function is called. */
export const onSessionAction = take;

function action(name: SessionActionName, label: Action["label"], more: Pick<Action, "keys" | "keywords">): Action {
  return {
    id: `session.${name}`,
    label,
    group: "session",
    ...more,
    ...doing(name),
  };
}

export const sessionActions: readonly Action[] = [
  action("compose", "session.compose", { keys: ["c"], keywords: "prompt write ask composer" }),
  action("newest", "session.newest", { keys: ["Shift+G"], keywords: "bottom end latest jump" }),
  action("abort", "session.abort", { keywords: "stop cancel interrupt" }),
  action("rename", "session.rename", { keys: ["F2"], keywords: "title name" }),
  action("delete", "session.delete", { keywords: "remove" }),
];
