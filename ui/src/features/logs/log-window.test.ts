import { expect, test } from "vitest";
import type { LogLevelView, LogPageView } from "../../wire/messages";
import { filtered, firstPlace, nextPlace, rowsIn, windowOf, withNewer, withOlder } from "./log-window";

/** A page of lines `from` to `to`, whose places are their numbers. */
function page(from: number, to: number, more: Partial<LogPageView> = {}): LogPageView {
  const lines = Array.from({ length: to - from }, (_, i) => ({ text: `line ${from + i}`, level: null }));
  return { lines, first: String(from), next: String(to), has_more: false, is_torn: false, ...more };
}

const END = { hasOlder: true, hasNewer: false };
const texts = (window: Parameters<typeof rowsIn>[0]) => rowsIn(window).map((row) => (row.isTorn ? "~" : row.text));

test("pages join without a gap or a repeat, in either direction", () => {
  let window = windowOf(page(10, 12), END);
  window = withNewer(window, page(12, 13));
  window = withOlder(window, page(8, 10, { has_more: true }));
  window = withNewer(window, page(13, 14, { has_more: true }));
  expect(texts(window)).toEqual([8, 9, 10, 11, 12, 13].map((n) => `line ${n}`));
  expect(firstPlace(window)).toBe("8");
  expect(nextPlace(window)).toBe("14");
  expect(window.hasOlder).toBe(true);
  expect(window.hasNewer).toBe(true);
});

test("every row has an id of its own", () => {
  const window = withOlder(withNewer(windowOf(page(5, 9), END), page(9, 12, { is_torn: true })), page(0, 5));
  const ids = rowsIn(window).map((row) => row.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("an empty page changes nothing, so that nothing is drawn again", () => {
  const window = windowOf(page(0, 3), END);
  expect(withNewer(window, page(3, 3))).toBe(window);
});

test("output that was rotated away while following shows as a gap", () => {
  const window = withNewer(windowOf(page(0, 2), END), page(50, 52, { is_torn: true }));
  expect(texts(window)).toEqual(["line 0", "line 1", "~", "line 50", "line 51"]);
});

test("scrolling back to where the rest was rotated away says so", () => {
  const window = withOlder(windowOf(page(7, 9), END), page(5, 7, { has_more: false, is_torn: true }));
  expect(window.hasOlder).toBe(false);
  expect(window.isCutAtStart).toBe(true);
});

test("following drops far lines at the start, which can then be read again", () => {
  const bounds = { lines: 2_500, length: 1e9 };
  let window = windowOf(page(0, 1_000), { hasOlder: false, hasNewer: false });
  for (let from = 1_000; from < 10_000; from += 500) window = withNewer(window, page(from, from + 500), bounds);
  expect(window.lines).toBeLessThanOrEqual(2_500);
  expect(window.hasOlder).toBe(true);
  expect(nextPlace(window)).toBe("10000");
  const first = Number(firstPlace(window));
  expect(rowsIn(window)[0]?.text).toBe(`line ${first}`);
  window = withOlder(window, page(first - 500, first, { has_more: true }), { lines: 1e6, length: 1e9 });
  expect(rowsIn(window).length).toBe(10_000 - first + 500);
});

test("scrolling back drops far lines at the end, and following can read them again", () => {
  const bounds = { lines: 2_000, length: 1e9 };
  let window = windowOf(page(9_000, 10_000), END);
  for (let from = 8_000; from >= 5_000; from -= 1_000) {
    window = withOlder(window, page(from, from + 1_000, { has_more: true }), bounds);
  }
  expect(window.lines).toBe(2_000);
  expect(window.hasNewer).toBe(true);
  expect(firstPlace(window)).toBe("5000");
  expect(nextPlace(window)).toBe("7000");
  expect(texts(withNewer(window, page(7_000, 7_001), bounds)).at(-1)).toBe("line 7000");
});

test("long lines are bounded by their length", () => {
  const long = (from: number): LogPageView => ({
    ...page(from, from + 600),
    lines: Array.from({ length: 600 }, () => ({ text: "x".repeat(1_000), level: null })),
  });
  let window = windowOf(long(0), END);
  for (let from = 600; from < 6_000; from += 600) {
    window = withNewer(window, long(from), { lines: 1e6, length: 1_000_000 });
  }
  expect(window.length).toBeLessThanOrEqual(1_000_000);
});

test("lines without a level belong to the line before", () => {
  const level = (text: string, is: LogLevelView | null) => ({ text, level: is });
  const window = windowOf(
    {
      ...page(0, 0),
      lines: [
        level("banner", null),
        level("ERROR it broke", "error"),
        level("  at x", null),
        level("INFO fine", "info"),
        level("WARN hot", "warn"),
      ],
      next: "5",
    },
    END,
  );
  const rows = rowsIn(window);
  expect(filtered(rows, "all").length).toBe(5);
  expect(filtered(rows, "warn").map((row) => row.text)).toEqual(["ERROR it broke", "  at x", "WARN hot"]);
  expect(filtered(rows, "error").map((row) => row.text)).toEqual(["ERROR it broke", "  at x"]);
  const more = withNewer(window, { ...page(5, 5), lines: [level("  still hot", null)], next: "6" });
  expect(filtered(rowsIn(more), "warn").at(-1)?.text).toBe("  still hot");
});
