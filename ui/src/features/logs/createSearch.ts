/** A search over the whole of an instance's output, and where in its finds one is. */
import { batch, createSignal, onCleanup } from "solid-js";
import type { LogMatches, LogMatchView } from "../../wire/messages";
import { searchLog } from "./logs.commands";

/** Typing rests before the file is searched. */
const AFTER_TYPING_MS = 250;

interface SearchOptions {
  instance: string;
  /** Goes to a find. */
  onGo: (place: string) => void;
}

/** Which of the finds is next to where one was, at it or further up; the newest where one was nowhere. Pure. */
export function nearestFind(
  was: { finds: readonly LogMatchView[]; at: number },
  found: readonly LogMatchView[],
): number {
  if (was.at < 0) return 0;
  // A place says nothing of what is before it; the list does.
  const notBelow = new Set(was.finds.slice(was.at).map((find) => find.place));
  const next = found.findIndex((find) => notBelow.has(find.place));
  return Math.max(next, 0);
}

export function createSearch(options: SearchOptions) {
  const [text, setText] = createSignal("");
  const [matches, setMatches] = createSignal<LogMatches>();
  const [failure, setFailure] = createSignal<unknown>(null);
  const [isSearching, setSearching] = createSignal(false);
  /** In the list, which is newest first; -1 where there is none. */
  const [at, setAt] = createSignal(-1);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  onCleanup(() => clearTimeout(timer));

  /** Goes to the nearest find by itself. */
  const search = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const wanted = text().trim();
    asked += 1;
    const mine = asked;
    setFailure(null);
    if (!wanted) {
      setMatches(undefined);
      setSearching(false);
      setAt(-1);
      return;
    }
    setSearching(true);
    try {
      const found = await searchLog(options.instance, wanted);
      if (mine !== asked) return;
      const nearest = nearestFind({ finds: matches()?.lines ?? [], at: at() }, found.lines);
      batch(() => {
        setMatches(found);
        setAt(-1);
        go(nearest);
      });
    } catch (error) {
      if (mine === asked) setFailure(error);
    } finally {
      if (mine === asked) setSearching(false);
    }
  };
  /** Whether the finds are not yet, or no more, those of the text. */
  const isBehind = () => timer !== undefined || isSearching() || matches() === undefined;
  const go = (index: number) => {
    const list = matches()?.lines ?? [];
    if (list.length === 0) return;
    const next = (index + list.length) % list.length;
    setAt(next);
    const place = list[next]?.place;
    if (place !== undefined) options.onGo(place);
  };

  return {
    text,
    matches,
    failure,
    isSearching,
    /** Counted from the oldest, from 1; 0 where there is none. */
    position: () => (at() < 0 ? 0 : (matches()?.lines.length ?? 0) - at()),
    type(next: string): void {
      setText(next);
      clearTimeout(timer);
      timer = setTimeout(() => void search(), AFTER_TYPING_MS);
    },
    clear(): void {
      setText("");
      void search();
    },
    /** The find before, that is further up. */
    async older(): Promise<void> {
      if (isBehind()) await search();
      else go(at() + 1);
    },
    /** The find after, that is further down. */
    async newer(): Promise<void> {
      if (isBehind()) await search();
      else go(at() - 1);
    },
  };
}

export type LogSearch = ReturnType<typeof createSearch>;
