/** What everything inside one session's view shares: whose it is, and what it may ask of the window. */
import type { Message, Part } from "@opencode-ai/sdk/v2/types";
import { createContext, type JSX, useContext } from "solid-js";
import type { Transcript } from "../../model/transcript";

export interface Scope {
  instance: string;
  session: string;
  directory: () => string | undefined;
  transcript: () => Transcript | undefined;
  /** All messages, oldest first, untracked but for their number and themselves: cheap for 2,000 of them. */
  messages: () => Message[];
  message: (id: string) => Message | undefined;
  part: (message: string, id: string) => Part | undefined;
  isBusy: () => boolean;
  /** Whether a request of this session names the call. */
  isWaiting: (call: string) => boolean;
  /** Whether a sub-agent's session waits for a person. */
  isSessionWaiting: (session: string) => boolean;
  /** Draws the requests of a session, or of one call of it. */
  requests: (session: string, call?: string) => JSX.Element;
  onReviewTurn: (message: string) => void;
  openLink: (href: string) => void;
  openSession: (session: string) => void;
  /** What was unfolded or folded by hand, by part; it outlives a row that scrolls away. */
  folds: Map<string, boolean>;
}

const Context = createContext<Scope>();

export const ScopeProvider = Context.Provider;

export function useScope(): Scope {
  const scope = useContext(Context);
  if (!scope) throw new Error("A part of the session view is drawn outside of it");
  return scope;
}
