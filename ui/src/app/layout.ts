/** Widths and folds of the three columns. Kept over a reload; in a small window the dock lies over the work. */
import { createSignal } from "solid-js";
import { createKept } from "../lib/persist";

export const LEFT = { min: 200, max: 420, usual: 264 };
export const DOCK = { min: 300, max: 960, usual: 440 };

/** Below this the dock has no column of its own. */
const DOCK_COLUMN_FROM = 1000;
/** Below this the fleet has none either. */
const LEFT_COLUMN_FROM = 620;
/** What is left for the work at the least. */
const WORK_MIN = 340;

const [windowWidth, setWindowWidth] = createSignal(innerWidth);
addEventListener("resize", () => setWindowWidth(innerWidth), { passive: true });

const [leftWidth, setLeftWidth] = createKept("left.width", LEFT.usual);
const [leftOpen, setLeftOpen] = createKept("left.open", true);
const [dockWidth, setDockWidth] = createKept("dock.width", DOCK.usual);
const [dockOpen, setDockOpen] = createKept("dock.open", true);
const [leftOver, setLeftOver] = createSignal(false);
const [dockOver, setDockOver] = createSignal(false);

export { setDockWidth, setLeftWidth };

export const hasDockColumn = () => windowWidth() >= DOCK_COLUMN_FROM;
export const hasLeftColumn = () => windowWidth() >= LEFT_COLUMN_FROM;

export const isLeftOpen = () => (hasLeftColumn() ? leftOpen() : leftOver());
export const isDockOpen = () => (hasDockColumn() ? dockOpen() : dockOver());

/** In a small window the fleet leaves the work at least two thirds. */
export const shownLeftWidth = () => Math.max(LEFT.min, Math.min(leftWidth(), LEFT.max, Math.round(windowWidth() / 3)));
/** The dock never pushes the work below its least width. */
export const dockMax = () =>
  Math.max(DOCK.min, Math.min(DOCK.max, windowWidth() - (isLeftOpen() ? shownLeftWidth() : 0) - WORK_MIN));
export const shownDockWidth = () => Math.max(DOCK.min, Math.min(dockWidth(), dockMax()));

export function setLeftShown(isShown: boolean): void {
  if (hasLeftColumn()) setLeftOpen(isShown);
  else setLeftOver(isShown);
}

export function setDockShown(isShown: boolean): void {
  if (hasDockColumn()) setDockOpen(isShown);
  else setDockOver(isShown);
}

/** What lies over the work goes away when the person goes somewhere. */
export function foldWhatLiesOver(): void {
  setLeftOver(false);
  setDockOver(false);
}
