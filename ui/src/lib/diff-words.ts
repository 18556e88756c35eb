/**
 * Finds the words that differ between a removed line and the added line beside it. Called for lines on screen only,
 * and bounded: two lines that are long or have little in common get no marks. No framework.
 */

/** A piece of a line; marked when the other line does not have it. */
export interface Piece {
  text: string;
  marked: boolean;
}

export interface WordMarks {
  removed: Piece[];
  added: Piece[];
}

/** Lines longer than this are not compared. */
export const MAX_LINE_LENGTH = 1000;
/** Words left after the common beginning and end are cut off; more are not compared. */
const MAX_WORDS = 240;
/** Below this share of common text, marks would cover nearly everything and say nothing. */
const MIN_COMMON = 0.3;

/** The marks of a pair, or null when there are none to show. */
export function wordMarks(removed: string, added: string): WordMarks | null {
  if (removed === added || removed.length > MAX_LINE_LENGTH || added.length > MAX_LINE_LENGTH) return null;
  const old = wordsOf(removed);
  const now = wordsOf(added);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const oldMiddle = old.slice(start, old.length - end);
  const newMiddle = now.slice(start, now.length - end);
  if (oldMiddle.length > MAX_WORDS || newMiddle.length > MAX_WORDS) return null;

  const [keptOld, keptNew] = common(oldMiddle, newMiddle);
  const isKept = (kept: Set<number>, middle: string[], at: number) =>
    at < start || at >= start + middle.length || kept.has(at - start);
  const commonLength = old.reduce(
    (sum, word, at) => (isKept(keptOld, oldMiddle, at) && word.trim() ? sum + word.length : sum),
    0,
  );
  const longer = Math.max(removed.replace(/\s/g, "").length, added.replace(/\s/g, "").length);
  if (longer > 0 && commonLength / longer < MIN_COMMON) return null;
  return {
    removed: piecesOf(old, (at) => !isKept(keptOld, oldMiddle, at)),
    added: piecesOf(now, (at) => !isKept(keptNew, newMiddle, at)),
  };
}

/** Words, runs of blanks, and single other characters. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|\r|[^\S\r]+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

/** Indexes of a longest common subsequence, in either list. */
function common(old: string[], now: string[]): [Set<number>, Set<number>] {
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === now[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const keptOld = new Set<number>();
  const keptNew = new Set<number>();
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    if (old[i] === now[j]) {
      keptOld.add(i++);
      keptNew.add(j++);
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return [keptOld, keptNew];
}

/** Joins neighbours of one kind, and blanks between two marked words with them: fewer, calmer marks. */
function piecesOf(words: string[], isMarked: (at: number) => boolean): Piece[] {
  const pieces: Piece[] = [];
  words.forEach((text, at) => {
    const bridges =
      !isMarked(at) && !text.trim() && at > 0 && isMarked(at - 1) && isMarked(at + 1) && at + 1 < words.length;
    const marked = isMarked(at) || bridges;
    const last = pieces.at(-1);
    if (last && last.marked === marked) last.text += text;
    else pieces.push({ text, marked });
  });
  return pieces;
}
