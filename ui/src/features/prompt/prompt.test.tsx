import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import type { PromptView } from "../../wire/messages";
import { PromptDialog } from "./PromptDialog";
import { wordsOf } from "./words";

const HOST_KEY = `The authenticity of host 'build (10.0.0.7)' can't be established.
ED25519 key fingerprint is SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE.
Are you sure you want to continue connecting (yes/no/[fingerprint])?`;

let end = () => {};
const call = vi.fn((_name: string, _request: unknown): Promise<unknown> => Promise.resolve({}));
const [prompt, setPrompt] = createSignal<PromptView | undefined>();

beforeEach(() => {
  vi.useFakeTimers();
  // The clock begins anew, and with it when the last key was pressed.
  press(document.body, "Shift");
  useBackend({ call } as unknown as Backend);
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <PromptDialog prompt={prompt()} />, root);
});

afterEach(() => {
  setPrompt(undefined);
  end();
  call.mockReset();
  call.mockResolvedValue({});
  document.body.replaceChildren();
  vi.useRealTimers();
});

const settled = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

const comesUp = async (more: Partial<PromptView> = {}) => {
  setPrompt({ id: "p1", host: "build", kind: "secret", words: "ada@build's password:", is_again: false, ...more });
  await settled();
};

/** And is seen. */
const asks = async (more: Partial<PromptView> = {}) => {
  await comesUp(more);
  await settled(1_500);
};

const press = (target: Element | null | undefined, key: string) =>
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

const clickBeside = async () => {
  const event = { bubbles: true, button: 0, pointerType: "mouse" };
  document.body.dispatchEvent(new PointerEvent("pointerdown", event));
  document.body.dispatchEvent(new PointerEvent("pointerup", event));
  document.body.click();
  await settled();
};

const dialog = () => document.querySelector<HTMLElement>("[role='dialog'], [role='alertdialog']");

function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === name);
  if (!found) throw new Error(`There is no button ${name}`);
  return found;
}

function field(): HTMLInputElement {
  const found = dialog()?.querySelector("input");
  if (!found) throw new Error("There is no field");
  return found;
}

function type(text: string): void {
  field().value = text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
}

test("a password is typed unseen, under the words of ssh, and sent once", async () => {
  await asks();
  expect(dialog()?.getAttribute("role")).toBe("dialog");
  expect(dialog()?.textContent).toContain("Connecting to build");
  expect(field().type).toBe("password");
  expect(field().labels?.[0]?.textContent?.trim()).toBe("ada@build's password:");
  expect(document.activeElement).toBe(field());
  expect(button("Answer").disabled).toBe(true);
  type("hunter2");
  let done = (_: unknown) => {};
  call.mockReturnValueOnce(new Promise((resolve) => (done = resolve)));
  field().form?.requestSubmit();
  field().form?.requestSubmit();
  expect(call.mock.calls).toEqual([["answer_prompt", { prompt: "p1", answer: "hunter2" }]]);
  expect(button("Answer").disabled).toBe(true);
  done({});
  await settled();
});

test("what was typed for one question is not there for the next, which says that it was wrong", async () => {
  await asks();
  type("wrong");
  await asks({ id: "p2", is_again: true });
  expect(field().value).toBe("");
  expect(field().getAttribute("aria-invalid")).toBe("true");
  expect(dialog()?.textContent).toContain("That was not accepted");
  expect(document.activeElement).toBe(field());
  setPrompt(undefined);
  await settled();
  expect(dialog()?.hasAttribute("data-expanded") ?? false).toBe(false);
});

test("a host key is shown whole, and accepted only by its own button", async () => {
  await asks({ kind: "yes_no", words: HOST_KEY });
  expect(dialog()?.getAttribute("role")).toBe("alertdialog");
  const said = document.querySelector("section[aria-label='What ssh says']");
  expect(said?.textContent).toBe(HOST_KEY);
  expect(said?.className).toContain("font-mono");
  expect(document.activeElement).toBe(button("No"));
  button("Yes").click();
  expect(call.mock.calls).toEqual([["answer_prompt", { prompt: "p1", answer: "yes" }]]);
});

test.each([
  ["Cancel", "secret"],
  ["Cancel", "note"],
  ["No", "yes_no"],
] as const)("%s declines a %s", async (name, kind) => {
  await asks({ kind });
  button(name).click();
  expect(call.mock.calls).toEqual([["answer_prompt", { prompt: "p1", answer: null }]]);
});

test("Escape declines, and the dialog stays until the core says that it is over", async () => {
  await asks();
  field().dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await settled();
  expect(call.mock.calls).toEqual([["answer_prompt", { prompt: "p1", answer: null }]]);
  expect(dialog()).not.toBeNull();
});

test("a click beside it declines nothing, and what was typed stays", async () => {
  await asks();
  type("hunt");
  await clickBeside();
  expect(call).not.toHaveBeenCalled();
  expect(field().value).toBe("hunt");
});

test("while somebody types elsewhere the focus stays there, and no key, click or submit is an answer", async () => {
  const elsewhere = document.createElement("textarea");
  document.body.append(elsewhere);
  elsewhere.focus();
  press(elsewhere, "a");
  await comesUp();
  for (let n = 0; n < 5; n += 1) {
    await settled(1_000);
    expect(document.activeElement).toBe(elsewhere);
    press(elsewhere, "b");
  }
  expect(field().readOnly).toBe(true);
  type("what was meant for the session");
  field().form?.requestSubmit();
  press(elsewhere, "Escape");
  await clickBeside();
  await settled(1_000);
  expect(document.activeElement).toBe(elsewhere);
  await settled(500);
  expect(document.activeElement, "it rests").toBe(field());
  expect(field().readOnly).toBe(false);
  expect(call).not.toHaveBeenCalled();
});

test("in its first half second it takes no click and no key", async () => {
  await comesUp({ kind: "yes_no", words: HOST_KEY });
  await settled(400);
  for (const name of ["Yes", "No"]) expect(button(name).disabled).toBe(true);
  document.querySelector<HTMLButtonElement>("button[aria-label='Close']")?.click();
  press(document.body, "Escape");
  await settled();
  expect(call).not.toHaveBeenCalled();
  await settled(500);
  expect(document.activeElement).toBe(button("No"));
  press(document.activeElement, "Escape");
  await settled();
  expect(call.mock.calls).toEqual([["answer_prompt", { prompt: "p1", answer: null }]]);
});

test("the rest of an answer does not go to the question that takes its place", async () => {
  await asks();
  press(field(), "h");
  type("hun");
  await comesUp({ id: "p2", host: "gpu" });
  expect(field().value).toBe("");
  expect(field().readOnly).toBe(true);
  press(field(), "Enter");
  field().form?.requestSubmit();
  await settled(400);
  expect(field().readOnly).toBe(true);
  await settled(200);
  expect(field().readOnly).toBe(false);
  expect(document.activeElement).toBe(field());
  expect(call).not.toHaveBeenCalled();
});

test("a code may be seen, and an answer that does not arrive can be sent again", async () => {
  await asks({ kind: "text", words: "(ada@build) Verification code:" });
  expect(field().type).toBe("text");
  type("123456");
  call.mockRejectedValueOnce(
    new BackendFailure({ code: "unavailable", message: "The app is gone", hint: null, detail: null }),
  );
  button("Answer").click();
  await settled();
  expect(dialog()?.textContent).toContain("The app is gone");
  expect(button("Answer").disabled).toBe(false);
});

test("the question is the last line of what ssh says", () => {
  expect(wordsOf("Enter passphrase for key '/k':")).toEqual({
    before: "",
    question: "Enter passphrase for key '/k':",
  });
  expect(wordsOf("Welcome\nto build\nPassword:\n")).toEqual({ before: "Welcome\nto build", question: "Password:" });
});
