/** Picks the backend for where the UI runs. */
import { createHttpBackend } from "./http";
import { createTauriBackend } from "./tauri";
import type { Backend } from "./types";

let current: Backend | undefined;

/** The backend of this window. `startBackend` comes first. */
export function backend(): Backend {
  if (!current) throw new Error("The backend is used before it is started");
  return current;
}

/** For tests, and for `startBackend`. */
export function useBackend(next: Backend): void {
  current = next;
}

export async function startBackend(): Promise<Backend> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has("fake")) {
    const { createFakeBackend } = await import("./fake");
    useBackend(createFakeBackend());
  } else if ("__TAURI_INTERNALS__" in window) {
    useBackend(createTauriBackend());
  } else {
    useBackend(createHttpBackend());
  }
  return backend();
}
