/**
 * Selecting and copying in a virtual diff: clean text without numbers and signs, of one side only in split view,
 * also when the selection began in a row that has left the screen.
 */
import type { DiffLine } from "../../lib/diff-patch";
import type { Row } from "../../lib/diff-rows";

const rowsByElement = new WeakMap<Element, Row>();
const linesByElement = new WeakMap<Element, DiffLine>();

/** Tells which row an element shows. */
export function nameRow(element: Element, row: Row): void {
  element.setAttribute("data-row", "");
  rowsByElement.set(element, row);
}

/** Tells which line's text an element holds. */
export function nameCode(element: Element, line: DiffLine): void {
  linesByElement.set(element, line);
}

function rowOf(node: Node | null): { element: Element; row: Row } | null {
  const element = (node instanceof Element ? node : node?.parentElement)?.closest("[data-row]");
  const row = element && rowsByElement.get(element);
  return element && row ? { element, row } : null;
}

/**
 * Keeps the row in which a selection begins: while it is held, the list must not drop it. Also notes the side of a
 * split view in which it began, so that the other side is left out. Returns how to end this.
 */
export function pinnedRow(scroller: HTMLElement, pin: (row: Row | null) => void): () => void {
  const onPress = (event: PointerEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    const side = target?.closest<HTMLElement>("[data-side]")?.dataset.side;
    if (side) scroller.dataset.selecting = side;
    else delete scroller.dataset.selecting;
    pin(rowOf(target)?.row ?? null);
  };
  const onChange = () => {
    const selection = document.getSelection();
    if (!selection || (selection.isCollapsed && !scroller.matches(":active"))) pin(null);
  };
  scroller.addEventListener("pointerdown", onPress, { passive: true });
  document.addEventListener("selectionchange", onChange, { passive: true });
  return () => {
    scroller.removeEventListener("pointerdown", onPress);
    document.removeEventListener("selectionchange", onChange);
  };
}

interface End {
  index: number;
  /** Characters of the line before the end of the selection; null outside its text. */
  offset: number | null;
}

/** Puts the selected lines on the clipboard, from the patch itself and not from the screen. */
export function copyRows(event: ClipboardEvent, rows: readonly Row[]): void {
  const selection = document.getSelection();
  const range = selection && !selection.isCollapsed && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
  const scroller = event.currentTarget as HTMLElement;
  if (!range || !event.clipboardData) return;
  const side = scroller.dataset.selecting === "left" ? "left" : "right";
  const from = endOf(range.startContainer, range.startOffset, rows);
  const to = endOf(range.endContainer, range.endOffset, rows);
  if (!from || !to) return;
  event.preventDefault();
  event.clipboardData.setData("text/plain", textOf(rows, from, to, side));
}

/** The text of the lines between two ends. */
export function textOf(rows: readonly Row[], from: End, to: End, side: "left" | "right"): string {
  const lines: string[] = [];
  for (let at = from.index; at <= to.index; at++) {
    const line = lineOf(rows[at], side);
    if (!line) continue;
    const text = line.text.replace(/\r$/, "");
    lines.push(
      text.slice(
        at === from.index ? (from.offset ?? 0) : 0,
        at === to.index ? (to.offset ?? text.length) : text.length,
      ),
    );
  }
  return lines.join("\n");
}

function lineOf(row: Row | undefined, side: "left" | "right"): DiffLine | null {
  if (row?.type === "line") return row.line;
  if (row?.type === "pair") return side === "left" ? row.left : row.right;
  return null;
}

function endOf(node: Node, offset: number, rows: readonly Row[]): End | null {
  const found = rowOf(node);
  if (!found) return null;
  const index = rows.indexOf(found.row);
  if (index < 0) return null;
  const code = (node instanceof Element ? node : node.parentElement)?.closest(".diff-text");
  const line = code && linesByElement.get(code);
  if (!code || !line) return { index, offset: null };
  const before = document.createRange();
  before.setStart(code, 0);
  before.setEnd(node, offset);
  // Hidden characters are shown longer than they are; then the whole line is taken.
  const shown = code.textContent ?? "";
  return { index, offset: line.text.startsWith(shown) ? before.toString().length : null };
}
