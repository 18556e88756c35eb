/**
 * Makes characters visible that would hide or reorder what a person is asked to judge: controls of writing direction,
 * invisible blanks, escapes. A command or a diff must read as it runs. No framework.
 */

// Direction marks and overrides, invisible blanks (not the joiners that scripts and emoji need), and controls except tab, newline and carriage return.
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what we look for.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** The text with each such character written as its number, `⟨U+202E⟩`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const number = character.codePointAt(0) ?? 0;
    return `⟨U+${number.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** The text without the carriage return at its end, or with a sign for it where it is the difference. */
export function withoutReturn(text: string, other: string | null): string {
  if (!text.endsWith("\r")) return text;
  const isDifference = other !== null && !other.endsWith("\r");
  return isDifference ? `${text.slice(0, -1)}␍` : text.slice(0, -1);
}
