import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import type { Forward } from "../../wire/messages";
import { Composer } from "./Composer";
import { type Scope, ScopeProvider } from "./scope";

let sent: Forward[] = [];
let answer: () => Promise<{ head: { status: number; headers: [string, string][] }; body: Uint8Array }>;
let end = () => {};

beforeEach(() => {
  localStorage.clear();
  sent = [];
  answer = async () => ({ head: { status: 204, headers: [] }, body: new Uint8Array() });
  useBackend({
    forward: (request: Forward) => {
      sent.push(request);
      return answer();
    },
  } as unknown as Backend);
});
afterEach(() => {
  end();
  document.body.replaceChildren();
});

function draw(over: { obstacle?: string | null; isAsleep?: boolean; isServed?: boolean } = {}): HTMLTextAreaElement {
  const scope = {
    instance: "i",
    session: "s",
    directory: () => "/d",
    transcript: () => undefined,
    messages: () => [{ id: "m", role: "user", agent: "plan", model: { providerID: "p", modelID: "x" } }],
    message: () => undefined,
  } as unknown as Scope;
  const root = document.createElement("div");
  document.body.append(root);
  end = render(
    () => (
      <ScopeProvider value={scope}>
        <Composer
          isBusy={false}
          obstacle={over.obstacle ?? null}
          isAsleep={over.isAsleep ?? false}
          isServed={over.isServed ?? true}
          hint={null}
          onAbort={() => {}}
          isAborting={false}
        />
      </ScopeProvider>
    ),
    root,
  );
  return root.querySelector("textarea") as HTMLTextAreaElement;
}

function type(area: HTMLTextAreaElement, text: string) {
  area.value = text;
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function press(area: HTMLTextAreaElement, key: string, over: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...over });
  area.dispatchEvent(event);
  return event;
}

test("Enter sends once, with the agent and model of the last prompt and no id of ours", async () => {
  const area = draw();
  type(area, "Do it");
  press(area, "Enter");
  press(area, "Enter");
  await vi.waitFor(() => expect(area.value).toBe(""));
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ method: "POST", path: "/session/s/prompt_async" });
  expect(JSON.parse(sent[0]?.body ?? "")).toEqual({
    parts: [{ type: "text", text: "Do it" }],
    agent: "plan",
    model: { providerID: "p", modelID: "x" },
  });
});

test("Shift+Enter, blank text and the Enter of an input method send nothing", () => {
  const area = draw();
  press(area, "Enter");
  type(area, "  \n ");
  press(area, "Enter");
  type(area, "にほん");
  press(area, "Enter", { isComposing: true });
  press(area, "Enter", { keyCode: 229 });
  expect(press(area, "Enter", { shiftKey: true }).defaultPrevented).toBe(false);
  expect(sent).toHaveLength(0);
});

test("a failed send keeps the text and says why", async () => {
  answer = async () => {
    throw new BackendFailure({ code: "unavailable", message: "No answer", hint: null, detail: null });
  };
  const area = draw();
  type(area, "Do it");
  press(area, "Enter");
  await vi.waitFor(() => expect(document.querySelector("[role=alert]")?.textContent).toContain("No answer"));
  expect(document.querySelector("[role=alert]")?.textContent).toContain("not known whether the prompt arrived");
  expect(area.value).toBe("Do it");
  expect(sent).toHaveLength(1);
});

test("what is typed while a prompt is on its way stays", async () => {
  let release = () => {};
  answer = () =>
    new Promise((resolve) => {
      release = () => resolve({ head: { status: 204, headers: [] }, body: new Uint8Array() });
    });
  const area = draw();
  type(area, "First");
  press(area, "Enter");
  type(area, "First, and second");
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  release();
  await vi.waitFor(() => expect(area.value).toBe(", and second"));
});

test("an instance that does not run takes no prompt, says why, and the draft is kept", () => {
  const area = draw({ obstacle: "The instance is stopped." });
  type(area, "Later");
  press(area, "Enter");
  expect(sent).toHaveLength(0);
  expect(document.body.textContent).toContain("The instance is stopped.");
  end();
  document.body.replaceChildren();
  expect(draw().value).toBe("Later");
});

test("an instance asleep takes a prompt, and says that it wakes", async () => {
  let release = () => {};
  answer = () =>
    new Promise((resolve) => {
      release = () => resolve({ head: { status: 204, headers: [] }, body: new Uint8Array() });
    });
  const area = draw({ isAsleep: true, isServed: false });
  expect(document.body.textContent).toContain("Asleep. Sending wakes the instance.");
  type(area, "Go on");
  press(area, "Enter");
  await vi.waitFor(() => expect(document.body.textContent).toContain("Waking the instance"));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  release();
  await vi.waitFor(() => expect(area.value).toBe(""));
});
