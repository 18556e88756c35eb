/**
 * Everything a person can do, as objects: the palette, the shortcuts and the menus read them here.
 * Knows no feature.
 */
import { createSignal } from "solid-js";
import type { TextKey } from "../i18n";

export interface Action {
  id: string;
  label: TextKey;
  /** Shortcuts: `Mod+K` (⌘ on a Mac, else Ctrl), `Mod+Shift+N`, `F1`, `?`, or a sequence such as `g i`. */
  keys?: readonly string[];
  /** Other words that find it in the palette. */
  keywords?: string;
  /** The heading it stands under in the list of shortcuts. */
  group?: "general" | "go" | "instance" | "session" | "request" | "review";
  /** Whether it makes sense now. */
  when?: () => boolean;
  run: () => void | Promise<void>;
}

const [actions, setActions] = createSignal<readonly Action[]>([]);

/** Adds actions; the returned function takes them back. */
export function register(added: readonly Action[]): () => void {
  setActions((list) => [...list.filter((action) => !added.some((a) => a.id === action.id)), ...added]);
  return () => setActions((list) => list.filter((action) => !added.includes(action)));
}

/** All actions, in the order in which they were registered. */
export const allActions = actions;

export function isPossible(action: Action): boolean {
  return action.when?.() ?? true;
}

export function possibleActions(): Action[] {
  return actions().filter(isPossible);
}

export function action(id: string): Action | undefined {
  return actions().find((candidate) => candidate.id === id);
}
