/** What a person can do in the open session. The view tells what it takes; palette and shortcuts call it here. */
import { createSignal } from "solid-js";
import type { Action } from "./registry";

type Name = "abort";

interface Handler {
  run: () => void;
  isPossible: () => boolean;
}

const [handlers, setHandlers] = createSignal<Partial<Record<Name, Handler>>>({});

/** The open session takes an action until the returned function is called. */
export function onSessionAction(name: Name, run: () => void, isPossible: () => boolean): () => void {
  const handler = { run, isPossible };
  setHandlers((all) => ({ ...all, [name]: handler }));
  return () => setHandlers((all) => (all[name] === handler ? { ...all, [name]: undefined } : all));
}

export const sessionActions: readonly Action[] = [
  {
    id: "session.abort",
    label: "session.stop",
    keywords: "abort cancel interrupt",
    group: "session",
    when: () => handlers().abort?.isPossible() ?? false,
    run: () => handlers().abort?.run(),
  },
];
