/** What a person can do in the open session. The view tells what it takes; palette and shortcuts call it here. */
import { createSignal } from "solid-js";
import type { Action } from "./registry";

export type SessionActionName = "abort" | "compose" | "rename" | "delete" | "newest";

interface Handler {
  run: () => void;
  isPossible: () => boolean;
}

const [handlers, setHandlers] = createSignal<Partial<Record<SessionActionName, Handler>>>({});

/** The open session takes an action until the returned function is called. */
export function onSessionAction(
  name: SessionActionName,
  run: () => void,
  isPossible: () => boolean = () => true,
): () => void {
  const handler = { run, isPossible };
  setHandlers((all) => ({ ...all, [name]: handler }));
  return () => setHandlers((all) => (all[name] === handler ? { ...all, [name]: undefined } : all));
}

function action(name: SessionActionName, label: Action["label"], more: Pick<Action, "keys" | "keywords">): Action {
  return {
    id: `session.${name}`,
    label,
    group: "session",
    ...more,
    when: () => handlers()[name]?.isPossible() ?? false,
    run: () => handlers()[name]?.run(),
  };
}

export const sessionActions: readonly Action[] = [
  action("compose", "session.compose", { keys: ["c"], keywords: "prompt write ask composer" }),
  action("newest", "session.newest", { keys: ["Shift+G"], keywords: "bottom end latest jump" }),
  action("abort", "session.abort", { keywords: "stop cancel interrupt" }),
  action("rename", "session.rename", { keys: ["F2"], keywords: "title name" }),
  action("delete", "session.delete", { keywords: "remove" }),
];
