/** From samples to a plot: scales, ticks, lines with their gaps, and what is said of it in words. Pure. */
import { duration } from "../../lib/format";

export interface Point {
  at_ms: number;
  value: number;
}

export interface Range {
  from_ms: number;
  to_ms: number;
}

export interface Box {
  width: number;
  height: number;
}

/** A number that is easy to read at or above `most`: 1, 2 or 5 times a power of ten, or for memory of 1000. */
export function niceMax(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  for (const step of [1, 2, 2.5, 5, 10]) if (step * power >= most * (1 - 1e-9)) return step * power;
  return 10 * power;
}

/** Values for the lines across: 0, the top, and what divides them evenly. */
export function valueTicks(max: number, height: number): number[] {
  const parts = height >= 120 ? (isFifth(max) ? 5 : 4) : 2;
  return Array.from({ length: parts + 1 }, (_, i) => (max * i) / parts);
}

function isFifth(max: number): boolean {
  const lead = max / 10 ** Math.floor(Math.log10(max));
  return Math.abs(lead - 1) < 1e-6 || Math.abs(lead - 5) < 1e-6 || Math.abs(lead - 2.5) < 1e-6;
}

const STEPS_MS = [60_000, 2 * 60_000, 5 * 60_000, 3_600_000, 2 * 3_600_000, 3 * 3_600_000, 6 * 3_600_000];

/** Times for the marks below, counted back from the end so that each says how long ago. */
export function timeTicks(range: Range, width: number): number[] {
  const most = Math.max(2, Math.floor(width / 90));
  const span = range.to_ms - range.from_ms;
  const step = STEPS_MS.find((candidate) => span / candidate <= most) ?? span;
  const ticks: number[] = [];
  for (let at = range.to_ms; at >= range.from_ms - 1; at -= step) ticks.unshift(at);
  return ticks;
}

export function xOf(at_ms: number, range: Range, box: Box): number {
  return ((at_ms - range.from_ms) / (range.to_ms - range.from_ms)) * box.width;
}

export function yOf(value: number, max: number, box: Box): number {
  return box.height - (Math.min(value, max) / max) * box.height;
}

/** Points of the range in runs: after a pause longer than `gap_ms` nothing is known, and no line is drawn. */
export function runs(points: readonly Point[], range: Range, gap_ms: number): Point[][] {
  const result: Point[][] = [];
  let last: Point | undefined;
  for (const point of points) {
    if (point.at_ms < range.from_ms || point.at_ms > range.to_ms) continue;
    if (last && point.at_ms - last.at_ms <= gap_ms) result.at(-1)?.push(point);
    else result.push([point]);
    last = point;
  }
  return result;
}

const round = (n: number) => Math.round(n * 10) / 10;

/** The line of a run as the `d` of a path; a single sample is a short dash. */
export function linePath(run: readonly Point[], range: Range, max: number, box: Box): string {
  const at = (point: Point) => `${round(xOf(point.at_ms, range, box))} ${round(yOf(point.value, max, box))}`;
  const [only] = run;
  if (run.length === 1 && only) return `M${at(only)}h1`;
  return run.map((point, i) => `${i === 0 ? "M" : "L"}${at(point)}`).join("");
}

/** What lies below the line of a run. */
export function areaPath(run: readonly Point[], range: Range, max: number, box: Box): string {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last || run.length === 1) return "";
  const foot = box.height;
  return `${linePath(run, range, max, box)}L${round(xOf(last.at_ms, range, box))} ${foot}L${round(xOf(first.at_ms, range, box))} ${foot}Z`;
}

/** The point nearest in time; none when there is none within `within_ms`. */
export function nearest(points: readonly Point[], at_ms: number, within_ms: number): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    if (!best || Math.abs(point.at_ms - at_ms) < Math.abs(best.at_ms - at_ms)) best = point;
  }
  return best && Math.abs(best.at_ms - at_ms) <= within_ms ? best : undefined;
}

export interface Figures {
  now: number;
  least: number;
  most: number;
  mean: number;
}

/** In a range; none without samples. */
export function figures(points: readonly Point[], range: Range): Figures | undefined {
  const values = points.filter((p) => p.at_ms >= range.from_ms && p.at_ms <= range.to_ms).map((p) => p.value);
  const now = values.at(-1);
  if (now === undefined) return undefined;
  return {
    now,
    least: Math.min(...values),
    most: Math.max(...values),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}

/** How long before the end a mark is: `now`, `5 min`. */
export function agoLabel(at_ms: number, range: Range, now: string): string {
  const ago = range.to_ms - at_ms;
  return ago < 1_000 ? now : `−${duration(ago)}`;
}
