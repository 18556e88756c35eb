/**
 * The messages and parts of one session: pages read backwards, merged with what happens meanwhile. No framework, no network.
 * Never orders by position in a page: by time of creation, then id; answers belong to their question by `parentID`.
 *
 * The functions change the transcript that they are given, and only where something changed, so that a store can hand
 * them a draft (Solid's `produce`) and repaint single leaves. Given the same calls they always give the same result.
 *
 * Races. A page is read by one request while events keep coming, so:
 * - what a whole event touched while the page was in flight wins over the page's copy (`touched`), removals included;
 * - opencode stores the text of a part at its start and at its end only, so a page may know less of a running text than
 *   the deltas told: a page never shortens a text that still runs;
 * - who comes in the middle of a text is told all of it once (`running`), before the deltas that go on from it: it
 *   stands for what was there, which can only be longer where the core itself missed the beginning;
 * - a page may also know more than the events that still are on the way: what is finished never becomes unfinished, and
 *   a finished text takes no more deltas;
 * - parts and deltas of a message or part not known yet wait for it (`waiting`), bounded.
 */
import type { Message, Part } from "@opencode-ai/sdk/v2/types";
import type { TranscriptEvent } from "../wire/messages";

export interface Entry {
  info: Message;
  /** By id. */
  parts: Record<string, Part>;
  /** In the order of their ids, which is the order in which they were made. */
  partOrder: string[];
}

/** What came of a message before the message itself. */
export interface Waiting {
  parts: Record<string, Part>;
  /** Text by part, then by field. */
  deltas: Record<string, Record<string, string>>;
}

export interface Transcript {
  /** Message ids, oldest first. */
  order: string[];
  entries: Record<string, Entry>;
  /**
   * Counts changes of messages, their parts left out. Who reads many messages at once follows this one number and
   * reads the rest untracked: a subscription to each of 2,000 messages costs more than what it is for.
   */
  structure: number;
  /** Cursor of the page before the oldest one we have; null when we have the first message; undefined before the first page. */
  olderCursor: string | null | undefined;
  loading: "idle" | "first" | "older";
  /** Why the last page could not be read. */
  loadError: string | null;
  /** Events may have been missed: the newest page should be read again. */
  stale: boolean;
  /** Last error of a turn that belongs to no message. */
  error: unknown;
  todos: unknown[];
  /** Ids of messages and parts that a whole event changed or removed while a page is in flight. */
  touched: Record<string, true>;
  /** By message id. */
  waiting: Record<string, Waiting>;
}

/** A change of one transcript, to be given a draft. */
export type TranscriptChange = (draft: Transcript) => void;

/** One page as the server gives it. */
export interface Page {
  messages: { info: Message; parts: Part[] }[];
  /** Where the page before this one ends; null on the first page of the session. */
  cursor: string | null;
}

/** Messages whose parts wait; far more than one stream can have out of order. */
const MOST_WAITING = 64;

export function emptyTranscript(): Transcript {
  return {
    order: [],
    entries: {},
    structure: 0,
    olderCursor: undefined,
    loading: "idle",
    loadError: null,
    stale: false,
    error: null,
    todos: [],
    touched: {},
    waiting: {},
  };
}

/** One event of the stream. A delta costs the same however long the transcript is. */
export function applyEvent(t: Transcript, event: TranscriptEvent): void {
  switch (event.event) {
    case "delta":
      applyDelta(t, event.message, event.part, event.field, event.delta);
      break;
    case "running":
      applyRunning(t, event.message, event.part, event.field, event.text);
      break;
    case "message":
      if (isMessage(event.info)) applyMessage(t, event.info);
      break;
    case "part":
      if (isPart(event.part)) applyPart(t, event.part);
      break;
    case "message_gone":
      touch(t, event.message);
      removeMessage(t, event.message);
      break;
    case "part_gone":
      touch(t, event.part);
      removePart(t, event.message, event.part);
      break;
    case "error":
      t.error = event.error;
      break;
    case "todo":
      t.todos = Array.isArray(event.todos) ? event.todos : [];
      break;
    case "resync":
      t.stale = true;
      // The server answers again: what it refused while it was away is asked for anew.
      t.loadError = null;
      break;
  }
}

/** A request for a page goes out. One at a time: does nothing and gives false while another is in flight. */
export function beginPage(t: Transcript, which: "first" | "older"): boolean {
  if (t.loading !== "idle") return false;
  t.loading = which;
  t.loadError = null;
  t.touched = {};
  if (which === "first") t.stale = false;
  return true;
}

/** The page came. */
export function applyPage(t: Transcript, page: Page): void {
  const first = t.loading !== "older";
  const messages = [...page.messages].sort((a, b) => compare(a.info, b.info));
  const joins = t.olderCursor !== undefined && (messages.length === 0 || messages.some((m) => t.entries[m.info.id]));
  forgetMissing(t, messages, first, first && (page.cursor === null || !joins));
  if (!first || !joins || page.cursor === null) t.olderCursor = page.cursor;
  const added = messages.filter((message) => mergeMessage(t, message.info, message.parts));
  insertInOrder(
    t,
    added.map((message) => message.info),
  );
  t.structure += 1;
  t.loading = "idle";
  t.touched = {};
}

/** The page did not come. */
export function failPage(t: Transcript, reason: string): void {
  // A resync that failed is still owed.
  if (t.loading === "first" && t.olderCursor !== undefined) t.stale = true;
  t.loading = "idle";
  t.loadError = reason;
  t.touched = {};
}

/** Whether a text part, a tool call or a message will not change by itself any more. */
export function isFinished(thing: Part | Message): boolean {
  if ("role" in thing) return thing.role === "assistant" && thing.time.completed !== undefined;
  if (thing.type === "tool") return thing.state.status === "completed" || thing.state.status === "error";
  if (thing.type === "text" || thing.type === "reasoning") return thing.time?.end !== undefined;
  return false;
}

function applyMessage(t: Transcript, info: Message): void {
  touch(t, info.id);
  const entry = t.entries[info.id];
  if (entry === undefined) {
    t.error = null;
    insertMessage(t, info);
    takeWaiting(t, info.id);
  } else if (!isFinished(entry.info) || isFinished(info)) {
    replaceInfo(t, entry, info);
  }
}

function applyPart(t: Transcript, part: Part): void {
  touch(t, part.id);
  const entry = t.entries[part.messageID];
  if (entry === undefined) {
    const waiting = waitingOf(t, part.messageID);
    waiting.parts[part.id] = own(part);
    // The event carries everything that the deltas before it said.
    delete waiting.deltas[part.id];
    return;
  }
  const waiting = t.waiting[part.messageID];
  if (waiting?.deltas[part.id]) delete waiting.deltas[part.id];
  const known = entry.parts[part.id];
  if (known === undefined) insertPart(entry, part);
  else if (!isFinished(known) || isFinished(part)) entry.parts[part.id] = own(part);
}

function applyDelta(t: Transcript, message: string, partId: string, field: string, delta: string): void {
  const fields = runningFields(t, message, partId);
  const before = fields?.[field];
  if (fields && (before === undefined || typeof before === "string")) fields[field] = (before ?? "") + delta;
}

/** All that was said so far, whatever of it we have heard. */
function applyRunning(t: Transcript, message: string, partId: string, field: string, text: string): void {
  const fields = runningFields(t, message, partId);
  const before = fields?.[field];
  if (fields && (before === undefined || (typeof before === "string" && before.length < text.length)))
    fields[field] = text;
}

/** Where the texts of a part that still runs are written: in the part, or where they wait for it. */
function runningFields(t: Transcript, message: string, partId: string): Record<string, unknown> | undefined {
  const part = t.entries[message]?.parts[partId] ?? t.waiting[message]?.parts[partId];
  if (part !== undefined) return isFinished(part) ? undefined : (part as Record<string, unknown>);
  const waiting = waitingOf(t, message);
  if (waiting.deltas[partId] === undefined) waiting.deltas[partId] = {};
  // Read back, so that a store's draft is what is written to.
  return waiting.deltas[partId];
}

/** One message of a page, into a transcript whose events may know better. Whether it has to be put in order yet. */
function mergeMessage(t: Transcript, info: Message, parts: Part[]): boolean {
  let entry = t.entries[info.id];
  const isNew = entry === undefined;
  if (entry === undefined) {
    if (t.touched[info.id]) return false;
    entry = insertEntry(t, info);
  } else if (!t.touched[info.id]) {
    replaceInfo(t, entry, info);
  }
  const inPage = new Set(parts.map((part) => part.id));
  for (const id of [...entry.partOrder]) {
    if (!inPage.has(id) && !t.touched[id]) removePart(t, info.id, id);
  }
  const waiting = t.waiting[info.id];
  for (const part of parts) {
    const known = entry.parts[part.id];
    if (t.touched[part.id]) {
      const late = waiting?.parts[part.id];
      if (known === undefined && late !== undefined) insertPart(entry, late);
      continue;
    }
    if (known === undefined) insertPart(entry, withDeltas(part, waiting?.deltas[part.id]));
    else entry.parts[part.id] = keepingText(known, part);
  }
  // Only what the page could not know stays: parts made while it was in flight.
  for (const [id, part] of Object.entries(waiting?.parts ?? {})) {
    if (t.touched[id] && entry.parts[id] === undefined) insertPart(entry, part);
  }
  keepDeltas(t, info.id, entry);
  return isNew;
}

/** A message came by event: everything that waited for it is newer than nothing, so all of it counts. */
function takeWaiting(t: Transcript, message: string): void {
  const waiting = t.waiting[message];
  const entry = t.entries[message];
  if (waiting === undefined || entry === undefined) return;
  for (const part of Object.values(waiting.parts)) insertPart(entry, part);
  keepDeltas(t, message, entry);
}

/** After parts of `message` were taken over: only deltas of parts that are still unknown go on waiting. */
function keepDeltas(t: Transcript, message: string, entry: Entry): void {
  const waiting = t.waiting[message];
  if (waiting === undefined) return;
  waiting.parts = {};
  for (const id of Object.keys(waiting.deltas)) if (entry.parts[id] !== undefined) delete waiting.deltas[id];
  if (Object.keys(waiting.deltas).length === 0) delete t.waiting[message];
}

/** Drops what the page would have shown if it still were there. */
function forgetMissing(t: Transcript, messages: Page["messages"], first: boolean, fromStart: boolean): void {
  const oldest = messages[0]?.info;
  const newest = messages.at(-1)?.info;
  const inPage = new Set(messages.map((message) => message.info.id));
  const gone: string[] = [];
  // From the side on which the page lies, and no further than it reaches.
  for (let step = 0; step < t.order.length; step++) {
    const id = t.order[first ? t.order.length - 1 - step : step] ?? "";
    const info = t.entries[id]?.info;
    if (info === undefined) continue;
    if (first && !fromStart && (oldest === undefined || compare(info, oldest) <= 0)) break;
    if (!first && (newest === undefined || compare(info, newest) >= 0)) break;
    const isBeforePage = !first && oldest !== undefined && compare(info, oldest) < 0;
    if (!inPage.has(id) && !t.touched[id] && !isBeforePage) gone.push(id);
  }
  for (const id of gone) removeMessage(t, id);
}

/** The page's copy, with the longer text if it still runs. */
function keepingText(known: Part, page: Part): Part {
  if ((page.type !== "text" && page.type !== "reasoning") || known.type !== page.type) return page;
  if (isFinished(page)) return page;
  if (isFinished(known)) return known;
  return { ...page, text: joined(page.text, known.text) };
}

function withDeltas(part: Part, deltas: Record<string, string> | undefined): Part {
  if (deltas === undefined || isFinished(part)) return part;
  const whole: Part = { ...part };
  for (const [field, text] of Object.entries(deltas)) {
    const base = (whole as Record<string, unknown>)[field];
    (whole as Record<string, unknown>)[field] = joined(typeof base === "string" ? base : "", text);
  }
  return whole;
}

/** `base` as a page has it, and `streamed`, which may begin before or after the page's end. */
export function joined(base: string, streamed: string): string {
  if (streamed.startsWith(base)) return streamed;
  if (base.startsWith(streamed)) return base;
  for (let overlap = Math.min(base.length, streamed.length); overlap > 0; overlap--) {
    if (base.endsWith(streamed.slice(0, overlap))) return base + streamed.slice(overlap);
  }
  return base + streamed;
}

/** Deltas are written into a part, and what an event brought is not ours to write into. */
function own(part: Part): Part {
  return { ...part };
}

function insertMessage(t: Transcript, info: Message): void {
  insertEntry(t, info);
  insertInOrder(t, [info]);
  t.structure += 1;
}

function insertEntry(t: Transcript, info: Message): Entry {
  t.entries[info.id] = { info, parts: {}, partOrder: [] };
  // Read back, so that a store's draft is what goes on.
  return t.entries[info.id] as Entry;
}

/** `added` is sorted. A whole page goes before what is there at once: an older one is the usual case. */
function insertInOrder(t: Transcript, added: readonly Message[]): void {
  const [oldest, newest] = [t.entries[t.order[0] ?? ""]?.info, added.at(-1)];
  if (oldest !== undefined && newest !== undefined && compare(newest, oldest) < 0) {
    t.order = [...added.map((info) => info.id), ...t.order];
  } else {
    for (const info of added) insertOne(t, info);
  }
}

function insertOne(t: Transcript, info: Message): void {
  let at = t.order.length;
  while (at > 0) {
    const before = t.entries[t.order[at - 1] ?? ""]?.info;
    if (before === undefined || compare(before, info) <= 0) break;
    at--;
  }
  if (at === t.order.length) t.order.push(info.id);
  else t.order.splice(at, 0, info.id);
}

function insertPart(entry: Entry, part: Part): void {
  const isNew = entry.parts[part.id] === undefined;
  entry.parts[part.id] = own(part);
  if (!isNew) return;
  let at = entry.partOrder.length;
  while (at > 0 && (entry.partOrder[at - 1] ?? "") > part.id) at--;
  entry.partOrder.splice(at, 0, part.id);
}

function replaceInfo(t: Transcript, entry: Entry, info: Message): void {
  const moved = entry.info.time.created !== info.time.created;
  entry.info = info;
  t.structure += 1;
  if (moved) {
    const compareIds = (a: string, b: string) => {
      const [left, right] = [t.entries[a]?.info, t.entries[b]?.info];
      return left && right ? compare(left, right) : 0;
    };
    t.order = [...t.order].sort(compareIds);
  }
}

function removeMessage(t: Transcript, id: string): void {
  delete t.waiting[id];
  if (t.entries[id] === undefined) return;
  delete t.entries[id];
  t.structure += 1;
  const at = t.order.indexOf(id);
  if (at >= 0) t.order.splice(at, 1);
}

function removePart(t: Transcript, message: string, id: string): void {
  const waiting = t.waiting[message];
  if (waiting) {
    delete waiting.parts[id];
    delete waiting.deltas[id];
  }
  const entry = t.entries[message];
  if (entry?.parts[id] === undefined) return;
  delete entry.parts[id];
  const at = entry.partOrder.indexOf(id);
  if (at >= 0) entry.partOrder.splice(at, 1);
}

function waitingOf(t: Transcript, message: string): Waiting {
  if (t.waiting[message] === undefined) {
    const oldest = Object.keys(t.waiting);
    if (oldest.length >= MOST_WAITING && oldest[0] !== undefined) delete t.waiting[oldest[0]];
    t.waiting[message] = { parts: {}, deltas: {} };
  }
  return t.waiting[message] as Waiting;
}

function touch(t: Transcript, id: string): void {
  if (t.loading !== "idle") t.touched[id] = true;
}

function compare(a: Message, b: Message): number {
  return a.time.created - b.time.created || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function isMessage(value: unknown): value is Message {
  const message = value as Partial<Message> | null;
  return (
    typeof message?.id === "string" &&
    (message.role === "user" || message.role === "assistant") &&
    typeof message.time?.created === "number"
  );
}

function isPart(value: unknown): value is Part {
  const part = value as Partial<Part> | null;
  return typeof part?.id === "string" && typeof part.messageID === "string" && typeof part.type === "string";
}
