import { expect, test } from "vitest";
import { cost, tokens, took } from "./format-usage";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1k"],
  [12_345, "12.3k"],
  [123_456, "123k"],
  [999_999, "1M"],
  [1_250_000, "1.3M"],
])("%d tokens", (n, text) => expect(tokens(n)).toBe(text));

test.each([
  [0, null],
  [Number.NaN, null],
  [0.00423, "$0.0042"],
  [0.12, "$0.12"],
  [1.2, "$1.20"],
])("%d dollars", (n, text) => expect(cost(n)).toBe(text));

test.each([
  [-5, "0 ms"],
  [80, "80 ms"],
  [1400, "1.4 s"],
  [2000, "2 s"],
  [12_300, "12 s"],
  [185_000, "3 min 5 s"],
  [3_660_000, "1 h 1 min"],
])("%d ms", (n, text) => expect(took(n)).toBe(text));
