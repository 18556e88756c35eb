/** The time as a signal, for what is shown as "3 min ago". One timer for the window; it rests while the window is hidden. */
import { createSignal } from "solid-js";

const [time, setTime] = createSignal(Date.now());

function tick() {
  if (!document.hidden) setTime(Date.now());
}

setInterval(tick, 15_000);
document.addEventListener("visibilitychange", tick);

/** Now, to within 15 s. */
export const now = time;
