import type { AssistantMessage, Message, Part, UserMessage } from "@opencode-ai/sdk/v2/types";
import { expect, test } from "vitest";
import type { Entry } from "../../model/transcript";
import { areSameRows, RowCache, rowsOfTurn } from "./rows";
import { isSameTurn, sumOf, turnsOf } from "./turns";

const user = (id: string, created = 1) => ({ id, role: "user", time: { created } }) as UserMessage;
const answer = (id: string, parentID: string, over: Partial<AssistantMessage> = {}) =>
  ({
    id,
    role: "assistant",
    parentID,
    modelID: "m",
    time: { created: 1, completed: 5 },
    cost: 0.5,
    tokens: { input: 10, output: 5, reasoning: 1, cache: { read: 100, write: 0 } },
    ...over,
  }) as AssistantMessage;
const entry = (info: Message, ...parts: object[]): Entry => ({
  info,
  parts: Object.fromEntries(parts.map((part) => [(part as Part).id, part as Part])),
  partOrder: parts.map((part) => (part as Part).id),
});
const tool = (id: string, name: string) => ({
  id,
  type: "tool",
  tool: name,
  callID: id,
  state: { status: "completed" },
});
const text = (id: string, value: string, over = {}) => ({ id, type: "text", text: value, ...over });

test("answers go to their prompt, also when another prompt came between", () => {
  expect(turnsOf([user("u1"), answer("a1", "u1"), user("u2"), answer("a2", "u1"), answer("a3", "u2")])).toEqual([
    { id: "u1", hasPrompt: true, answers: ["a1", "a2"], isOver: true },
    { id: "u2", hasPrompt: true, answers: ["a3"], isOver: true },
  ]);
});

test("answers whose prompt is on an older page make a turn of their own", () => {
  const turns = turnsOf([answer("a1", "u0"), answer("a2", "u0"), user("u1")]);
  expect(turns.map((turn) => [turn.id, turn.hasPrompt, turn.answers.length])).toEqual([
    ["u0", false, 2],
    ["u1", true, 0],
  ]);
  expect(isSameTurn(turns[0] as never, { id: "u0", hasPrompt: true, answers: ["a1", "a2"], isOver: true })).toBe(false);
});

test("calls that only look are one row, over steps too; everything else has its own", () => {
  const entries = {
    u1: entry(user("u1"), text("p0", "do it"), text("p01", "hidden", { synthetic: true })),
    a1: entry(answer("a1", "u1"), { id: "p1", type: "step-start" }, tool("p2", "read"), tool("p3", "grep")),
    a2: entry(
      answer("a2", "u1"),
      tool("p4", "glob"),
      text("p5", "  \n"),
      text("p6", "Well"),
      tool("p7", "bash"),
      tool("p8", "read"),
    ),
    a3: entry(answer("a3", "u1", { error: { name: "MessageAbortedError", data: { message: "" } } })),
  };
  const rows = rowsOfTurn({ id: "u1", hasPrompt: true, answers: ["a1", "a2", "a3"], isOver: true }, entries);
  expect(rows.map((row) => row.key)).toEqual(["u:u1", "l:p2", "p:p6", "p:p7", "l:p8", "e:a3"]);
  expect(rows[1]).toMatchObject({ parts: [{ part: "p2" }, { part: "p3" }, { part: "p4" }] });
});

test("a row that says the same stays the same object, so that what is drawn stays", () => {
  const turn = { id: "u1", hasPrompt: true, answers: ["a1"], isOver: true };
  const before = {
    u1: entry(user("u1"), text("p0", "x")),
    a1: entry(answer("a1", "u1"), tool("p2", "read"), text("p3", "y")),
  };
  const after = {
    ...before,
    a1: entry(answer("a1", "u1"), tool("p2", "read"), tool("p21", "read"), text("p3", "yes")),
  };
  const cache = new RowCache();
  const first = cache.keep(rowsOfTurn(turn, before));
  const second = cache.keep(rowsOfTurn(turn, after));
  expect([second[0] === first[0], second[1] === first[1], second[2] === first[2]]).toEqual([true, false, true]);
  expect(areSameRows(rowsOfTurn(turn, before), first)).toBe(true);
});

test("a turn's sum counts each step's output, the last step's context, and the files of the prompt", () => {
  const prompt = {
    ...user("u1"),
    summary: { diffs: [{ file: "a", patch: "", additions: 3, deletions: 1 }] },
  } as unknown as UserMessage;
  expect(sumOf(prompt, [answer("a1", "u1"), answer("a2", "u1", { time: { created: 2, completed: 9 } })])).toEqual({
    model: "m",
    agent: null,
    durationMs: 8,
    tokensIn: 110,
    tokensOut: 12,
    cost: 1,
    files: [{ file: "a", additions: 3, deletions: 1 }],
  });
});
