import { describe, expect, it } from "vitest";
import { MAX_LINE_LENGTH, wordMarks } from "./diff-words";

/** Marked pieces in brackets. */
function told(removed: string, added: string): [string, string] | null {
  const marks = wordMarks(removed, added);
  const text = (side: "removed" | "added") =>
    (marks?.[side] ?? []).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join("");
  return marks && [text("removed"), text("added")];
}

describe("wordMarks", () => {
  it.each<[string, string, [string, string] | null]>([
    ["let a = 1;", "let b = 1;", ["let [a] = 1;", "let [b] = 1;"]],
    ["call(x)", "call(x, y)", ["call(x)", "call(x[, y])"]],
    ["a b c d", "a x y d", ["a [b c] d", "a [x y] d"]],
    ["return one + two", "return two", ["return [one + ]two", "return two"]],
    ["same\r", "same", ["same[\r]", "same"]],
    ["  indented", "\tindented", ["[  ]indented", "[\t]indented"]],
    ["größe = ø", "größe = å", ["größe = [ø]", "größe = [å]"]],
    ["equal", "equal", null],
    ["nothing here", "is like that", null],
    ["x".repeat(MAX_LINE_LENGTH + 1), "x", null],
  ])("%j and %j", (removed, added, expected) => {
    expect(told(removed, added)).toEqual(expected);
  });

  it("compares no more words than its bound", () => {
    const words = (seed: string) =>
      Array.from({ length: 300 }, (_, at) => `${seed}${at % 7}`)
        .join(" ")
        .slice(0, MAX_LINE_LENGTH);
    expect(wordMarks(words("a"), words("b"))).toBeNull();
  });
});
