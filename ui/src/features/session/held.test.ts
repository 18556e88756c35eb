import { afterEach, expect, test } from "vitest";
import { apply, resetModel } from "../../model/store";
import type { InstanceView, SessionView } from "../../wire/messages";
import { holdWhileRunning } from "./held";

afterEach(resetModel);

let seq = 0;
function tell(id: string, status: "busy" | "idle") {
  seq += 1;
  apply({
    seq,
    items: [
      { type: "instance", instance: { id: "i", state: { state: "ready", activity: "busy" } } as InstanceView },
      { type: "session", session: { instance: "i", id, status: { status } } as SessionView },
    ],
  });
}

test("a session that rests is let go at once", () => {
  let ended = 0;
  holdWhileRunning("i/none", () => ended++);
  tell("a", "idle");
  holdWhileRunning("i/a", () => ended++);
  expect(ended).toBe(2);
});

test("a session that runs is followed until it rests, and let go once", () => {
  tell("a", "busy");
  let ended = 0;
  holdWhileRunning("i/a", () => ended++);
  tell("b", "busy");
  expect(ended).toBe(0);
  tell("a", "idle");
  tell("a", "busy");
  tell("a", "idle");
  expect(ended).toBe(1);
});

test("no more than a few are followed", () => {
  const ended: number[] = [];
  for (let n = 0; n < 10; n++) {
    tell(`s${n}`, "busy");
    holdWhileRunning(`i/s${n}`, () => ended.push(n));
  }
  expect(ended).toEqual([0, 1]);
  for (let n = 0; n < 10; n++) tell(`s${n}`, "idle");
});
