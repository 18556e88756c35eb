/** Sends a password and where to keep it. Where the keyring does not take it the person is asked, and it is sent again as they say. */
import { createSignal } from "solid-js";
import { asFailure, type BackendFailure } from "../../backend/failure";
import type { KeepPassword } from "../../wire/messages";

export interface Keeping {
  isSending: () => boolean;
  failure: () => BackendFailure | null;
  /** Why the keyring does not take it, so that the person has to say where it is kept. */
  asksWhere: () => string | null;
  send: (keep: KeepPassword) => Promise<void>;
  /** Says what went wrong before anything was sent. */
  fail: (error: unknown) => void;
  reset: () => void;
  /** What is under way counts no more, whatever becomes of it. */
  abandon: () => void;
}

/** `isStill` tells whether what is carried out counts still. */
export function createKeeping(carryOut: (keep: KeepPassword, isStill: () => boolean) => Promise<void>): Keeping {
  const [isSending, setSending] = createSignal(false);
  const [failure, setFailure] = createSignal<BackendFailure | null>(null);
  const [asksWhere, setAsksWhere] = createSignal<string | null>(null);
  let asked = 0;
  const reset = () => {
    setFailure(null);
    setAsksWhere(null);
  };
  return {
    isSending,
    failure,
    asksWhere,
    reset,
    fail: (error) => setFailure(asFailure(error)),
    abandon() {
      asked += 1;
      setSending(false);
      reset();
    },
    async send(keep) {
      if (isSending()) return;
      asked += 1;
      const mine = asked;
      const isStill = () => mine === asked;
      setSending(true);
      reset();
      try {
        await carryOut(keep, isStill);
      } catch (error) {
        if (!isStill()) return;
        const failed = asFailure(error);
        if (failed.code === "no_keyring") setAsksWhere(failed.message);
        else setFailure(failed);
      } finally {
        if (isStill()) setSending(false);
      }
    },
  };
}
