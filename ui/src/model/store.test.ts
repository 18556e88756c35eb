import type { Message, Part } from "@opencode-ai/sdk/v2/types";
import { createEffect, createRoot } from "solid-js";
import { beforeEach, expect, test } from "vitest";
import type { TranscriptEvent } from "../wire/messages";
import { aFleet, anInstance, aSession } from "./fixtures";
import { apply, applyTranscript, dropTranscript, model, resetModel } from "./store";
import { applyPage, beginPage } from "./transcript";

beforeEach(resetModel);

const snapshot = () =>
  apply({
    seq: 1,
    items: [
      {
        type: "snapshot",
        fleet: aFleet({ instances: [anInstance("a"), anInstance("b")], sessions: [aSession("a", "s1")] }),
      },
    ],
  });

/** Counts how often what `read` reads changes. */
function watched(read: () => unknown): { count: () => number; end: () => void } {
  let count = -1;
  const end = createRoot((dispose) => {
    createEffect(() => {
      read();
      count += 1;
    });
    return dispose;
  });
  return { count: () => count, end };
}

test("only those who read what changed are told", () => {
  snapshot();
  const a = watched(() => model.instances.a?.doing);
  const b = watched(() => JSON.stringify(model.instances.b));
  apply({ seq: 2, items: [{ type: "instance", instance: anInstance("a", { doing: "Reading" }) }] });
  expect(a.count()).toBe(1);
  expect(b.count()).toBe(0);
  a.end();
  b.end();
});

test("a state with other fields replaces the one before, whole", () => {
  snapshot();
  apply({
    seq: 2,
    items: [
      {
        type: "instance",
        instance: anInstance("a", { state: { state: "crashed", cause: "Exit 1", hint: null, last_lines: ["x"] } }),
      },
    ],
  });
  apply({ seq: 3, items: [{ type: "instance", instance: anInstance("a", { state: { state: "stopped" } }) }] });
  expect(model.instances.a?.state).toEqual({ state: "stopped" });
});

test("what is gone from a snapshot is gone from the store", () => {
  snapshot();
  apply({ seq: 2, items: [{ type: "snapshot", fleet: aFleet({ instances: [anInstance("b")] }) }] });
  expect(Object.keys(model.instances)).toEqual(["b"]);
  expect(Object.keys(model.sessions)).toEqual([]);
});

test("transcripts of watched sessions take events; those of others do not; a snapshot makes them stale", () => {
  snapshot();
  const info = { id: "msg_1", sessionID: "s1", role: "user", time: { created: 1 } };
  const event = { type: "transcript", instance: "a", session: "s1", event: { event: "message", info } } as const;
  apply({ seq: 2, items: [event] });
  expect(model.transcripts).toEqual({});
  applyTranscript("a/s1", () => {});
  apply({ seq: 3, items: [event] });
  expect(model.transcripts["a/s1"]?.order).toEqual(["msg_1"]);
  expect(model.transcripts["a/s1"]?.stale).toBe(false);
  snapshot();
  expect(model.transcripts["a/s1"]?.stale).toBe(true);
  expect(model.transcripts["a/s1"]?.order).toEqual(["msg_1"]);
  dropTranscript("a/s1");
  expect(model.transcripts).toEqual({});
});

test("a text that runs reaches a view that opens in its middle, before its message is read", () => {
  snapshot();
  const told = (event: TranscriptEvent) =>
    apply({ seq: 2, items: [{ type: "transcript", instance: "a", session: "s1", event }] });
  const at = { message: "msg_1", part: "prt_1", field: "text" };
  applyTranscript("a/s1", (draft) => void beginPage(draft, "first"));
  told({ event: "running", ...at, text: "From the beg" });
  told({ event: "delta", ...at, delta: "inning" });
  const info = { id: "msg_1", sessionID: "s1", role: "assistant", time: { created: 1 } } as Message;
  const part = { id: "prt_1", messageID: "msg_1", sessionID: "s1", type: "text", text: "", time: { start: 1 } } as Part;
  applyTranscript("a/s1", (draft) => applyPage(draft, { messages: [{ info, parts: [part] }], cursor: null }));
  told({ event: "delta", ...at, delta: ", and on" });
  expect(model.transcripts["a/s1"]?.entries.msg_1?.parts.prt_1).toMatchObject({ text: "From the beginning, and on" });
});
