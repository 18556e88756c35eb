import { expect, test } from "vitest";
import { ago, baseName, bytes, duration, percent, quoted, shortPath } from "./format";

test("numbers are short", () => {
  expect([0, 999, 1_500, 412_000_000, 12_345_678_901].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "412 MB",
    "12 GB",
  ]);
  expect([0, 0.4, 12.6].map(percent)).toEqual(["0 %", "0.4 %", "13 %"]);
});

test("times have at most two units", () => {
  const s = 1000;
  expect([-5, 5 * s, 65 * s, 3600 * s, 7500 * s, 90_000 * s].map(duration)).toEqual([
    "0 s",
    "5 s",
    "1 min",
    "1 h",
    "2 h 5 min",
    "1 d 1 h",
  ]);
  expect([0, 59, 60, 3600, 90_000].map((n) => ago(0, n * s))).toEqual(["now", "now", "1 min", "1 h", "1 d"]);
});

test("paths are shortened at whole names only", () => {
  expect(shortPath("/home/ada/x", "/home/ada")).toBe("~/x");
  expect(shortPath("/home/ada", "/home/ada")).toBe("~");
  expect(shortPath("/home/adam/x", "/home/ada")).toBe("/home/adam/x");
  expect(baseName("/a/b/")).toBe("b");
  expect(baseName("/")).toBe("/");
});

test("values in backticks are quoted", () => {
  expect(quoted("`/a b` is a file")).toBe("“/a b” is a file");
  expect(quoted("one ` alone")).toBe("one ` alone");
});
