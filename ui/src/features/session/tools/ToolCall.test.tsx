import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { render } from "solid-js/web";
import { afterEach, expect, test } from "vitest";
import { type Scope, ScopeProvider } from "../scope";
import { childOf, lookOf, relative, stateOf } from "./call";
import { ToolCall } from "./ToolCall";

let end = () => {};
afterEach(() => {
  end();
  document.body.replaceChildren();
});

const scope = (over: Partial<Scope> = {}): Scope => ({
  instance: "i",
  session: "s",
  directory: () => "/home/ada/shop",
  transcript: () => undefined,
  messages: () => [],
  message: () => undefined,
  part: () => undefined,
  isBusy: () => true,
  isWaiting: () => false,
  isSessionWaiting: () => false,
  requests: (session, call) => `asks ${session} ${call}`,
  onReviewTurn: () => {},
  openLink: () => {},
  openSession: () => {},
  folds: new Map(),
  ...over,
});

const call = (tool: string, state: object): ToolPart =>
  ({ id: "prt_1", messageID: "msg_1", sessionID: "s", type: "tool", callID: "call_1", tool, state }) as ToolPart;

function draw(part: ToolPart, over: Partial<Scope> = {}, isOver = false): HTMLElement {
  const root = document.createElement("div");
  document.body.append(root);
  end = render(
    () => (
      <ScopeProvider value={scope(over)}>
        <ToolCall part={part} isOver={isOver} />
      </ScopeProvider>
    ),
    root,
  );
  return root;
}

const time = { start: 1000, end: 3500 };
const mark = (root: HTMLElement) => root.querySelector("[role=img]")?.getAttribute("aria-label");

test("a pending call says that it is being prepared", () => {
  expect(mark(draw(call("bash", { status: "pending", input: {}, raw: "" })))).toBe("Preparing");
});

test("a running command shows what it wrote so far", () => {
  const root = draw(
    call("bash", {
      status: "running",
      input: { command: "make" },
      metadata: { output: "\u001b[32mok\u001b[0m so far" },
      time: { start: 1 },
    }),
  );
  expect(mark(root)).toBe("Running");
  expect(root.querySelector("pre")?.textContent).toBe("ok so far");
  expect(root.querySelector(".ansi-green")?.textContent).toBe("ok");
});

test("a command that ended shows exit code and time instead of a tick", () => {
  const root = draw(
    call("bash", {
      status: "completed",
      input: { command: "false" },
      output: "",
      title: "",
      metadata: { exit: 3 },
      time,
    }),
  );
  expect(root.textContent).toContain("exit 3");
  expect(root.textContent).toContain("2.5 s");
  expect(mark(root)).toBeUndefined();
});

test("a long output is folded when it is complete, and opens by a click", () => {
  const output = Array.from({ length: 100 }, (_, n) => `line ${n}`).join("\n");
  const root = draw(
    call("bash", { status: "completed", input: { command: "x" }, output, title: "", metadata: { exit: 0 }, time }),
  );
  expect(root.querySelector("pre")).toBeNull();
  const head = root.querySelector("button");
  expect(head?.getAttribute("aria-expanded")).toBe("false");
  head?.click();
  expect(root.querySelector("pre")?.textContent).toContain("line 99");
  expect(root.querySelector("pre")?.textContent).not.toContain("line 10\n");
  [...root.querySelectorAll("button")].find((button) => button.textContent?.includes("all 100 lines"))?.click();
  expect(root.querySelector("pre")?.textContent).toContain("line 10\n");
});

test("a failed call shows the error as it came", () => {
  const root = draw(
    call("read", { status: "error", input: { filePath: "/home/ada/shop/a.ts" }, error: "File not found", time }),
  );
  expect(mark(root)).toBe("Failed");
  expect(root.textContent).toContain("File not found");
  expect(root.textContent).toContain("Reada.ts");
});

test("a call that waits for a person carries the request in it", () => {
  const part = call("bash", { status: "running", input: { command: "rm -r x" }, time: { start: 1 } });
  const root = draw(part, { isWaiting: (id) => id === "call_1" });
  expect(mark(root)).toBe("Waiting for you");
  expect(root.textContent).toContain("asks s call_1");
});

test("a call that never ended is no longer shown as running when its message is over", () => {
  expect(mark(draw(call("bash", { status: "running", input: { command: "x" }, time: { start: 1 } }), {}, true))).toBe(
    "Failed",
  );
});

test("a sub-agent's card leads into its session", () => {
  const opened: string[] = [];
  const part = call("task", {
    status: "running",
    input: { description: "Look around", prompt: "look" },
    metadata: { sessionId: "ses_child" },
    time: { start: 1 },
  });
  const root = draw(part, { openSession: (id) => opened.push(id), isSessionWaiting: (id) => id === "ses_child" });
  expect(mark(root)).toBe("Waiting for you");
  expect(root.textContent).toContain("asks ses_child undefined");
  [...root.querySelectorAll("button")].find((button) => button.textContent?.includes("Open sub-agent"))?.click();
  expect(opened).toEqual(["ses_child"]);
});

test("an edit is drawn as its diff", () => {
  const diff = "Index: a.ts\n--- a.ts\n+++ a.ts\n@@ -1 +1 @@\n-old\n+new\n";
  const root = draw(
    call("edit", {
      status: "completed",
      input: { filePath: "/home/ada/shop/a.ts" },
      output: "",
      title: "",
      metadata: { diff },
      time,
    }),
  );
  expect(root.querySelector("button")?.getAttribute("aria-expanded")).toBe("true");
});

test("tasks show what is done", () => {
  const todos = [
    { content: "look", status: "completed", priority: "high" },
    { content: "write", status: "in_progress", priority: "high" },
    { content: 7 },
  ];
  const root = draw(
    call("todowrite", { status: "completed", input: { todos }, output: "", title: "", metadata: {}, time }),
  );
  expect(root.textContent).toContain("1 of 2 done");
  expect(root.querySelector("li")?.getAttribute("aria-label")).toBe("look: completed");
});

test("answers stand under their questions", () => {
  const root = draw(
    call("question", {
      status: "completed",
      input: { questions: [{ question: "Which colour?" }, { question: "Why?" }] },
      output: "",
      title: "",
      metadata: { answers: [["Red"], []] },
      time,
    }),
  );
  expect(root.querySelector("dl")?.textContent).toBe("Which colour?RedWhy?Not answered");
});

test("a tool that nobody knows shows its input and output", () => {
  const root = draw(
    call("weather_lookup", {
      status: "completed",
      input: { city: "Bonn" },
      output: "Rain",
      title: "",
      metadata: {},
      time,
    }),
  );
  root.querySelector("button")?.click();
  expect(root.textContent).toContain("weather_lookup");
  expect(root.textContent).toContain("Rain");
});

test.each([
  "bash",
  "edit",
  "write",
  "apply_patch",
  "task",
  "todowrite",
  "webfetch",
  "websearch",
  "question",
  "skill",
  "read",
  "other",
])("input and metadata of any shape do not break the card of %s", (tool) => {
  for (const odd of [{}, { command: 7, todos: "x", questions: { a: 1 }, filePath: null, diff: [] }]) {
    for (const status of ["pending", "running", "completed", "error"]) {
      expect(
        draw(call(tool, { status, input: odd, metadata: odd, output: "", error: "", title: "", time })).textContent,
      ).toBeTruthy();
      end();
    }
  }
});

test("states, paths and sub-agents are read from the call", () => {
  const running = call("bash", { status: "running", input: {}, time: { start: 1 } });
  expect([stateOf(running, false, false), stateOf(running, true, false), stateOf(running, true, true)]).toEqual([
    "running",
    "waiting",
    "failed",
  ]);
  expect(relative("/home/ada/shop/src/a.ts", "/home/ada/shop")).toBe("src/a.ts");
  expect(relative("/etc/hosts", "/home/ada/shop")).toBe("/etc/hosts");
  expect(
    lookOf("read")?.subject(call("read", { status: "pending", input: { filePath: "a", offset: 10, limit: 5 } })),
  ).toBe("a:10-14");
  expect(childOf(running)).toBeNull();
});
