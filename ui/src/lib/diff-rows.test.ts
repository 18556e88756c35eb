import { describe, expect, it } from "vitest";
import { parsePatch } from "./diff-patch";
import { type DiffMode, type Row, rowsOfFile, widestColumn } from "./diff-rows";

function told(row: Row): string {
  switch (row.type) {
    case "line":
      return `${row.line.kind[0]}:${row.line.text}${row.pair ? `~${row.pair.text}` : ""}`;
    case "pair":
      return `${row.left?.text ?? "-"} | ${row.right?.text ?? "-"}`;
    case "fold":
      return `fold ${row.count} (${row.from.text}..${row.to.text})`;
    case "hunk":
      return `@@${row.hunk.section}`;
    case "note":
      return `note ${row.note}`;
    case "file":
      return "file";
  }
}

function rows(patch: string, mode: DiffMode, opened: string[] = []): string[] {
  const [file] = parsePatch(patch);
  if (!file) throw new Error("the test's patch has no file");
  return rowsOfFile(file, "f", mode, new Set(opened)).map(told);
}

const same = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => ` ${from + at}`).join("\n");
const whole = `--- a/f\n+++ b/f\n@@ -1,22 +1,23 @@\n${same(1, 10)}\n-old\n+new\n+more\n${same(12, 22)}\n`;

describe("rowsOfFile", () => {
  it("pairs removed lines with added ones and folds long unchanged runs", () => {
    expect(rows(whole, "unified")).toEqual([
      "fold 7 (1..7)",
      "c:8",
      "c:9",
      "c:10",
      "r:old~new",
      "a:new~old",
      "a:more",
      "c:12",
      "c:13",
      "c:14",
      "fold 8 (15..22)",
    ]);
  });

  it("puts both sides beside each other when split", () => {
    expect(rows(whole, "split").slice(3, 7)).toEqual(["10 | 10", "old | new", "- | more", "12 | 12"]);
  });

  it("shows the lines of a fold that was opened", () => {
    expect(rows(whole, "unified", ["f:0:0"]).slice(0, 3)).toEqual(["c:1", "c:2", "c:3"]);
  });

  it("does not fold eight lines", () => {
    const patch = `--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n${same(1, 8)}\n-x\n+y\n`;
    expect(rows(patch, "unified")).toHaveLength(10);
  });

  it("gives a head to a hunk in the middle of a file, and to each of several", () => {
    expect(rows("--- a/f\n+++ b/f\n@@ -5 +5 @@ fn a()\n-x\n+y\n", "unified")[0]).toBe("@@fn a()");
    expect(rows("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+y\n@@ -9 +9 @@\n-p\n+q\n", "unified")).toEqual([
      "@@",
      "r:x~y",
      "a:y~x",
      "@@",
      "r:p~q",
      "a:q~p",
    ]);
  });

  it("does not pair a removed line with an added one of another change", () => {
    expect(rows("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+b\n-c\n+d\n", "unified")).toEqual([
      "r:a~b",
      "a:b~a",
      "r:c~d",
      "a:d~c",
    ]);
  });

  it.each([
    ["diff --git a/f b/f\nold mode 100644\nnew mode 100755\n", ["note mode"]],
    ["diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n", ["note renamed"]],
    ["diff --git a/f b/f\nBinary files a/f and b/f differ\n", ["note binary"]],
    ["diff --git a/f b/f\nnew file mode 100644\nindex 0..e\n", ["note empty"]],
  ])("says what happened to a file without lines: %s", (patch, expected) => {
    expect(rows(patch, "unified")).toEqual(expected);
  });
});

describe("widestColumn", () => {
  it("counts tabs to the next stop and wide characters twice", () => {
    expect(widestColumn(parsePatch("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-ab\tc\n-漢字\n+x\n+y\n"))).toBe(5);
  });
});
