/** How long until a moment, second by second, and not a tick longer. */
import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";

/** Milliseconds until `at`; 0 when it has come. Null: nothing to count to. */
export function createCountdown(at: Accessor<number | null>): Accessor<number | null> {
  const [left, setLeft] = createSignal<number | null>(null);
  createEffect(() => {
    const moment = at();
    if (moment === null) {
      setLeft(null);
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = () => {
      const rest = Math.max(0, moment - Date.now());
      setLeft(rest);
      if (rest > 0) timer = setTimeout(tick, rest % 1000 || 1000);
    };
    tick();
    onCleanup(() => clearTimeout(timer));
  });
  return left;
}

/** In whole seconds, as one counts down: the last is 1. */
export function secondsLeft(ms: number): number {
  return Math.ceil(ms / 1000);
}
