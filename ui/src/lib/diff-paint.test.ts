import { expect, it } from "vitest";
import { paint } from "./diff-paint";

const told = (spans: ReturnType<typeof paint>) =>
  spans
    .map(({ text, marked, color }) => `${marked ? "[" : ""}${text}${marked ? "]" : ""}${color && `:${color}`}`)
    .join("|");

it.each<[string, Parameters<typeof paint>[0], Parameters<typeof paint>[1], string]>([
  ["without colours", [{ text: "let a", marked: false }], [], "let a"],
  [
    "cut by colours",
    [{ text: "let a", marked: false }],
    [
      ["let", "k"],
      [" a", ""],
    ],
    "let:k| a",
  ],
  [
    "cut by marks and colours",
    [
      { text: "let a", marked: false },
      { text: "bc", marked: true },
      { text: ";", marked: false },
    ],
    [
      ["let ", "k"],
      ["abc", "n"],
      [";", ""],
    ],
    "let :k|a:n|[bc]:n|;",
  ],
  ["colours that end early", [{ text: "let a", marked: false }], [["le", "k"]], "le:k|t a"],
  [
    "an empty piece of colour",
    [{ text: "ab", marked: false }],
    [
      ["", "x"],
      ["ab", "y"],
    ],
    "ab:y",
  ],
])("%s", (_name, pieces, colours, expected) => expect(told(paint(pieces, colours))).toBe(expected));
