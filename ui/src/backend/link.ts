/**
 * Keeps one stream of pushes whole: checks the sequence, notices silence, asks for a snapshot, opens the stream again with a growing delay.
 * Knows nothing of how a push travels.
 */
import type { Push } from "../wire/messages";
import type { LinkState } from "./types";

/** How pushes reach us. */
export interface Transport {
  /** Opens the stream; `onClosed` is called at most once, when it ends by itself. Returns what closes it. */
  open(onPush: (push: Push) => void, onClosed: () => void): () => void;
  /** Asks for a snapshot in the stream. */
  resync(): Promise<unknown>;
}

/** The core sends a heartbeat every 5 s; two of them may be late. */
export const SILENCE_MS = 12_000;
/** How long the core may take to accept a request for a snapshot. */
export const RESYNC_MS = 5_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/** Starts to follow a transport; the returned function ends it. */
export function followPushes(
  transport: Transport,
  onPush: (push: Push) => void,
  onLink: (state: LinkState) => void,
): () => void {
  let ended = false;
  let close: (() => void) | undefined;
  let expected: number | undefined;
  let isWhole = false;
  let isAsking = false;
  let failures = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let link: LinkState | undefined;
  // Tells the callbacks of a stream that we gave up from those of the current one.
  let generation = 0;

  function say(state: LinkState) {
    if (link === state || ended) return;
    link = state;
    onLink(state);
  }

  function listenForSilence(wasAsked: boolean) {
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (wasAsked) fail();
      else ask();
    }, SILENCE_MS);
  }

  function ask() {
    if (isAsking) return;
    isAsking = true;
    const asked = generation;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("No answer")), RESYNC_MS);
    });
    Promise.race([transport.resync(), late])
      .then(
        () => {
          if (asked !== generation || ended) return;
          listenForSilence(true);
        },
        () => {
          if (asked === generation && !ended) fail();
        },
      )
      .finally(() => {
        clearTimeout(timer);
        if (asked === generation) isAsking = false;
      });
  }

  function fail() {
    generation += 1;
    close?.();
    close = undefined;
    isAsking = false;
    clearTimeout(silence);
    say("lost");
    const delay = Math.min(FIRST_DELAY_MS * 2 ** failures, LONGEST_DELAY_MS);
    failures += 1;
    clearTimeout(reopening);
    reopening = setTimeout(open, delay);
  }

  function take(push: Push) {
    const hasSnapshot = push.items.some((item) => item.type === "snapshot");
    if (hasSnapshot) {
      isWhole = true;
    } else if (expected !== undefined && push.seq < expected) {
      return;
    } else if (!isWhole || push.seq !== expected) {
      // What is missing cannot be known, so nothing is applied until a snapshot comes.
      isWhole = false;
      expected = push.seq + 1;
      listenForSilence(false);
      ask();
      return;
    }
    expected = push.seq + 1;
    failures = 0;
    listenForSilence(false);
    say("live");
    onPush(push);
  }

  function open() {
    if (ended) return;
    generation += 1;
    const mine = generation;
    expected = undefined;
    isWhole = false;
    listenForSilence(false);
    try {
      close = transport.open(
        (push) => {
          if (mine === generation && !ended) take(push);
        },
        () => {
          if (mine === generation && !ended) fail();
        },
      );
    } catch {
      fail();
    }
  }

  say("connecting");
  open();
  return () => {
    ended = true;
    generation += 1;
    clearTimeout(silence);
    clearTimeout(reopening);
    close?.();
  };
}
