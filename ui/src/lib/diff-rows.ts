/**
 * Turns parsed files into the rows that a diff view shows: unified or split, with long unchanged runs folded.
 * Every row has the same height on screen, so a row's place is its index. No framework.
 */
import type { DiffFile, DiffLine, Hunk } from "./diff-patch";

export type DiffMode = "unified" | "split";

/** Unchanged lines beyond this many in a row are folded. */
export const FOLD_ABOVE = 8;
/** Unchanged lines that stay beside a change. */
export const CONTEXT = 3;

/** Something to say about a file in place of, or beside, its lines. */
export type FileNote = "binary" | "mode" | "renamed" | "copied" | "empty" | "large" | "missing";

export type Row =
  | { type: "file"; file: string }
  | { type: "note"; file: string; note: FileNote }
  | { type: "hunk"; file: string; hunk: Hunk }
  | { type: "fold"; file: string; id: string; count: number; from: DiffLine; to: DiffLine }
  | { type: "line"; file: string; line: DiffLine; pair: DiffLine | null }
  | { type: "pair"; file: string; left: DiffLine | null; right: DiffLine | null };

/** The rows of one file's lines. `file` tells files apart; `opened` holds the ids of the folds that the person opened. */
export function rowsOfFile(parsed: DiffFile, file: string, mode: DiffMode, opened: ReadonlySet<string>): Row[] {
  const rows: Row[] = notesOf(parsed).map((note) => ({ type: "note", file, note }));
  parsed.hunks.forEach((hunk, index) => {
    // A patch with the whole file in it needs no head: there is nothing before, between or after.
    if (parsed.hunks.length > 1 || hunk.oldStart > 1 || hunk.newStart > 1) rows.push({ type: "hunk", file, hunk });
    for (const run of runsOf(hunk.lines)) {
      if (run.kind === "same") pushSame(rows, hunk.lines, run, file, mode, opened, `${file}:${index}:${run.from}`);
      else pushChange(rows, hunk.lines.slice(run.from, run.to), file, mode);
    }
  });
  return rows;
}

interface Run {
  kind: "same" | "change";
  from: number;
  to: number;
}

function runsOf(lines: DiffLine[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < lines.length; at++) {
    const kind = lines[at]?.kind === "context" ? "same" : "change";
    const last = runs.at(-1);
    // A block of removed lines and the added ones behind it is one change; removed lines after added ones begin another.
    const begins = kind === "change" && lines[at]?.kind === "removed" && lines[at - 1]?.kind === "added";
    if (last && last.kind === kind && !begins) last.to = at + 1;
    else runs.push({ kind, from: at, to: at + 1 });
  }
  return runs;
}

function pushSame(
  rows: Row[],
  lines: DiffLine[],
  run: Run,
  file: string,
  mode: DiffMode,
  opened: ReadonlySet<string>,
  id: string,
): void {
  const before = run.from === 0 ? 0 : CONTEXT;
  const after = run.to === lines.length ? 0 : CONTEXT;
  const folds = run.to - run.from > FOLD_ABOVE && !opened.has(id);
  const push = (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      const line = lines[at] as DiffLine;
      rows.push(
        mode === "split" ? { type: "pair", file, left: line, right: line } : { type: "line", file, line, pair: null },
      );
    }
  };
  if (!folds) {
    push(run.from, run.to);
    return;
  }
  push(run.from, run.from + before);
  const first = lines[run.from + before] as DiffLine;
  const last = lines[run.to - after - 1] as DiffLine;
  rows.push({ type: "fold", file, id, count: run.to - run.from - before - after, from: first, to: last });
  push(run.to - after, run.to);
}

/** Pairs the removed lines of a change with its added ones, first with first. */
function pushChange(rows: Row[], lines: DiffLine[], file: string, mode: DiffMode): void {
  const removed = lines.filter((line) => line.kind === "removed");
  const added = lines.filter((line) => line.kind === "added");
  if (mode === "unified") {
    for (const [at, line] of removed.entries()) rows.push({ type: "line", file, line, pair: added[at] ?? null });
    for (const [at, line] of added.entries()) rows.push({ type: "line", file, line, pair: removed[at] ?? null });
    return;
  }
  for (let at = 0; at < Math.max(removed.length, added.length); at++) {
    rows.push({ type: "pair", file, left: removed[at] ?? null, right: added[at] ?? null });
  }
}

function notesOf(file: DiffFile): FileNote[] {
  const notes: FileNote[] = [];
  if (file.status === "renamed" || file.status === "copied") notes.push(file.status);
  if (file.oldMode && file.newMode && file.oldMode !== file.newMode) notes.push("mode");
  if (file.binary) notes.push("binary");
  else if (file.hunks.length === 0 && notes.length === 0) notes.push("empty");
  return notes;
}

/** The longest line, in columns with tabs at four: how far one can scroll to the right. */
export function widestColumn(files: readonly DiffFile[]): number {
  let widest = 0;
  for (const file of files) {
    for (const hunk of file.hunks) {
      for (const line of hunk.lines) {
        if (line.text.length * 4 > widest) widest = Math.max(widest, columnsOf(line.text));
      }
    }
  }
  return widest;
}

function columnsOf(text: string): number {
  if (!/[\t\u1100-\uffff]/.test(text)) return text.length;
  let column = 0;
  for (const character of text) {
    if (character === "\t") column += 4 - (column % 4);
    else column += /[\u1100-\u{10ffff}]/u.test(character) ? 2 : 1;
  }
  return column;
}
