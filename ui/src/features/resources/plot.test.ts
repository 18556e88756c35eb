import { expect, test } from "vitest";
import {
  agoLabel,
  areaPath,
  figures,
  linePath,
  nearest,
  niceMax,
  type Point,
  runs,
  timeTicks,
  valueTicks,
  xOf,
  yOf,
} from "./plot";

const MIN = 60_000;
const range = { from_ms: 0, to_ms: 10 * MIN };
const box = { width: 600, height: 100 };
const points = (...pairs: [number, number][]): Point[] => pairs.map(([at_ms, value]) => ({ at_ms, value }));

test("the top of the scale is a number that is easy to read, and never below the most", () => {
  expect([0, 0.3, 1, 7, 23, 101, 640e6].map(niceMax)).toEqual([1, 0.5, 1, 10, 25, 200, 1e9]);
  for (let most = 1; most < 5_000; most += 7) expect(niceMax(most)).toBeGreaterThanOrEqual(most);
});

test("lines across divide the scale into even parts", () => {
  expect(valueTicks(100, 200)).toEqual([0, 20, 40, 60, 80, 100]);
  expect(valueTicks(200, 200)).toEqual([0, 50, 100, 150, 200]);
  expect(valueTicks(100, 60)).toEqual([0, 50, 100]);
});

test("marks of time count back from the end and leave room for their labels", () => {
  const wide = timeTicks(range, 900);
  expect(wide.at(-1)).toBe(range.to_ms);
  expect(wide.length).toBe(11);
  expect(timeTicks(range, 300).length).toBeLessThanOrEqual(4);
  const hours = timeTicks({ from_ms: 0, to_ms: 12 * 60 * MIN }, 500);
  expect(hours.map((at) => at / 3_600_000)).toEqual([0, 3, 6, 9, 12]);
  expect(agoLabel(range.to_ms, range, "now")).toBe("now");
  expect(agoLabel(5 * MIN, range, "now")).toBe("−5 min");
});

test("values lie where they belong, and none leaves the box", () => {
  expect(xOf(5 * MIN, range, box)).toBe(300);
  expect(yOf(0, 50, box)).toBe(100);
  expect(yOf(25, 50, box)).toBe(50);
  expect(yOf(500, 50, box)).toBe(0);
});

test("a pause is a gap: no line is drawn over a time of which nothing is known", () => {
  const parts = runs(points([0, 1], [3_000, 2], [6_000, 3], [5 * MIN, 4], [5 * MIN + 3_000, 5]), range, 10_000);
  expect(parts.map((run) => run.map((p) => p.value))).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  expect(runs(points([-1, 1], [11 * MIN, 2]), range, 10_000)).toEqual([]);
});

test("paths", () => {
  const run = points([0, 0], [5 * MIN, 50]);
  expect(linePath(run, range, 100, box)).toBe("M0 100L300 50");
  expect(areaPath(run, range, 100, box)).toBe("M0 100L300 50L300 100L0 100Z");
  expect(linePath(points([0, 100]), range, 100, box)).toBe("M0 0h1");
  expect(areaPath(points([0, 100]), range, 100, box)).toBe("");
});

test("the value under the pointer is the nearest one, and none in a gap", () => {
  const list = points([0, 1], [10_000, 2], [20_000, 3]);
  expect(nearest(list, 14_000, 10_000)?.value).toBe(2);
  expect(nearest(list, 5 * MIN, 10_000)).toBeUndefined();
  expect(nearest([], 0, 1)).toBeUndefined();
});

test("what is said of a range", () => {
  expect(figures(points([0, 2], [MIN, 6], [2 * MIN, 4], [20 * MIN, 99]), range)).toEqual({
    now: 4,
    least: 2,
    most: 6,
    mean: 4,
  });
  expect(figures([], range)).toBeUndefined();
});
