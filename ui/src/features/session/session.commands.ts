/** What the session view does on the server of its instance. Components call these; nothing here draws. */
import type { Agent, ConfigProvidersResponse } from "@opencode-ai/sdk/v2/types";
import { createEffect, createRoot } from "solid-js";
import { asFailure } from "../../backend/failure";
import { opencode } from "../../backend/opencode";
import { load, save } from "../../lib/persist";
import { sessionKey } from "../../model/state";
import { applyTranscript, model } from "../../model/store";
import { applyPage, beginPage, failPage, type Page } from "../../model/transcript";
import { watchIsKnown } from "../../model/watch";

const FIRST_PAGE = 20;
const OLDER_PAGE = 60;
/** A transcript read again after a gap covers what was loaded, up to this. */
const MOST_AGAIN = 200;

/** Reads the newest page, again after events may have been missed. */
export async function loadNewest(instance: string, session: string): Promise<void> {
  const known = model.transcripts[sessionKey(instance, session)]?.order.length ?? 0;
  await loadPage(instance, session, "first", Math.min(Math.max(FIRST_PAGE, known), MOST_AGAIN));
}

/** Reads the page before the oldest message. */
export async function loadOlder(instance: string, session: string): Promise<void> {
  const before = model.transcripts[sessionKey(instance, session)]?.olderCursor;
  if (before) await loadPage(instance, session, "older", OLDER_PAGE, before);
}

async function loadPage(
  instance: string,
  session: string,
  which: "first" | "older",
  limit: number,
  before?: string,
): Promise<void> {
  const key = sessionKey(instance, session);
  let isOurs = false;
  applyTranscript(key, (draft) => {
    isOurs = beginPage(draft, which);
  });
  if (!isOurs) return;
  const watched = loads.get(key) ?? 0;
  loads.set(key, watched + 1);
  // The view may have left and come back meanwhile: then another load has begun.
  const isLatest = () => loads.get(key) === watched + 1 && model.transcripts[key]?.loading === which;
  try {
    await watchIsKnown();
    const result = await opencode(instance).session.messages(
      { sessionID: session, limit, ...(before ? { before } : {}) },
      { throwOnError: true },
    );
    const page: Page = { messages: result.data, cursor: result.response.headers.get("x-next-cursor") };
    if (isLatest()) applyTranscript(key, (draft) => applyPage(draft, page));
  } catch (error) {
    if (isLatest()) applyTranscript(key, (draft) => failPage(draft, asFailure(error).message));
  }
}

const loads = new Map<string, number>();

export interface ModelChoice {
  providerID: string;
  modelID: string;
}

export interface Prompt {
  text: string;
  agent: string | null;
  model: ModelChoice | null;
}

/** Sends a prompt, once. Busy or not, opencode takes it and handles it in its turn. */
export async function sendPrompt(instance: string, session: string, prompt: Prompt): Promise<void> {
  await opencode(instance).session.promptAsync(
    {
      sessionID: session,
      // Without an id of ours: a clock that differs from the server's would misplace the message.
      parts: [{ type: "text", text: prompt.text }],
      ...(prompt.agent ? { agent: prompt.agent } : {}),
      ...(prompt.model ? { model: prompt.model } : {}),
    },
    { throwOnError: true },
  );
}

/** How often a stop is sent at the most, and how long the session is given to rest in between. */
const ABORTS = 4;
const ABORT_AGAIN_MS = 700;

/**
 * Stops what a session does, and says so again until it rests. opencode says yes to a stop of a session that is not busy
 * there yet (its prompt is on its way, or a server that has just started loads the project) and begins the turn all the
 * same. What it calls busy hears the first one. A turn that begins after the session rested is not meant.
 */
export async function abortSession(instance: string, session: string, isBusy: () => boolean): Promise<void> {
  let hasRested = false;
  const endWatch = createRoot((end) => {
    createEffect(() => {
      if (!isBusy()) hasRested = true;
    });
    return end;
  });
  try {
    for (let sent = 0; sent < ABORTS; sent += 1) {
      if (sent > 0) {
        await new Promise((resolve) => setTimeout(resolve, ABORT_AGAIN_MS));
        if (hasRested || !isBusy()) return;
      }
      await opencode(instance).session.abort({ sessionID: session }, { throwOnError: true });
    }
  } finally {
    endWatch();
  }
}

/** A new session with everything up to `message`, or everything; gives its id. */
export async function forkSession(instance: string, session: string, message?: string): Promise<string> {
  const { data } = await opencode(instance).session.fork(
    { sessionID: session, ...(message ? { messageID: message } : {}) },
    { throwOnError: true },
  );
  return data.id;
}

export interface SessionFacts {
  title: string;
  parent: string | null;
  directory: string;
}

/** A session that the fleet does not tell of: an old one, or a sub-agent's. */
export async function readSession(instance: string, session: string): Promise<SessionFacts> {
  const { data } = await opencode(instance).session.get({ sessionID: session }, { throwOnError: true });
  return { title: data.title, parent: data.parentID ?? null, directory: data.directory };
}

export async function readChildren(instance: string, session: string): Promise<{ id: string; title: string }[]> {
  const { data } = await opencode(instance).session.children({ sessionID: session }, { throwOnError: true });
  return data.map((child) => ({ id: child.id, title: child.title }));
}

export interface AgentChoice {
  name: string;
  description: string;
}

/** Agents that a person may talk to. */
export async function readAgents(instance: string, directory: string | undefined): Promise<AgentChoice[]> {
  const { data } = await opencode(instance, directory).app.agents({}, { throwOnError: true });
  return data.filter(isForPeople).map((agent) => ({ name: agent.name, description: agent.description ?? "" }));
}

function isForPeople(agent: Agent): boolean {
  return agent.mode !== "subagent" && !agent.hidden;
}

export interface ModelOffer extends ModelChoice {
  name: string;
  provider: string;
  contextTokens: number | null;
}

/** What was read last, over restarts; the first call costs the server a second. */
export function knownModels(instance: string): ModelOffer[] {
  return load<ModelOffer[]>(modelsKey(instance), []);
}

/** Models of the configured providers. */
export async function readModels(instance: string, directory: string | undefined): Promise<ModelOffer[]> {
  const { data } = await opencode(instance, directory).config.providers({}, { throwOnError: true });
  const offers = offersOf(data);
  save(modelsKey(instance), offers);
  return offers;
}

function offersOf({ providers }: ConfigProvidersResponse): ModelOffer[] {
  return providers.flatMap((provider) =>
    Object.values(provider.models).map((offer) => ({
      providerID: provider.id,
      modelID: offer.id,
      name: offer.name || offer.id,
      provider: provider.name || provider.id,
      contextTokens: offer.limit?.context ?? null,
    })),
  );
}

const modelsKey = (instance: string) => `models.${instance}`;
