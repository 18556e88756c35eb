/** What a window keeps over a reload: widths, folds, drafts. A full or refused storage is no fault: it is then kept until the reload. */
import { type Accessor, createSignal } from "solid-js";

const PREFIX = "portal.";

export function load<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function save(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // See above.
  }
}

/** A signal that is kept. */
export function createKept<T>(key: string, fallback: T): [Accessor<T>, (value: T) => void] {
  const [value, set] = createSignal<T>(load(key, fallback));
  return [
    value,
    (next) => {
      set(() => next);
      save(key, next);
    },
  ];
}
