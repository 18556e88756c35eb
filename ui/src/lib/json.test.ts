import { expect, test } from "vitest";
import { jsonObject, jsonProblem } from "./json";

test.each(['{"a": [1, -2.5e3, true, null, "x\\n\\u00e9"]}', "{}", "[]", ' "text" ', "0", '{"a": {"b": []}}'])(
  "%s is JSON",
  (text) => {
    expect(jsonProblem(text)).toBeNull();
    expect(() => JSON.parse(text)).not.toThrow();
  },
);

test.each<[string, string, number, number]>([
  ["", "value", 1, 1],
  ['{"a": }', "value", 1, 7],
  ['{\n  "a": 1,\n}', "name", 3, 1],
  ['{\n  "a": 1\n  "b": 2\n}', "end", 3, 3],
  ['{"a" 1}', "colon", 1, 6],
  ["{a: 1}", "name", 1, 2],
  ['{"a": "x}', "text", 1, 7],
  ['{"a": 1} 2', "rest", 1, 10],
  ['{"a": 01}', "number", 1, 7],
  ['{"a": truely}', "value", 1, 7],
  ["[1, 2", "end", 1, 6],
  ['{"a": 1, "a": 2}', "twice", 1, 10],
  ["[".repeat(500), "value", 1, 202],
])("%s is not: %s at %i:%i", (text, problem, line, column) => {
  expect(jsonProblem(text)).toEqual({ problem, line, column });
});

test("whatever the browser refuses is refused here, and the other way round", () => {
  const pieces = ["{", "}", "[", "]", '"a"', ":", ",", "1", "-", "null", " ", "\n", '"', "\\", "0", "e"];
  let seed = 7;
  const next = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % n;
  };
  for (let round = 0; round < 4000; round += 1) {
    const text = Array.from({ length: 1 + next(7) }, () => pieces[next(pieces.length)]).join("");
    const problem = jsonProblem(text);
    if (problem?.problem === "twice") continue;
    let isJson = true;
    try {
      JSON.parse(text);
    } catch {
      isJson = false;
    }
    expect(problem === null, text).toBe(isJson);
  }
});

test("an object is given as one, and nothing else is", () => {
  expect(jsonObject('{"a": 1}')).toEqual({ a: 1 });
  expect([jsonObject("[1]"), jsonObject("null"), jsonObject("{")]).toEqual([null, null, null]);
});
