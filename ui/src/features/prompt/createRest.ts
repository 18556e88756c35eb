/** Waits until a person rests: what comes up unasked takes no key that was meant for something else. */
import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";

/** How long something new is seen before it can be answered. */
const FIRST_MS = 500;
/** How long after the last key somebody may still be in the middle of a sentence. */
const TYPING_MS = 1_500;

/** What is typed into. What does not take it now is not. */
const FIELD = "input:not([readonly]), textarea:not([readonly]), [contenteditable='true']";

/** When a key was pressed last, and when one in the middle of what is typed. */
let pressedAt = Number.NEGATIVE_INFINITY;
let typedAt = Number.NEGATIVE_INFINITY;
addEventListener(
  "keydown",
  ({ key, target }) => {
    pressedAt = performance.now();
    // Enter ends it.
    const isTyped = key !== "Enter" && target instanceof Element && target.matches(FIELD);
    typedAt = isTyped ? pressedAt : Number.NEGATIVE_INFINITY;
  },
  { capture: true },
);

/** Whether to wait still, since there is something new. */
export function createRest(subject: Accessor<unknown>): Accessor<boolean> {
  /** What was there while the person rested. */
  const [seen, setSeen] = createSignal<unknown>();
  createEffect(
    on(subject, (next) => {
      const since = performance.now();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const look = () => {
        const until = Math.max(since + FIRST_MS, pressedAt + FIRST_MS, typedAt + TYPING_MS);
        const left = until - performance.now();
        // An Enter meanwhile makes it shorter.
        if (left > 0) timer = setTimeout(look, Math.min(Math.ceil(left), FIRST_MS));
        else setSeen(next);
      };
      if (next !== undefined) look();
      onCleanup(() => clearTimeout(timer));
    }),
  );
  return () => subject() !== undefined && seen() !== subject();
}
