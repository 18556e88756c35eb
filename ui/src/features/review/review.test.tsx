import { render } from "solid-js/web";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useBackend } from "../../backend";
import type { Backend, Forwarded } from "../../backend/types";
import { emptyModel } from "../../model/empty";
import { apply, applyTranscript, resetModel } from "../../model/store";
import type { Forward, InstanceView, SessionStatusView, SessionView } from "../../wire/messages";
import { ReviewDock, type ReviewDockProps } from "./ReviewDock";
import { entriesOfDiffs } from "./review.commands";

const diff = (file: string, over: object = {}) => ({
  file,
  patch: `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-old\n+new of ${file}\n`,
  additions: 1,
  deletions: 1,
  status: "modified",
  ...over,
});

const ends: (() => void)[] = [];
let seq = 0;
let answers: Record<string, unknown>;
const forward = vi.fn<(request: Forward) => Promise<Forwarded>>();

function answer(value: unknown, status = 200): Forwarded {
  return {
    head: { status, headers: [["content-type", "application/json"]] },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

const session = (status: SessionStatusView = { status: "idle" }): SessionView => ({
  instance: "i1",
  id: "ses_1",
  title: "Build it",
  parent: null,
  directory: "/w/app",
  created_ms: 1,
  updated_ms: 1,
  status,
  waiting: 0,
  doing: null,
  failure: null,
});

function start(state: InstanceView["state"] = { state: "ready", activity: "idle" }): void {
  const { opencode, versions, settings, host } = emptyModel();
  const instance = { id: "i1", name: "app", directory: "/w/app", state } as InstanceView;
  seq += 1;
  apply({
    seq,
    items: [
      {
        type: "snapshot",
        fleet: {
          instances: [instance],
          sessions: [session()],
          requests: [],
          opencode,
          versions,
          settings,
          host,
          notices: [],
          prompts: [],
        },
      },
    ],
  });
}

function turn(id: string, text: string, diffs: object[] | undefined, created: number): void {
  applyTranscript("i1/ses_1", (draft) => {
    draft.order.push(id);
    const info = { id, sessionID: "ses_1", role: "user", time: { created }, summary: diffs && { diffs } };
    const part = { id: `prt_${id}`, type: "text", text, sessionID: "ses_1", messageID: id };
    draft.entries[id] = { info, parts: { [part.id]: part }, partOrder: [part.id] } as never;
  });
}

function show(props: Partial<ReviewDockProps> = {}): HTMLElement {
  const box = document.createElement("div");
  document.body.append(box);
  ends.push(
    render(() => <ReviewDock instance="i1" {...props} />, box),
    () => box.remove(),
  );
  return box;
}

const until = (box: Element, text: string) => vi.waitFor(() => expect(box.textContent).toContain(text));

beforeEach(() => {
  answers = { "/path": { worktree: "/w", directory: "/w/app" }, "/vcs/diff": [diff("a.ts"), diff("b.ts")] };
  forward.mockReset();
  forward.mockImplementation(async (request) => answer(answers[request.path] ?? []));
  useBackend({ forward, call: vi.fn() } as unknown as Backend);
});

afterEach(() => {
  for (const end of ends.splice(0)) end();
  resetModel();
  localStorage.clear();
});

describe("the work tree", () => {
  it("lists the files with their counts and shows their diffs", async () => {
    start();
    const box = show();
    await until(box, "2 files changed");
    expect(box.textContent).toContain("new of a.ts");
    expect(forward.mock.calls.map(([request]) => [request.path, request.query, request.directory])).toEqual([
      ["/path", [], "/w/app"],
      ["/vcs/diff", [["mode", "git"]], "/w/app"],
    ]);
  });

  it("filters", async () => {
    start();
    const box = show();
    await until(box, "2 files changed");
    const field = box.querySelector<HTMLInputElement>('input[type="search"]') as HTMLInputElement;
    field.value = "B.";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    expect(box.textContent).toContain("1 of 2 files");
    expect(box.textContent).not.toContain("new of a.ts");
    field.value = "zzz";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    expect(box.textContent).toContain("No file matches “zzz”");
  });

  it("says that a directory is no repository", async () => {
    answers["/path"] = { worktree: "/", directory: "/w/app" };
    start();
    await until(show(), "Not a git repository");
  });

  it("says that nothing changed", async () => {
    answers["/vcs/diff"] = [];
    start();
    await until(show(), "The work tree is as it was committed");
  });

  it("says that the instance does not run, and asks nothing of it", () => {
    start({ state: "stopped" });
    expect(show().textContent).toContain("app does not run");
    expect(forward).not.toHaveBeenCalled();
  });

  it("does not say of an instance that is alive but does not answer that it does not run", () => {
    start({ state: "degraded", reason: "It does not answer" });
    const box = show();
    expect(box.textContent).toContain("app does not answer right now");
    expect(box.textContent).not.toContain("does not run");
    expect(forward).not.toHaveBeenCalled();
  });

  it("shows a failure and tries again", async () => {
    forward.mockRejectedValueOnce(new Error("no route to `app`"));
    start();
    const box = show();
    await until(box, "no route to “app”");
    [...box.querySelectorAll("button")].find((one) => one.textContent === "Try again")?.click();
    await until(box, "2 files changed");
  });

  it("is loaded again when a turn ends, and stays on screen meanwhile", async () => {
    start();
    const box = show();
    await until(box, "2 files changed");
    answers["/vcs/diff"] = [diff("a.ts"), diff("b.ts"), diff("c.ts")];
    seq += 1;
    apply({ seq, items: [{ type: "session", session: session({ status: "busy" }) }] });
    seq += 1;
    apply({ seq, items: [{ type: "session", session: session() }] });
    expect(box.textContent).toContain("2 files changed");
    await until(box, "3 files changed");
  });
});

describe("a turn", () => {
  it("is the last one that changed something", async () => {
    start();
    turn("msg_1", "First", [diff("one.ts")], 1);
    turn("msg_2", "Second", [diff("two.ts")], 2);
    turn("msg_3", "Third", [], 3);
    const box = show({ session: "ses_1" });
    await until(box, "new of two.ts");
    expect(forward.mock.calls.map(([request]) => request.path)).toEqual(["/path"]);
  });

  it("follows the turns as they end", async () => {
    start();
    turn("msg_1", "First", [diff("one.ts")], 1);
    const box = show({ session: "ses_1" });
    await until(box, "new of one.ts");
    const message = (summary?: object) => {
      const info = { id: "msg_2", sessionID: "ses_1", role: "user", time: { created: 2 }, summary };
      seq += 1;
      apply({
        seq,
        items: [{ type: "transcript", instance: "i1", session: "ses_1", event: { event: "message", info } }],
      });
    };
    message();
    message({ diffs: [] });
    expect(box.textContent).toContain("new of one.ts");
    message({ diffs: [diff("two.ts")] });
    await until(box, "new of two.ts");
    message({ diffs: [diff("two.ts"), diff("three.ts")] });
    await until(box, "new of three.ts");
  });

  it("is the one that was asked for", async () => {
    start();
    turn("msg_1", "First", [diff("one.ts")], 1);
    turn("msg_2", "Second", [diff("two.ts")], 2);
    await until(show({ session: "ses_1", turn: "msg_1" }), "new of one.ts");
  });

  it("is asked of the server when its message is not known", async () => {
    answers["/session/ses_1/diff"] = [diff("old.ts")];
    start();
    await until(show({ session: "ses_1", turn: "msg_0" }), "new of old.ts");
    expect(forward.mock.lastCall?.[0].query).toEqual([["messageID", "msg_0"]]);
  });

  it("says that none changed anything yet", async () => {
    start();
    turn("msg_1", "First", [], 1);
    await until(show({ session: "ses_1" }), "Nothing changed yet");
  });
});

describe("the todo list", () => {
  it("shows the plan and leaves out what cannot be read", () => {
    start();
    applyTranscript("i1/ses_1", (draft) => {
      draft.todos = [{ content: "Plan", status: "completed" }, { content: "Do", status: "odd" }, 7, null];
    });
    localStorage.setItem("portal.dock.tab", '"todo"');
    const box = show({ session: "ses_1" });
    expect(box.textContent).toContain("1 of 2 done");
    expect([...box.querySelectorAll("li")].map((one) => one.textContent?.trim())).toEqual(["Plan", "Do"]);
  });
});

describe("entriesOfDiffs", () => {
  it("orders by path and does without what is missing", () => {
    expect(
      entriesOfDiffs([
        { file: "b", additions: 1, deletions: 0 },
        { file: "a", additions: 0, deletions: 0 },
        { additions: 0, deletions: 0 },
      ]),
    ).toEqual([
      { id: "a", path: "a", status: "modified", additions: 0, deletions: 0, patch: "", size: 0 },
      { id: "b", path: "b", status: "modified", additions: 1, deletions: 0, patch: "", size: 0 },
    ]);
  });
});
