/** A selection over a virtual list: which rows it spans, though only those on screen are in the page. */
import { withoutAnsi } from "../../lib/ansi";
import type { LogRow } from "./log-window";

/** One end of a selection: a row, and how many characters of its shown text are before it. */
export interface End {
  row: number;
  offset: number;
}

/** The text between two ends, in whichever order they were made. */
export function textBetween(rows: readonly LogRow[], one: End, other: End): string {
  const at = (end: End) => rows.findIndex((row) => row.id === end.row);
  let [from, to] = [one, other];
  let [first, last] = [at(from), at(to)];
  if (first < 0 || last < 0) return "";
  if (first > last || (first === last && from.offset > to.offset)) {
    [from, to] = [to, from];
    [first, last] = [last, first];
  }
  return rows
    .slice(first, last + 1)
    .map((row, i) => {
      const text = withoutAnsi(row.text);
      const end = first + i === last ? to.offset : text.length;
      return text.slice(i === 0 ? from.offset : 0, end);
    })
    .join("\n");
}

/** The ends of the page's selection when both are in rows of `list`. */
export function selectionIn(list: HTMLElement): { anchor: End; focus: End } | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return null;
  const anchor = endAt(list, selection.anchorNode, selection.anchorOffset);
  const focus = endAt(list, selection.focusNode, selection.focusOffset);
  return anchor && focus ? { anchor, focus } : null;
}

function endAt(list: HTMLElement, node: Node | null, offset: number): End | null {
  const element = node instanceof Element ? node : node?.parentElement;
  const row = element?.closest<HTMLElement>("[data-row]");
  if (!node || !row || !list.contains(row)) return null;
  const before = document.createRange();
  before.setStart(row, 0);
  before.setEnd(node, offset);
  return { row: Number(row.dataset.row), offset: before.toString().length };
}
