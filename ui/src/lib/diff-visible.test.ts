import { describe, expect, it } from "vitest";
import { visible, withoutReturn } from "./diff-visible";

describe("visible", () => {
  it.each([
    ["plain\ttext", "plain\ttext"],
    ["rm \u202e-rf", "rm ⟨U+202E⟩-rf"],
    ["a\u200bb", "a⟨U+200B⟩b"],
    ["\u001b[2K", "⟨U+001B⟩[2K"],
    ["👩‍👩‍👧", "👩‍👩‍👧"],
  ])("%j", (text, expected) => expect(visible(text)).toBe(expected));
});

describe("withoutReturn", () => {
  it.each([
    ["a\r", null, "a"],
    ["a\r", "b\r", "a"],
    ["a\r", "a", "a␍"],
    ["a", "a\r", "a"],
  ])("%j beside %j", (text, other, expected) => expect(withoutReturn(text, other)).toBe(expected));
});
