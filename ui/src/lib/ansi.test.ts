import { expect, test } from "vitest";
import { ansiRuns, withoutAnsi } from "./ansi";

const ESC = "\u001b";

test("colours become classes", () => {
  expect(ansiRuns(`a ${ESC}[1;31mred${ESC}[0m b`)).toEqual([
    { text: "a ", classes: "" },
    { text: "red", classes: "ansi-red ansi-bold" },
    { text: " b", classes: "" },
  ]);
});

test("colours without a name become values", () => {
  expect(ansiRuns(`${ESC}[38;2;1;2;255mx`)[0]).toEqual({ text: "x", classes: "", color: "#0102ff" });
  expect(ansiRuns(`${ESC}[38;5;196mx`)[0]).toEqual({ text: "x", classes: "", color: "#ff0000" });
  expect(ansiRuns(`${ESC}[48;5;244mx`)[0]?.background).toBe("#808080");
});

test.each([
  ["a progress bar leaves its last state", "10%\r50%\r100%\nok", "100%\nok"],
  ["Windows line ends stay", "a\r\nb", "a\nb"],
  ["titles are dropped", `${ESC}]0;title\u0007x${ESC}]8;;http://a${ESC}\\y`, "xy"],
  ["moves of the cursor are dropped", `${ESC}[2J${ESC}[1;1Ha${ESC}[?25lb${ESC}(Bc`, "abc"],
  ["control characters are dropped, tabs stay", "a\u0000\u0008\tb", "a\tb"],
  ["colours are dropped for copying", `${ESC}[31mx${ESC}[m`, "x"],
])("%s", (_name, output, expected) => expect(withoutAnsi(output)).toBe(expected));
