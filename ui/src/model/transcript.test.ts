import type { Message, Part } from "@opencode-ai/sdk/v2/types";
import { describe, expect, test } from "vitest";
import type { TranscriptEvent } from "../wire/messages";
import {
  applyEvent,
  applyPage,
  beginPage,
  emptyTranscript,
  failPage,
  joined,
  type Page,
  type Transcript,
} from "./transcript";

const id = (n: number) => String(n).padStart(3, "0");
const user = (n: number): Message =>
  ({ id: `msg_${id(n)}`, sessionID: "s", role: "user", time: { created: n }, agent: "build" }) as Message;
const answer = (n: number, parent: number, completed?: number): Message =>
  ({
    id: `msg_${id(n)}`,
    sessionID: "s",
    role: "assistant",
    parentID: `msg_${id(parent)}`,
    time: { created: n, completed },
  }) as Message;
const text = (n: number, message: number, value: string, end?: number): Part =>
  ({
    id: `prt_${id(n)}`,
    messageID: `msg_${id(message)}`,
    sessionID: "s",
    type: "text",
    text: value,
    time: { start: 1, end },
  }) as Part;
const tool = (n: number, message: number, status: string): Part =>
  ({
    id: `prt_${id(n)}`,
    messageID: `msg_${id(message)}`,
    sessionID: "s",
    type: "tool",
    callID: `c${n}`,
    tool: "bash",
    state: { status, input: {} },
  }) as unknown as Part;

const said = (message: Message): TranscriptEvent => ({ event: "message", info: message });
const made = (part: Part): TranscriptEvent => ({ event: "part", part });
const delta = (n: number, message: number, value: string): TranscriptEvent => ({
  event: "delta",
  message: `msg_${id(message)}`,
  part: `prt_${id(n)}`,
  field: "text",
  delta: value,
});

const running = (n: number, message: number, value: string): TranscriptEvent => ({
  event: "running",
  message: `msg_${id(message)}`,
  part: `prt_${id(n)}`,
  field: "text",
  text: value,
});

/** What a person sees of a transcript. */
function seen(t: Transcript) {
  return t.order.map((message) => {
    const entry = t.entries[message];
    return [entry?.info, entry?.partOrder.map((part) => entry.parts[part])];
  });
}

function loaded(page: Page): Transcript {
  const t = emptyTranscript();
  beginPage(t, "first");
  applyPage(t, page);
  return t;
}

/** opencode as far as it matters here: it stores a text at its start and its end, and tells deltas without storing them. */
class Server {
  messages: Message[] = [];
  parts: Part[] = [];

  apply(event: TranscriptEvent) {
    if (event.event === "message")
      this.messages = [...this.messages.filter((m) => m.id !== (event.info as Message).id), event.info as Message];
    if (event.event === "part")
      this.parts = [...this.parts.filter((p) => p.id !== (event.part as Part).id), event.part as Part];
    if (event.event === "message_gone") this.messages = this.messages.filter((m) => m.id !== event.message);
    if (event.event === "part_gone") this.parts = this.parts.filter((p) => p.id !== event.part);
  }

  page(): Page {
    const messages = [...this.messages].sort((a, b) => a.time.created - b.time.created);
    return {
      messages: messages.map((info) => ({ info, parts: this.parts.filter((p) => p.messageID === info.id) })),
      cursor: null,
    };
  }
}

const LIFE: TranscriptEvent[] = [
  said(user(1)),
  made(text(1, 1, "do it")),
  said(answer(2, 1)),
  made(text(2, 2, "")),
  delta(2, 2, "Hel"),
  delta(2, 2, "lo "),
  delta(2, 2, "you"),
  made(text(2, 2, "Hello you", 9)),
  made(tool(3, 2, "pending")),
  made(tool(3, 2, "running")),
  made(tool(3, 2, "completed")),
  said(user(3)),
  made(text(4, 3, "oops")),
  { event: "part_gone", message: "msg_003", part: "prt_004" },
  { event: "message_gone", message: "msg_003" },
  said(answer(2, 1, 12)),
  said(answer(5, 1)),
  made(text(6, 5, "")),
  delta(6, 5, "abab"),
  delta(6, 5, "ab"),
  made(text(6, 5, "ababab", 14)),
  said(answer(5, 1, 15)),
];

describe("a page that races the events", () => {
  const server = new Server();
  for (const event of LIFE) server.apply(event);
  const end = seen(loaded(server.page()));

  // Asked before event `asked`, read by the server after event `read`, delivered before event `delivered`.
  const cases: [number, number, number][] = [];
  for (let asked = 0; asked <= LIFE.length; asked++)
    for (let read = 0; read <= LIFE.length; read++)
      for (let delivered = asked; delivered <= LIFE.length; delivered++)
        // The server is ahead of the events that we saw when we asked.
        if (read >= asked) cases.push([asked, read, delivered]);

  test("ends as the server ends, wherever it comes in", () => {
    for (const [asked, read, delivered] of cases) {
      const then = new Server();
      for (const event of LIFE.slice(0, read)) then.apply(event);
      const t = emptyTranscript();
      LIFE.forEach((event, at) => {
        if (at === asked) beginPage(t, "first");
        if (at === delivered) applyPage(t, then.page());
        applyEvent(t, event);
      });
      if (asked === LIFE.length) beginPage(t, "first");
      if (delivered === LIFE.length) applyPage(t, then.page());
      expect(seen(t), `asked ${asked}, read ${read}, delivered ${delivered}`).toEqual(end);
      expect(t.loading).toBe("idle");
    }
  });

  test("and so does a view that opens in the middle, whose page was read after it began to watch", () => {
    for (let from = 0; from <= LIFE.length; from++) {
      const then = new Server();
      for (const event of LIFE.slice(0, from)) then.apply(event);
      const t = emptyTranscript();
      beginPage(t, "first");
      LIFE.slice(from).forEach((event, at) => {
        applyEvent(t, event);
        if (at === 1) applyPage(t, then.page());
      });
      if (LIFE.length - from < 2) applyPage(t, then.page());
      expect(seen(t), `from ${from}`).toEqual(end);
    }
  });
});

/** The core as far as it matters here: the texts that run after some events. */
function runningAfter(events: TranscriptEvent[]): TranscriptEvent[] {
  const texts = new Map<string, Extract<TranscriptEvent, { event: "running" }>>();
  for (const event of events) {
    if (event.event === "delta") {
      const { message, part, field, delta } = event;
      texts.set(part, { event: "running", message, part, field, text: (texts.get(part)?.text ?? "") + delta });
    }
    if (event.event === "part" && (event.part as { time?: { end?: number } }).time?.end)
      texts.delete((event.part as Part).id);
  }
  return [...texts.values()];
}

describe("a view that opens in the middle of a text", () => {
  const shown = (server: Server, events: TranscriptEvent[]) => {
    for (const event of events) server.apply(event);
    const t = loaded(server.page());
    for (const event of runningAfter(events)) applyEvent(t, event);
    return seen(t);
  };

  test("shows all of it at any time, whenever the page and the running text come", () => {
    let cases = 0;
    for (let from = 0; from <= LIFE.length; from++)
      // The core gives the running text with the next push: `told` events later, which it contains.
      for (let told = from; told <= Math.min(from + 3, LIFE.length); told++)
        for (let read = from; read <= Math.min(from + 4, LIFE.length); read++)
          for (let delivered = from; delivered <= Math.min(from + 5, LIFE.length); delivered++) {
            const server = new Server();
            for (const event of LIFE.slice(0, read)) server.apply(event);
            const t = emptyTranscript();
            beginPage(t, "first");
            for (let at = from; at <= LIFE.length; at++) {
              if (at === told) for (const event of runningAfter(LIFE.slice(0, told))) applyEvent(t, event);
              if (at === delivered) applyPage(t, server.page());
              // The page may know more than the events that are still to come.
              if (at >= told && at >= delivered && at >= read)
                expect(seen(t), `from ${from}, told ${told}, read ${read}, delivered ${delivered}, at ${at}`).toEqual(
                  shown(new Server(), LIFE.slice(0, at)),
                );
              const event = LIFE[at];
              if (event) applyEvent(t, event);
            }
            cases += 1;
          }
    expect(cases).toBeGreaterThan(1000);
  });

  test.each([
    ["before the page", [running(2, 2, "Hello"), "page", delta(2, 2, " you")]],
    ["before the page, and so do deltas", [running(2, 2, "Hel"), delta(2, 2, "lo you"), "page"]],
    ["after the page", ["page", running(2, 2, "Hello"), delta(2, 2, " you")]],
    ["after deltas that it contains", ["page", delta(2, 2, "lo "), running(2, 2, "Hello "), delta(2, 2, "you")]],
    [
      "after deltas that it contains, before the page",
      [delta(2, 2, "lo "), running(2, 2, "Hello "), "page", delta(2, 2, "you")],
    ],
    ["twice", [running(2, 2, "Hello"), "page", delta(2, 2, " you"), running(2, 2, "Hello you")]],
    ["without the beginning that the view has", ["page", delta(2, 2, "Hello you"), running(2, 2, "lo you")]],
    ["after the part itself", [made(text(2, 2, "Hello you", 9)), running(2, 2, "Hello"), "page"]],
  ] satisfies [string, (TranscriptEvent | "page")[]][])("has all of it when the running text comes %s", (_, steps) => {
    const t = emptyTranscript();
    beginPage(t, "first");
    for (const step of steps) {
      if (step === "page") applyPage(t, { messages: [{ info: answer(2, 1), parts: [text(2, 2, "")] }], cursor: null });
      else applyEvent(t, step);
    }
    expect(t.entries.msg_002?.parts.prt_002).toMatchObject({ text: "Hello you" });
    expect(t.waiting).toEqual({});
  });

  test("a finished part takes no running text", () => {
    const t = loaded({ messages: [{ info: answer(2, 1), parts: [text(2, 2, "done", 9)] }], cursor: null });
    applyEvent(t, running(2, 2, "done and more"));
    expect(t.entries.msg_002?.parts.prt_002).toMatchObject({ text: "done" });
  });
});

test("a page never shortens a text that runs", () => {
  const t = emptyTranscript();
  for (const event of LIFE.slice(0, 6)) applyEvent(t, event);
  beginPage(t, "first");
  applyPage(t, { messages: [{ info: answer(2, 1), parts: [text(2, 2, "")] }], cursor: null });
  expect(t.entries.msg_002?.parts.prt_002).toMatchObject({ text: "Hello " });
});

test("deltas of a part that the page brings are not lost", () => {
  const t = emptyTranscript();
  beginPage(t, "first");
  applyEvent(t, delta(2, 2, "lo"));
  applyPage(t, { messages: [{ info: answer(2, 1), parts: [text(2, 2, "")] }], cursor: null });
  applyEvent(t, delta(2, 2, " you"));
  expect(t.entries.msg_002?.parts.prt_002).toMatchObject({ text: "lo you" });
  expect(t.waiting).toEqual({});
});

test("a part that comes before its message waits for it", () => {
  const t = emptyTranscript();
  applyEvent(t, made(text(2, 2, "early")));
  applyEvent(t, delta(2, 2, "!"));
  expect(t.order).toEqual([]);
  applyEvent(t, said(answer(2, 1)));
  expect(t.entries.msg_002?.parts.prt_002).toMatchObject({ text: "early!" });
  expect(t.waiting).toEqual({});
});

test("what waits for messages that never come is bounded", () => {
  const t = emptyTranscript();
  for (let n = 0; n < 500; n++) applyEvent(t, made(text(n, n, "x")));
  expect(Object.keys(t.waiting)).toHaveLength(64);
});

test("what is finished does not run again because an event was late", () => {
  const t = loaded({
    messages: [{ info: answer(2, 1, 9), parts: [text(2, 2, "done", 8), tool(3, 2, "completed")] }],
    cursor: null,
  });
  for (const event of [said(answer(2, 1)), made(text(2, 2, "")), delta(2, 2, "done"), made(tool(3, 2, "running"))])
    applyEvent(t, event);
  expect(seen(t)).toEqual([[answer(2, 1, 9), [text(2, 2, "done", 8), tool(3, 2, "completed")]]]);
});

describe("pages", () => {
  const messages = (from: number, to: number): Page["messages"] =>
    Array.from({ length: to - from + 1 }, (_, at) => ({ info: user(from + at), parts: [] }));

  test("older ones come before what is there", () => {
    const t = loaded({ messages: messages(5, 6), cursor: "c5" });
    expect(beginPage(t, "older")).toBe(true);
    expect(beginPage(t, "older")).toBe(false);
    applyPage(t, { messages: messages(1, 4), cursor: null });
    expect(t.order).toEqual([1, 2, 3, 4, 5, 6].map((n) => `msg_${id(n)}`));
    expect(t.olderCursor).toBeNull();
  });

  test("after a gap with an overlap the older ones stay", () => {
    const t = loaded({ messages: messages(1, 6), cursor: "c1" });
    applyEvent(t, { event: "resync" });
    expect(t.stale).toBe(true);
    beginPage(t, "first");
    expect(t.stale).toBe(false);
    applyPage(t, { messages: messages(5, 8).filter((m) => m.info.id !== "msg_006"), cursor: "c5" });
    expect(t.order).toEqual([1, 2, 3, 4, 5, 7, 8].map((n) => `msg_${id(n)}`));
    expect(t.olderCursor).toBe("c1");
  });

  test("after a gap that is wider than the page nothing is shown as if it followed", () => {
    const t = loaded({ messages: messages(1, 6), cursor: "c1" });
    applyEvent(t, { event: "resync" });
    beginPage(t, "first");
    applyPage(t, { messages: messages(10, 12), cursor: "c10" });
    expect(t.order).toEqual([10, 11, 12].map((n) => `msg_${id(n)}`));
    expect(t.olderCursor).toBe("c10");
  });

  test("one that does not come leaves everything as it was, and owes the resync", () => {
    const t = loaded({ messages: messages(1, 2), cursor: "c1" });
    applyEvent(t, { event: "resync" });
    beginPage(t, "first");
    failPage(t, "no answer");
    expect(t).toMatchObject({ stale: true, loading: "idle", loadError: "no answer" });
    expect(t.order).toHaveLength(2);
    applyEvent(t, { event: "resync" });
    expect(t, "the server is back: it is read again").toMatchObject({ stale: true, loadError: null });
  });

  test("equal times are told apart by id", () => {
    const twin = (name: string) => ({ info: { ...user(1), id: name } as Message, parts: [] });
    const t = loaded({ messages: [twin("msg_b"), twin("msg_a")], cursor: null });
    expect(t.order).toEqual(["msg_a", "msg_b"]);
  });
});

test("malformed events change nothing", () => {
  const t = loaded({ messages: [{ info: user(1), parts: [] }], cursor: null });
  const before = structuredClone(t);
  for (const info of [null, 7, {}, { id: "x" }, { id: "x", role: "robot", time: { created: 1 } }])
    applyEvent(t, { event: "message", info });
  for (const part of [null, "x", { id: "p" }]) applyEvent(t, { event: "part", part });
  applyEvent(t, { event: "todo", todos: "none" });
  expect(t).toEqual(before);
});

test.each([
  ["", "abc", "abc"],
  ["abc", "", "abc"],
  ["abcd", "cdef", "abcdef"],
  ["abc", "abcd", "abcd"],
  ["abcd", "ab", "abcd"],
  ["abc", "xyz", "abcxyz"],
])("%j joined with %j", (base, streamed, whole) => expect(joined(base, streamed)).toBe(whole));

test("a delta costs the same in a long transcript", () => {
  const page: Page = {
    messages: Array.from({ length: 2000 }, (_, n) => ({ info: user(n), parts: [text(n, n, "x")] })),
    cursor: null,
  };
  const t = loaded(page);
  applyEvent(t, said(answer(5000, 1)));
  applyEvent(t, made(text(5000, 5000, "")));
  const reads = { entries: 0 };
  t.entries = new Proxy(t.entries, {
    get: (target, key, receiver) => {
      reads.entries += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  for (let n = 0; n < 1000; n++) applyEvent(t, delta(5000, 5000, "ab"));
  expect(reads.entries).toBe(1000);
  expect(t.entries.msg_5000?.parts.prt_5000).toMatchObject({ text: "ab".repeat(1000) });
});
