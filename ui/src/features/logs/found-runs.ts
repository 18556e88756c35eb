/** Marks what was searched for in the runs of a line. Pure. */
import type { Run } from "../../lib/ansi";

export interface MarkedRun extends Run {
  isFound: boolean;
}

/** The runs, split where a find begins or ends; finds may span runs of different colours. */
export function markFound(runs: readonly Run[], wanted: string): MarkedRun[] {
  const needle = wanted.toLowerCase();
  const whole = runs.map((run) => run.text).join("");
  const lower = whole.toLowerCase();
  // Lower case of another length would put every mark in the wrong place.
  const isComparable = lower.length === whole.length;
  const finds: [number, number][] = [];
  for (let at = needle && isComparable ? lower.indexOf(needle) : -1; at >= 0; at = lower.indexOf(needle, at)) {
    finds.push([at, at + needle.length]);
    at += needle.length;
  }
  if (finds.length === 0) return runs.map((run) => ({ ...run, isFound: false }));
  const marked: MarkedRun[] = [];
  let start = 0;
  for (const run of runs) {
    const end = start + run.text.length;
    let at = start;
    for (const [from, to] of finds) {
      if (to <= at || from >= end) continue;
      if (from > at) marked.push({ ...run, text: whole.slice(at, from), isFound: false });
      const until = Math.min(to, end);
      marked.push({ ...run, text: whole.slice(Math.max(from, at), until), isFound: true });
      at = until;
    }
    if (at < end) marked.push({ ...run, text: whole.slice(at, end), isFound: false });
    start = end;
  }
  return marked;
}
