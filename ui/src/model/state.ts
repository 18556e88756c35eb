/**
 * What the core has told us, normalised: the model. Plain data, no framework.
 * Only `reduce.ts` changes it. What a window shows (open tab, draft, filter) is not here but in its feature.
 */
import type { LinkState } from "../backend/types";
import type {
  HostView,
  InstanceView,
  NoticeView,
  OpencodeView,
  PromptView,
  RequestView,
  SessionView,
  SettingsView,
  VersionsView,
} from "../wire/messages";
import type { Transcript } from "./transcript";

export type InstanceId = string;
/** `INSTANCE/SESSION`: sessions of two instances may share opencode's id, since they share its database. */
export type SessionKey = string;

export const sessionKey = (instance: InstanceId, session: string): SessionKey => `${instance}/${session}`;

export interface Model {
  /** False until the first snapshot. */
  loaded: boolean;
  link: LinkState;
  instances: Record<InstanceId, InstanceView>;
  /** Ids in the order of first sight. */
  instanceOrder: InstanceId[];
  sessions: Record<SessionKey, SessionView>;
  requests: Record<string, RequestView>;
  /** Transcripts of the sessions that this window watches. */
  transcripts: Record<SessionKey, Transcript>;
  opencode: OpencodeView;
  versions: VersionsView;
  settings: SettingsView;
  host: HostView;
  notices: Record<string, NoticeView>;
  /** What `ssh` asks, oldest first. */
  prompts: PromptView[];
}
