import { describe, expect, it } from "vitest";
import { type DiffFile, parsePatch } from "./diff-patch";

/** Short form of a file: names, status, counts and its lines with numbers. */
function told(file: DiffFile): string {
  const head = `${file.status} ${file.oldPath} -> ${file.newPath} +${file.additions} -${file.deletions}`;
  const extra = `${file.binary ? " binary" : ""}${file.oldMode || file.newMode ? ` ${file.oldMode}:${file.newMode}` : ""}`;
  const lines = file.hunks.flatMap((hunk) => [
    `@@ ${hunk.oldStart} ${hunk.newStart} ${hunk.section}`.trimEnd(),
    ...hunk.lines.map((line) => `${line.old ?? ""}|${line.new ?? ""}|${line.text}${line.endsFile ? "$" : ""}`),
  ]);
  return [head + extra, ...lines].join("\n");
}

const cases: [name: string, patch: string, expected: string[]][] = [
  [
    "an edit request of opencode",
    `Index: /w/a.txt\n===================================================================\n--- /w/a.txt\n+++ /w/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n`,
    ["modified /w/a.txt -> /w/a.txt +1 -1\n@@ 1 1\n1|1|one\n2||two\n|2|three"],
  ],
  [
    "git, several files, with a section",
    `diff --git a/x.rs b/x.rs\nindex 1..2 100644\n--- a/x.rs\n+++ b/x.rs\n@@ -10,2 +10,3 @@ fn main() {\n a\n+b\n c\ndiff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-p\n+q\n`,
    [
      "modified x.rs -> x.rs +1 -0\n@@ 10 10 fn main() {\n10|10|a\n|11|b\n11|12|c",
      "modified y -> y +1 -1\n@@ 1 1\n1||p\n|1|q",
    ],
  ],
  [
    "a new file and a deleted one",
    `diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+hi\ndiff --git a/d b/d\ndeleted file mode 100644\n--- a/d\n+++ /dev/null\n@@ -1 +0,0 @@\n-bye\n`,
    ["added null -> n +1 -0 null:100644\n@@ 0 1\n|1|hi", "deleted d -> null +0 -1 100644:null\n@@ 1 0\n1||bye"],
  ],
  [
    "a rename without changes, a mode change, a binary file",
    `diff --git a/old name b/new name\nsimilarity index 100%\nrename from old name\nrename to new name\ndiff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\ndiff --git a/p q.png b/p q.png\nindex 1..2 100644\nBinary files a/p q.png and b/p q.png differ\n`,
    [
      "renamed old name -> new name +0 -0",
      "modified run.sh -> run.sh +0 -0 100644:100755",
      "modified p q.png -> p q.png +0 -0 binary",
    ],
  ],
  [
    "no newline at the end",
    `--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n`,
    ["modified f -> f +1 -1\n@@ 1 1\n1||x$\n|1|y$"],
  ],
  [
    "removed lines that look like names",
    `--- a/f\n+++ b/f\n@@ -1,2 +1,1 @@\n--- a comment\n-++ b\n+z\n`,
    ["modified f -> f +1 -2\n@@ 1 1\n1||-- a comment\n2||++ b\n|1|z"],
  ],
  [
    "quoted names",
    `diff --git "a/\\303\\251 \\"q\\".txt" "b/\\303\\251 \\"q\\".txt"\n--- "a/\\303\\251 \\"q\\".txt"\n+++ "b/\\303\\251 \\"q\\".txt"\n@@ -1 +1 @@\n-a\n+b\n`,
    [`modified é "q".txt -> é "q".txt +1 -1\n@@ 1 1\n1||a\n|1|b`],
  ],
  [
    "a context line that lost its blank",
    `--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n`,
    ["modified f -> f +1 -1\n@@ 1 1\n1|1|a\n2|2|\n3||b\n|3|c"],
  ],
  [
    "a patch that was cut off",
    `--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n a\n-b\n`,
    ["modified f -> f +0 -1\n@@ 1 1\n1|1|a\n2||b"],
  ],
  [
    "carriage returns in the text are kept, in names they are not",
    `--- a/f\r\n+++ b/f\r\n@@ -1 +1 @@\r\n-a\r\n+a\n`,
    ["modified f -> f +1 -1\n@@ 1 1\n1||a\r\n|1|a"],
  ],
  [
    "a time behind the name",
    `--- f\t2026-01-01\n+++ f\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n`,
    ["modified f -> f +1 -1\n@@ 1 1\n1||a\n|1|b"],
  ],
  ["hunks without names", `@@ -1 +1 @@\n-a\n+b\n`, ["modified null -> null +1 -1\n@@ 1 1\n1||a\n|1|b"]],
  ["no patch", "hello\nworld\n", []],
  ["nothing", "", []],
  ["names without a change", "Index: f\n====\n--- f\n+++ f\n", []],
];

describe("parsePatch", () => {
  it.each(cases)("reads %s", (_name, patch, expected) => {
    expect(parsePatch(patch).map(told)).toEqual(expected);
  });

  it("reads a rename by its names alone", () => {
    expect(parsePatch("--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n")[0]).toMatchObject({
      status: "renamed",
      oldPath: "x",
      newPath: "y",
    });
  });
});
