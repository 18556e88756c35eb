/** An instance's output, read as it is looked at: its end while it is followed, other pages when they are scrolled to. */
import { batch, createSignal } from "solid-js";
import { createPoll } from "../../model/poll";
import { firstPlace, type LogWindow, nextPlace, rowsIn, windowOf, withNewer, withOlder } from "./log-window";
import { readAfter, readBefore, readEnd } from "./logs.commands";

/** The first look; enough to fill any window. */
const FIRST_LINES = 1_000;
const PAGE_LINES = 2_000;
/** Around a match. */
const AROUND_LINES = 400;
/** While the instance may write: soon enough to be called live. */
const LIVE_MS = 400;
const REST_MS = 3_000;
/** Pages read one after the other before the screen gets its turn. */
const MOST_AT_ONCE = 20;

interface Watched {
  instance: string;
  /** Whether more output is likely. */
  isLive: () => boolean;
}

export function createLog(watched: Watched) {
  const { instance } = watched;
  const [window, setWindow] = createSignal<LogWindow>();
  const [failure, setFailure] = createSignal<unknown>(null);
  const [isFollowed, setFollowed] = createSignal(true);
  const [isReadingOlder, setReadingOlder] = createSignal(false);
  /** How the list grew last, so that it can stay where it is. */
  const [isGrownAtStart, setGrownAtStart] = createSignal(false);
  let reading: Promise<void> = Promise.resolve();

  /** One read after the other: a page belongs to the window that it was asked for. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    reading = reading.then(work).then(
      () => void setFailure(null),
      (error: unknown) => void setFailure(error),
    );
    return reading;
  };
  const show = (next: LogWindow, atStart: boolean) =>
    batch(() => {
      setGrownAtStart(atStart);
      setWindow(next);
    });

  const readFirst = async () => {
    const page = await readEnd(instance, FIRST_LINES);
    show(windowOf(page, { hasOlder: page.has_more, hasNewer: false }), false);
  };

  const readNewer = async () => {
    for (let i = 0; i < MOST_AT_ONCE; i += 1) {
      const current = window();
      const after = current && nextPlace(current);
      if (!current || !after) return readFirst();
      const page = await readAfter(instance, after, PAGE_LINES);
      const next = withNewer(current, page);
      if (next !== current) show(next, firstPlace(next) !== firstPlace(current));
      // What is not looked at needs no more than to be known of.
      if (!page.has_more || !isFollowed()) return;
    }
  };

  const polled = createPoll(
    () =>
      inTurn(async () => {
        const current = window();
        // Elsewhere in the output: its end is read when one comes back to it.
        if (current && (!isFollowed() || current.hasNewer)) return;
        await readNewer();
      }),
    () => (watched.isLive() ? LIVE_MS : REST_MS),
  );

  return {
    rows: () => {
      const current = window();
      return current ? rowsIn(current) : [];
    },
    window,
    failure,
    isFollowed,
    isReadingOlder,
    isGrownAtStart,
    /** Reads at once, out of turn. */
    now: () => polled.now(),

    stopFollowing: () => setFollowed(false),

    /** To the end, and with it from then on. */
    follow(): Promise<void> {
      setFollowed(true);
      return inTurn(() => (window()?.hasNewer ? readFirst() : readNewer()));
    },

    older(): void {
      if (isReadingOlder() || !window()?.hasOlder) return;
      setReadingOlder(true);
      void inTurn(async () => {
        const current = window();
        const before = current && firstPlace(current);
        if (!current || !before || !current.hasOlder) return;
        show(withOlder(current, await readBefore(instance, before, PAGE_LINES)), true);
      }).then(() => setReadingOlder(false));
    },

    /** What comes after a window that does not reach the end. */
    newer(): void {
      void inTurn(async () => {
        if (window()?.hasNewer) await readNewer();
      });
    },

    /** The output around a match; gives the row of the match. */
    async around(place: string): Promise<number | undefined> {
      let found: number | undefined;
      await inTurn(async () => {
        const after = await readAfter(instance, place, AROUND_LINES);
        const before = await readBefore(instance, place, AROUND_LINES);
        const from = windowOf(after, { hasOlder: true, hasNewer: after.has_more });
        found = rowsIn(from)[0]?.id;
        batch(() => {
          setFollowed(false);
          show(withOlder(from, before), false);
        });
      });
      return found;
    },
  };
}

export type Log = ReturnType<typeof createLog>;
