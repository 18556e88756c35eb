/** A search over the whole of an instance's output, and where in its finds one is. */
import { createSignal, onCleanup } from "solid-js";
import type { LogMatches } from "../../wire/messages";
import { searchLog } from "./logs.commands";

/** Typing rests before the file is searched. */
const AFTER_TYPING_MS = 250;

interface SearchOptions {
  instance: string;
  /** Goes to a find. */
  onGo: (place: string) => void;
}

export function createSearch(options: SearchOptions) {
  const [text, setText] = createSignal("");
  const [matches, setMatches] = createSignal<LogMatches>();
  const [failure, setFailure] = createSignal<unknown>(null);
  const [isSearching, setSearching] = createSignal(false);
  /** In the list, which is newest first; -1 before one went to any. */
  const [at, setAt] = createSignal(-1);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  onCleanup(() => clearTimeout(timer));

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
      setMatches(found);
      setAt(-1);
    } catch (error) {
      if (mine === asked) setFailure(error);
    } finally {
      if (mine === asked) setSearching(false);
    }
  };
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
    /** Counted from the oldest, from 1; 0 before one went to any. */
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
      if (timer !== undefined || matches() === undefined) await search();
      go(at() + 1);
    },
    /** The find after, that is further down. */
    async newer(): Promise<void> {
      if (timer !== undefined || matches() === undefined) await search();
      go(at() < 0 ? 0 : at() - 1);
    },
  };
}

export type LogSearch = ReturnType<typeof createSearch>;
