/** Waits for something to be so in the model. */
import { createEffect, createRoot } from "solid-js";

/** Resolves with what `read` gives, once that is neither undefined nor false; rejects when `isOver` is true before. */
export function until<T>(read: () => T | undefined | false, isOver: () => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    createRoot((dispose) => {
      createEffect(() => {
        const value = read();
        if (value !== undefined && value !== false) {
          resolve(value);
          queueMicrotask(dispose);
        } else if (isOver()) {
          reject(new Error("It is no longer waited for"));
          queueMicrotask(dispose);
        }
      });
    });
  });
}
