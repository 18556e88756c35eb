/**
 * Sessions that were left while they run go on being followed until they rest. opencode keeps a text only when it is
 * complete, so whoever comes back in the middle could not be shown its beginning.
 */
import { createEffect, createRoot } from "solid-js";
import { isReady } from "../../model/selectors";
import type { SessionKey } from "../../model/state";
import { model } from "../../model/store";

/** More are let go, the one held longest first. */
const MOST_HELD = 8;

const held = new Map<SessionKey, () => void>();

/** Whether a session runs, as far as the core told. */
export function isRunning(key: SessionKey): boolean {
  const session = model.sessions[key];
  return session !== undefined && session.status.status !== "idle" && isReady(model.instances[session.instance]);
}

/** Calls `end` when the session rests; at once when it does already. */
export function holdWhileRunning(key: SessionKey, end: () => void): void {
  if (!isRunning(key)) {
    end();
    return;
  }
  createRoot((dispose) => {
    const release = () => {
      held.delete(key);
      dispose();
      end();
    };
    held.get(key)?.();
    held.set(key, release);
    createEffect(() => {
      if (!isRunning(key)) release();
    });
  });
  const [oldest] = held.values();
  if (held.size > MOST_HELD) oldest?.();
}
