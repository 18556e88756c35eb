/** Work that is done again and again while someone looks: never twice at once, and not while the window is hidden. */
import { onCleanup } from "solid-js";

export interface Poll {
  /** Does the work at once, unless it is being done. */
  now(): void;
  stop(): void;
}

/** `everyMs` is asked before each pause, which begins when the work has ended. Errors are the work's own affair. */
export function poll(work: () => Promise<void>, everyMs: () => number): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWorking = false;
  let isOver = false;

  const run = async () => {
    clearTimeout(timer);
    if (isWorking || isOver) return;
    isWorking = true;
    try {
      await work();
    } finally {
      isWorking = false;
      if (!isOver && !document.hidden) timer = setTimeout(() => void run(), everyMs());
    }
  };
  const onVisibility = () => {
    if (!document.hidden) void run();
  };
  document.addEventListener("visibilitychange", onVisibility);
  void run();
  return {
    now: () => void run(),
    stop() {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    },
  };
}

/** Polls while the component lives. */
export function createPoll(work: () => Promise<void>, everyMs: () => number): Poll {
  const running = poll(work, everyMs);
  onCleanup(() => running.stop());
  return running;
}
