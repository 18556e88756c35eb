/** What an instance that starts is doing: what that is, and how far it is. Pure. */

export interface Step {
  /** `Building the image`. */
  what: string;
  /** The last line of it, which may be long and changes often. */
  progress: string | null;
}

/** The core gives both in one text: progress comes behind a line break, or behind the first colon that a space follows. */
export function stepOf(text: string): Step {
  const found = /^([^\n]{3,100}?)(?::\s+|\n\s*)(\S[\s\S]*)$/.exec(text.trim());
  if (!found?.[1] || !found[2]) return { what: text.trim(), progress: null };
  return { what: found[1].trim(), progress: found[2].trim() };
}
