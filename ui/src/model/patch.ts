/**
 * Carries a new value that shares what did not change into a live one, touching only what did.
 * Solid then tells only those who read the changed leaves: 1,000 deltas a second do not redraw a list.
 */

/** Fields that hold records by id, whose entries come and go. Other objects are replaced whole when a field goes. */
const MAPS = new Set(["instances", "sessions", "requests", "transcripts", "notices", "entries", "parts"]);

type Plain = Record<string, unknown>;

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isSameList(a: unknown[], b: unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** `live` is written to; `before` is what it holds, unwrapped; `next` is what it shall hold. */
export function patch(live: Plain, before: Plain, next: Plain): void {
  for (const [key, value] of Object.entries(next)) {
    const old = before[key];
    if (old === value) continue;
    if (isPlain(old) && isPlain(value) && (MAPS.has(key) || hasFieldsOf(value, old))) {
      patch(live[key] as Plain, old, value);
    } else if (!(Array.isArray(old) && Array.isArray(value) && isSameList(old, value))) {
      live[key] = value;
    }
  }
  for (const key of Object.keys(before)) {
    if (!(key in next)) delete live[key];
  }
}

function hasFieldsOf(value: Plain, old: Plain): boolean {
  return Object.keys(old).every((key) => key in value);
}
