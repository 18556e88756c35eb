import { render } from "solid-js/web";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listenToKeys } from "../../actions/keys";
import { register } from "../../actions/registry";
import { requestActions } from "../../actions/request";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import { emptyModel } from "../../model/empty";
import { apply, resetModel } from "../../model/store";
import type { InstanceView, PushItem, RequestView } from "../../wire/messages";
import { bashRequest, editRequest, questionRequest, readyInstance } from "./fixtures";
import { Inbox } from "./Inbox";
import { RequestCard } from "./RequestCard";
import { forget } from "./request.commands";

const call = vi.fn<(name: string, request: unknown) => Promise<unknown>>();
const ends: (() => void)[] = [];
let seq = 0;

const push = (...items: PushItem[]) => {
  seq += 1;
  apply({ seq, items });
};

function snapshot(requests: RequestView[], instance: InstanceView = readyInstance()): PushItem {
  const { opencode, versions, settings, host } = emptyModel();
  return {
    type: "snapshot",
    fleet: {
      instances: [instance],
      sessions: [],
      requests,
      opencode,
      versions,
      settings,
      host,
      notices: [],
      prompts: [],
    },
  };
}

function show(what: () => Element | unknown): HTMLElement {
  const box = document.createElement("div");
  document.body.append(box);
  ends.push(render(what as never, box), () => box.remove());
  return box;
}

const button = (box: Element, name: string) => {
  const found = [...box.querySelectorAll("button")].find((one) => one.textContent?.trim().startsWith(name));
  if (!found) throw new Error(`no button \`${name}\` in: ${box.textContent}`);
  return found;
};

function press(key: string, target: EventTarget = document.activeElement ?? document.body, shiftKey = false): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
}

beforeEach(() => {
  call.mockReset();
  call.mockResolvedValue({});
  useBackend({ call } as unknown as Backend);
  ends.push(listenToKeys(), register(requestActions));
});

afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
  for (const request of [bashRequest(), editRequest(), questionRequest()]) forget(request);
  resetModel();
  localStorage.clear();
});

describe("a permission card", () => {
  it("says who asks, what, and what always will cover", () => {
    push(snapshot([]));
    const box = show(() => <RequestCard request={bashRequest()} />);
    const text = box.textContent ?? "";
    for (const part of ["Wants to run a command", "app", "Build it", "Explore", "rm -rf build", "rm *"]) {
      expect(text).toContain(part);
    }
    expect(box.querySelector("article")?.getAttribute("aria-labelledby")).toBeTruthy();
  });

  it.each([
    ["Allow once", "once"],
    ["Always allow", "always"],
    ["Reject", "reject"],
  ])("%s answers %s, once", async (name, reply) => {
    push(snapshot([]));
    const box = show(() => <RequestCard request={bashRequest()} />);
    button(box, name).click();
    button(box, name).click();
    expect(call.mock.calls).toEqual([
      ["answer_permission", { instance: "i1", request: "per_1", reply, message: null }],
    ]);
    await vi.waitFor(() => expect(box.querySelector("article")?.hasAttribute("inert")).toBe(true));
  });

  it("shows the diff of an edit with its file", () => {
    push(snapshot([]));
    const box = show(() => <RequestCard request={editRequest()} />);
    expect(box.textContent).toContain("src/a.ts");
    expect(box.querySelector('[data-kind="removed"] .diff-text')?.textContent).toBe("const a = 1;");
    expect(box.querySelector('[data-kind="added"] mark')?.textContent).toBe("2");
  });

  it("offers no always where it would cover nothing", () => {
    push(snapshot([]));
    const request = bashRequest();
    const box = show(() => <RequestCard request={{ ...request, body: { ...request.body, always: [] } as never }} />);
    expect(() => button(box, "Always")).toThrow();
  });

  it("makes characters visible that would hide what a command does", () => {
    push(snapshot([]));
    const request = bashRequest();
    const box = show(() => (
      <RequestCard request={{ ...request, body: { ...request.body, command: "ls \u202e.txt" } as never }} />
    ));
    expect(box.textContent).toContain("⟨U+202E⟩");
  });

  it("rejects with a message", () => {
    push(snapshot([]));
    const box = show(() => <RequestCard request={bashRequest()} />);
    button(box, "Reject with a message").click();
    const field = box.querySelector("textarea") as HTMLTextAreaElement;
    expect(document.activeElement).toBe(field);
    field.value = "Use the trash instead";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    press("Enter", field);
    expect(call).toHaveBeenCalledWith("answer_permission", {
      instance: "i1",
      request: "per_1",
      reply: "reject",
      message: "Use the trash instead",
    });
  });

  it("stays and says why when the answer fails, and can be answered again", async () => {
    push(snapshot([]));
    call.mockRejectedValueOnce(
      new BackendFailure({ code: "unavailable", message: "`app` does not answer", hint: null, detail: null }),
    );
    const box = show(() => <RequestCard request={bashRequest()} />);
    button(box, "Allow once").click();
    await vi.waitFor(() => expect(box.querySelector('[role="alert"]')?.textContent).toContain("“app” does not answer"));
    button(box, "Allow once").click();
    expect(call).toHaveBeenCalledTimes(2);
  });

  it("says when the instance cannot be reached", () => {
    push(snapshot([], readyInstance({ state: { state: "degraded", reason: "stalled" } })));
    const box = show(() => <RequestCard request={bashRequest()} />);
    expect(box.textContent).toContain("app cannot be reached now");
  });
});

describe("a question card", () => {
  it("sends labels and free text, one list a question, when all are answered", () => {
    push(snapshot([]));
    const box = show(() => <RequestCard request={questionRequest()} />);
    const submit = () => button(box, "Answer");
    expect(submit().disabled).toBe(true);
    const custom = box.querySelector('input[type="text"]') as HTMLInputElement;
    custom.value = " Green ";
    custom.dispatchEvent(new InputEvent("input", { bubbles: true }));
    expect(submit().disabled).toBe(true);
    const boxes = [...box.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')];
    for (const one of boxes.reverse()) one.click();
    expect(submit().disabled).toBe(false);
    press("Enter", custom);
    expect(call).toHaveBeenCalledWith("answer_question", {
      instance: "i1",
      request: "que_1",
      answers: [["Green"], ["Door", "Roof"]],
    });
  });

  it("is dismissed", () => {
    push(snapshot([]));
    const box = show(() => <RequestCard request={questionRequest()} />);
    button(box, "Dismiss").click();
    expect(call).toHaveBeenCalledWith("reject_question", { instance: "i1", request: "que_1" });
  });
});

describe("the inbox", () => {
  const marked = () => document.activeElement?.getAttribute("data-request");
  const other = bashRequest({ id: "per_9", asked_at_ms: 9_000 });

  it("lists requests oldest first, and says how many wait", () => {
    push(snapshot([other, bashRequest(), editRequest()]));
    const box = show(() => <Inbox />);
    const ids = [...box.querySelectorAll("[data-request]")].map((one) => one.getAttribute("data-request"));
    expect(ids).toEqual(["per_1", "per_2", "per_9"]);
    expect(box.querySelector('[aria-live="polite"]')?.textContent).toBe("3 requests wait for you");
  });

  it("says that nothing waits", () => {
    push(snapshot([]));
    expect(show(() => <Inbox />).textContent).toContain("Nothing waits for you");
  });

  it("moves by j and k and answers by a, A, d and m", () => {
    push(snapshot([bashRequest(), editRequest(), other]));
    const box = show(() => <Inbox />);
    press("j");
    press("j");
    expect(marked()).toBe("per_9");
    press("k");
    expect(marked()).toBe("per_2");
    press("a");
    expect(call.mock.lastCall?.[1]).toMatchObject({ request: "per_2", reply: "once" });
    press("j");
    press("A", undefined, true);
    expect(call.mock.lastCall?.[1]).toMatchObject({ request: "per_9", reply: "always" });
    press("k");
    press("k");
    press("m");
    const field = box.querySelector("textarea");
    expect(document.activeElement).toBe(field);
    press("d");
    expect(call).toHaveBeenCalledTimes(2);
    press("Escape", field as Element);
    expect(box.querySelector("textarea")).toBeNull();
    press("d");
    expect(call.mock.lastCall?.[1]).toMatchObject({ request: "per_1", reply: "reject" });
  });

  it("goes to the next request when the current one is gone, and lets the old one fade", () => {
    push(snapshot([bashRequest(), editRequest(), other]));
    const box = show(() => <Inbox />);
    press("j");
    press("j");
    press("k");
    press("k");
    expect(marked()).toBe("per_1");
    push({ type: "request_gone", instance: "i1", id: "per_1" });
    expect(marked()).toBe("per_2");
    const old = box.querySelector('[data-request="per_1"]');
    expect(old?.hasAttribute("inert")).toBe(true);
    expect(old?.textContent).toContain("No longer waits");
    expect(box.querySelector('[aria-live="polite"]')?.textContent).toBe("2 requests wait for you");
  });

  it("keeps what is typed when another request comes", () => {
    push(snapshot([bashRequest()]));
    const box = show(() => <Inbox />);
    press("m");
    const field = box.querySelector("textarea") as HTMLTextAreaElement;
    field.value = "half a sent";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    push({ type: "request", request: editRequest() });
    expect(box.querySelector("textarea")).toBe(field);
    expect(document.activeElement).toBe(field);
    expect(box.querySelectorAll("[data-request]")).toHaveLength(2);
  });

  it("opens the session by Enter", () => {
    push(snapshot([bashRequest()]));
    show(() => <Inbox />);
    press("j");
    press("Enter");
    expect(location.hash).toBe("#/session/i1/ses_1");
  });

  it("shows requests of one id of two instances", () => {
    push(snapshot([bashRequest(), bashRequest({ instance: "i2" })]));
    expect(show(() => <Inbox />).querySelectorAll("[data-request]")).toHaveLength(2);
  });
});
