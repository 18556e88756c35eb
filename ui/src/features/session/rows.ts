/** What the virtual list draws, one row a piece: a row keeps its identity as long as it says the same. Pure. */
import type { Part } from "@opencode-ai/sdk/v2/types";
import type { Entry } from "../../model/transcript";
import type { Turn } from "./turns";

export type Row =
  | { kind: "prompt"; key: string; message: string }
  | { kind: "part"; key: string; message: string; part: string }
  /** Calls that only look: one row for all that follow each other. */
  | { kind: "looks"; key: string; parts: { message: string; part: string }[] }
  | { kind: "compaction"; key: string; message: string; part: string }
  | { kind: "error"; key: string; message: string }
  | { kind: "sum"; key: string; turn: Turn }
  | { kind: "working"; key: string }
  | { kind: "failure"; key: string };

/** Tools that only look. */
const LOOKS = new Set(["read", "list", "glob", "grep", "ls"]);

/** The rows of a turn, without the sum. */
export function rowsOfTurn(turn: Turn, entries: Record<string, Entry>): Row[] {
  const rows: Row[] = [];
  const prompt = turn.hasPrompt ? entries[turn.id] : undefined;
  if (prompt) {
    const compaction = prompt.partOrder.find((id) => prompt.parts[id]?.type === "compaction");
    if (compaction) rows.push({ kind: "compaction", key: `c:${compaction}`, message: turn.id, part: compaction });
    else if (prompt.partOrder.some((id) => isShownInPrompt(prompt.parts[id]))) {
      rows.push({ kind: "prompt", key: `u:${turn.id}`, message: turn.id });
    }
  }
  for (const message of turn.answers) {
    const entry = entries[message];
    if (!entry) continue;
    for (const id of entry.partOrder) {
      const part = entry.parts[id];
      if (!part || !isShownInAnswer(part)) continue;
      const last = rows.at(-1);
      if (part.type === "tool" && LOOKS.has(part.tool)) {
        if (last?.kind === "looks") last.parts.push({ message, part: id });
        else rows.push({ kind: "looks", key: `l:${id}`, parts: [{ message, part: id }] });
      } else if (part.type === "compaction") {
        rows.push({ kind: "compaction", key: `c:${id}`, message, part: id });
      } else {
        rows.push({ kind: "part", key: `p:${id}`, message, part: id });
      }
    }
    if (entry.info.role === "assistant" && entry.info.error) {
      rows.push({ kind: "error", key: `e:${message}`, message });
    }
  }
  return rows;
}

export function isShownInPrompt(part: Part | undefined): boolean {
  if (part?.type === "text") return !part.synthetic && !part.ignored && /\S/.test(part.text);
  return part?.type === "file" || part?.type === "agent" || part?.type === "subtask";
}

function isShownInAnswer(part: Part): boolean {
  switch (part.type) {
    case "text":
      return !part.synthetic && !part.ignored && /\S/.test(part.text);
    case "reasoning":
      return /\S/.test(part.text);
    case "tool":
      // The list of tasks answers with what the call says already.
      return part.tool !== "todoread";
    case "file":
    case "retry":
    case "compaction":
    case "subtask":
      return true;
    default:
      return false;
  }
}

/** Keeps the rows of before where they say the same, so that what is drawn stays. */
export class RowCache {
  #rows = new Map<string, Row>();

  keep(rows: readonly Row[]): Row[] {
    const next = new Map<string, Row>();
    const kept = rows.map((row) => {
      const before = this.#rows.get(row.key);
      const chosen = before && isSameRow(before, row) ? before : row;
      next.set(row.key, chosen);
      return chosen;
    });
    this.#rows = next;
    return kept;
  }
}

export function isSameRow(a: Row, b: Row): boolean {
  if (a.kind !== b.kind || a.key !== b.key) return false;
  if (a.kind === "looks" && b.kind === "looks") {
    return a.parts.length === b.parts.length && a.parts.every((part, at) => part.part === b.parts[at]?.part);
  }
  if (a.kind === "sum" && b.kind === "sum") return a.turn === b.turn;
  return true;
}

export function areSameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, at) => isSameRow(row, b[at] as Row));
}
