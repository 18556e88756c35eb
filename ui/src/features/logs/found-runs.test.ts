import { expect, test } from "vitest";
import { ansiRuns } from "../../lib/ansi";
import { markFound } from "./found-runs";
import type { LogRow } from "./log-window";
import { textBetween } from "./selection";

const found = (line: string, wanted: string) =>
  markFound(ansiRuns(line), wanted).map((run) => (run.isFound ? `[${run.text}]` : run.text));

test("finds are marked whatever their case, each one", () => {
  expect(found("Error: no error here", "error")).toEqual(["[Error]", ": no ", "[error]", " here"]);
  expect(found("aaaa", "aa")).toEqual(["[aa]", "[aa]"]);
});

test("a find that spans colours is marked in each", () => {
  expect(found("\u001b[31mser\u001b[32mver\u001b[0m up", "serve")).toEqual(["[ser]", "[ve]", "r", " up"]);
});

test("nothing found, nothing wanted: the runs as they are", () => {
  expect(found("plain", "absent")).toEqual(["plain"]);
  expect(found("plain", "")).toEqual(["plain"]);
});

const rows: LogRow[] = ["first line", "\u001b[31msecond\u001b[0m line", "third line"].map((text, i) => ({
  id: i + 1,
  text,
  level: null,
  isTorn: false,
}));

test("a selection over rows is copied whole, without colours, made from above or from below", () => {
  const from = { row: 1, offset: 6 };
  const to = { row: 3, offset: 5 };
  expect(textBetween(rows, from, to)).toBe("line\nsecond line\nthird");
  expect(textBetween(rows, to, from)).toBe("line\nsecond line\nthird");
  expect(textBetween(rows, { row: 2, offset: 6 }, { row: 2, offset: 0 })).toBe("second");
  expect(textBetween(rows, { row: 99, offset: 0 }, to)).toBe("");
});
