/** The process tree as rows: in the tree's order, or sorted by a column. Pure. */
import type { ProcessView } from "../../wire/messages";

export type SortKey = "tree" | "memory" | "cpu" | "age";

export interface Sort {
  key: SortKey;
  isDescending: boolean;
}

export const TREE: Sort = { key: "tree", isDescending: false };

export interface ProcessRow {
  process: ProcessView;
  /** How deep in the tree; 0 everywhere when sorted by a column. */
  depth: number;
}

/** The next sort when a column's head is pressed: most first, least first, the tree again. */
export function nextSort(sort: Sort, key: Exclude<SortKey, "tree">): Sort {
  if (sort.key !== key) return { key, isDescending: true };
  return sort.isDescending ? { key, isDescending: false } : TREE;
}

export function processRows(processes: readonly ProcessView[], sort: Sort): ProcessRow[] {
  if (sort.key === "tree") return inTree(processes);
  const value: Record<Exclude<SortKey, "tree">, (process: ProcessView) => number> = {
    memory: (process) => process.memory_bytes,
    cpu: (process) => process.cpu_percent,
    // Age grows as the start lies back.
    age: (process) => -(process.started_at_ms ?? 0),
  };
  const by = value[sort.key];
  const sign = sort.isDescending ? -1 : 1;
  return [...processes]
    .sort((a, b) => sign * (by(a) - by(b)) || a.pid - b.pid)
    .map((process) => ({ process, depth: 0 }));
}

function inTree(processes: readonly ProcessView[]): ProcessRow[] {
  const pids = new Set(processes.map((process) => process.pid));
  const rows: ProcessRow[] = [];
  const placed = new Set<number>();
  const place = (process: ProcessView, depth: number) => {
    if (placed.has(process.pid)) return;
    placed.add(process.pid);
    rows.push({ process, depth });
    for (const child of processes) if (child.parent === process.pid) place(child, depth + 1);
  };
  const [server] = processes;
  if (server) place(server, 0);
  // A process whose parent ended hangs below the server: it is what started it.
  for (const process of processes) if (!pids.has(process.parent)) place(process, 1);
  // A circle would come from the outside; nothing is left away for it.
  for (const process of processes) place(process, 1);
  return rows;
}

/** How many processes hang below one: they end with it. */
export function below(processes: readonly ProcessView[], pid: number): number {
  const found = new Set<number>([pid]);
  for (let isGrown = true; isGrown; ) {
    isGrown = false;
    for (const process of processes) {
      if (found.has(process.parent) && !found.has(process.pid)) {
        found.add(process.pid);
        isGrown = true;
      }
    }
  }
  return found.size - 1;
}

/** Never the server itself: for that there is Stop, which asks what it should and keeps the state true. */
export function canEnd(process: ProcessView): boolean {
  return process.part !== "server";
}

/** A command line without the folder of its program: the name is what tells it apart. */
export function shortCommand(command: string): string {
  return command.replace(/^(?:\/|[A-Za-z]:\\)[^\s]*[\\/](?=[^\s\\/]+(?:\s|$))/, "");
}
