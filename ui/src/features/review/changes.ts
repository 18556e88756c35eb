/** Changes that are loaded, and loaded again, while what was there stays on screen. */
import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";
import type { Changes } from "./review.commands";

export interface Loaded {
  changes: Changes | null;
  error: unknown;
  isLoading: boolean;
}

export interface Loader {
  /** Tells sources apart: another key forgets what is on screen. */
  key: string;
  /** Another value loads again, and keeps what is on screen until that came. */
  version: unknown;
  read: () => Promise<Changes>;
}

/** Loads what `loader` says; null loads nothing. The last request wins, whatever the order of the answers. */
export function createChanges(loader: Accessor<Loader | null>): [Accessor<Loaded>, () => void] {
  const none: Loaded = { changes: null, error: null, isLoading: false };
  const [loaded, setLoaded] = createSignal<Loaded>(none);
  let turn = 0;
  let key: string | null = null;

  const load = async () => {
    const now = loader();
    turn += 1;
    const mine = turn;
    const kept = now !== null && now.key === key ? loaded().changes : null;
    key = now?.key ?? null;
    if (!now) {
      setLoaded(none);
      return;
    }
    setLoaded({ changes: kept, error: null, isLoading: true });
    try {
      const changes = await now.read();
      if (mine === turn) setLoaded({ changes, error: null, isLoading: false });
    } catch (error) {
      if (mine === turn) setLoaded({ changes: kept, error, isLoading: false });
    }
  };

  createEffect(
    on(
      () => {
        const now = loader();
        return now && [now.key, now.version];
      },
      (now, before) => {
        if (before && now && before[0] === now[0] && before[1] === now[1]) return;
        void load();
      },
    ),
  );
  onCleanup(() => {
    turn += 1;
  });
  return [loaded, () => void load()];
}
