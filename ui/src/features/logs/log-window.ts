/**
 * The part of an output that the page holds: consecutive pages, joined where they meet, bounded in lines and in length.
 * Pure. What lies outside is read again when it is scrolled to.
 */
import type { LogLevelView, LogLineView, LogPageView } from "../../wire/messages";

/** A line of the output, or the note that some of it is missing before the next. */
export interface LogRow {
  /** Unique within the page, and rising; where a line stands among others says its place in the list. */
  id: number;
  text: string;
  /** Its own, or that of the line that it continues. */
  level: LogLevelView | null;
  /** In place of a line: output that was rotated away. */
  isTorn: boolean;
}

interface Chunk {
  rows: LogRow[];
  /** The place of its first line, to read what comes before. */
  first: string;
  /** The place behind its last line, to read what comes after. */
  next: string;
  length: number;
}

export interface LogWindow {
  chunks: readonly Chunk[];
  /** Whether output before the first line can be read. */
  hasOlder: boolean;
  /** Whether output behind the last line is known of. False: the end, as far as was read. */
  hasNewer: boolean;
  /** Whether what came before the first line was rotated away. */
  isCutAtStart: boolean;
  lines: number;
  length: number;
}

/** Lines and characters that the page holds at the most. */
export interface Bounds {
  lines: number;
  length: number;
}

export const BOUNDS: Bounds = { lines: 30_000, length: 8_000_000 };
/** Small pages of following are joined up to this many lines, so that far lines can be dropped by the chunk. */
const CHUNK_LINES = 1_000;

let lastId = 0;

function rowsOf(lines: readonly LogLineView[], before: LogLevelView | null): LogRow[] {
  let level = before;
  return lines.map((line) => {
    level = line.level ?? level;
    lastId += 1;
    return { id: lastId, text: line.text, level, isTorn: false };
  });
}

function tornRow(): LogRow {
  lastId += 1;
  return { id: lastId, text: "", level: null, isTorn: true };
}

function chunkOf(page: LogPageView, before: LogLevelView | null): Chunk {
  return {
    rows: rowsOf(page.lines, before),
    first: page.first,
    next: page.next,
    length: page.lines.reduce((sum, line) => sum + line.text.length, 0),
  };
}

/** The window of one page: the end of the output, or where a search leads. */
export function windowOf(page: LogPageView, more: { hasOlder: boolean; hasNewer: boolean }): LogWindow {
  const chunk = chunkOf(page, null);
  return {
    chunks: [chunk],
    ...more,
    isCutAtStart: page.is_torn,
    lines: chunk.rows.length,
    length: chunk.length,
  };
}

/** With what came after. Far lines at the start are dropped. */
export function withNewer(window: LogWindow, page: LogPageView, bounds: Bounds = BOUNDS): LogWindow {
  const last = window.chunks.at(-1);
  if (!last) return windowOf(page, { hasOlder: window.hasOlder, hasNewer: page.has_more });
  if (page.lines.length === 0 && !page.is_torn && page.next === last.next) {
    return window.hasNewer === page.has_more ? window : { ...window, hasNewer: page.has_more };
  }
  const added = chunkOf(page, page.is_torn ? null : (last.rows.at(-1)?.level ?? null));
  if (page.is_torn) added.rows.unshift(tornRow());
  const isJoined = last.rows.length + added.rows.length <= CHUNK_LINES;
  const chunks = isJoined
    ? [
        ...window.chunks.slice(0, -1),
        { ...last, rows: [...last.rows, ...added.rows], next: added.next, length: last.length + added.length },
      ]
    : [...window.chunks, added];
  const grown = {
    ...window,
    chunks,
    hasNewer: page.has_more,
    lines: window.lines + added.rows.length,
    length: window.length + added.length,
  };
  return bounded(grown, bounds, "start");
}

/** With what came before. Far lines at the end are dropped. */
export function withOlder(window: LogWindow, page: LogPageView, bounds: Bounds = BOUNDS): LogWindow {
  if (page.lines.length === 0) return { ...window, hasOlder: page.has_more, isCutAtStart: page.is_torn };
  const added = chunkOf(page, null);
  const grown = {
    ...window,
    chunks: [added, ...window.chunks],
    hasOlder: page.has_more,
    isCutAtStart: page.is_torn,
    lines: window.lines + added.rows.length,
    length: window.length + added.length,
  };
  return bounded(grown, bounds, "end");
}

function bounded(window: LogWindow, bounds: Bounds, from: "start" | "end"): LogWindow {
  let { chunks, lines, length } = window;
  let isDropped = false;
  while (chunks.length > 1 && (lines > bounds.lines || length > bounds.length)) {
    const far = from === "start" ? chunks[0] : chunks.at(-1);
    if (!far) break;
    chunks = from === "start" ? chunks.slice(1) : chunks.slice(0, -1);
    lines -= far.rows.length;
    length -= far.length;
    isDropped = true;
  }
  if (!isDropped) return window;
  return from === "start"
    ? { ...window, chunks, lines, length, hasOlder: true, isCutAtStart: false }
    : { ...window, chunks, lines, length, hasNewer: true };
}

/** Where to read what comes before the window. */
export function firstPlace(window: LogWindow): string | undefined {
  return window.chunks[0]?.first;
}

/** Where to read what comes after the window. */
export function nextPlace(window: LogWindow): string | undefined {
  return window.chunks.at(-1)?.next;
}

export function rowsIn(window: LogWindow): LogRow[] {
  return window.chunks.flatMap((chunk) => chunk.rows);
}

export type LevelFilter = "all" | LogLevelView;

const RANK: Record<LogLevelView, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The rows of a level and graver ones; a line without any level before it shows only among all. */
export function filtered(rows: readonly LogRow[], least: LevelFilter): readonly LogRow[] {
  if (least === "all") return rows;
  return rows.filter((row) => row.isTorn || (row.level !== null && RANK[row.level] >= RANK[least]));
}
