/** Lays the colours of code and the marks of changed words over one line. No framework. */
import type { Piece } from "./diff-words";

/** A piece of a line as it is drawn. */
export interface Span extends Piece {
  /** A CSS colour; empty for the text's own. */
  color: string;
}

/** Cuts the pieces where the colours change. Colours that end early, or are of another text, leave the rest plain. */
export function paint(pieces: readonly Piece[], colours: readonly (readonly [text: string, color: string])[]): Span[] {
  const spans: Span[] = [];
  let at = 0;
  let used = 0;
  for (const piece of pieces) {
    let rest = piece.text;
    while (rest) {
      const [text, color] = colours[at] ?? [rest, ""];
      const length = Math.min(rest.length, text.length - used);
      if (length <= 0) {
        at += 1;
        used = 0;
        continue;
      }
      spans.push({ text: rest.slice(0, length), marked: piece.marked, color });
      rest = rest.slice(length);
      used += length;
    }
  }
  return spans;
}
