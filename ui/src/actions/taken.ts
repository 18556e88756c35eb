/** Actions that a part of the window takes while it is on screen: it tells what they do, palette and shortcuts call them. */
import { createSignal } from "solid-js";
import type { Action } from "./registry";

interface Handler {
  run: () => void;
  isPossible: () => boolean;
}

export interface TakenActions<Name extends string> {
  /** Takes an action until the returned function is called. */
  take(name: Name, run: () => void, isPossible?: () => boolean): () => void;
  /** What an action does: whatever who takes it says. Not possible while nobody does. */
  doing(name: Name): Pick<Action, "when" | "run">;
}

export function createTakenActions<Name extends string>(): TakenActions<Name> {
  const [handlers, setHandlers] = createSignal<{ readonly [name: string]: Handler | undefined }>({});
  return {
    take(name, run, isPossible = () => true) {
      const handler = { run, isPossible };
      setHandlers((all) => ({ ...all, [name]: handler }));
      return () => setHandlers((all) => (all[name] === handler ? { ...all, [name]: undefined } : all));
    },
    doing: (name) => ({
      when: () => handlers()[name]?.isPossible() ?? false,
      run: () => handlers()[name]?.run(),
    }),
  };
}
