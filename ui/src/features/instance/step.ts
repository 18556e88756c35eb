/** What an instance that starts is doing: what that is, and how far it is. Pure. */

export interface Step {
  /** `Building the image`. */
  what: string;
  /** The last line of it, which may be long and changes often. */
  progress: string | null;
  /** How much of it is done, from 0 to 1, where that is told. */
  portion: number | null;
}

/** The core gives both in one text: progress comes behind a line break, or behind the first colon that a space follows. */
export function stepOf(text: string): Step {
  const found = /^([^\n]{3,100}?)(?::\s+|\n\s*)(\S[\s\S]*)$/.exec(text.trim());
  const portion = portionOf(text);
  if (!found?.[1] || !found[2]) return { what: text.trim(), progress: null, portion };
  return { what: found[1].trim(), progress: found[2].trim(), portion };
}

/** Of several counts the last is the finest: bytes rather than layers. A step that is being done is not done yet. */
function portionOf(text: string): number | null {
  const [, isStep, done, all] = [...text.matchAll(/(step )?\b(\d+) of (\d+)\b/gi)].at(-1) ?? [];
  const total = Number(all);
  if (!(total > 0)) return null;
  return Math.min(1, Math.max(0, (Number(done) - (isStep ? 1 : 0)) / total));
}
