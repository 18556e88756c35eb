import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { go, place } from "../../app/place";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import { aFleet, anInstance } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import { StartPage } from "./StartPage";

let end = () => {};
let drop: (paths: string[]) => void = () => {};
const call = vi.fn((_name: string, _request: unknown): Promise<unknown> => Promise.resolve({}));

beforeEach(() => {
  vi.useFakeTimers();
  useBackend({
    call,
    forward: vi.fn(),
    subscribe: () => () => {},
    onDrop: (listener: (paths: string[]) => void) => {
      drop = listener;
      return () => {};
    },
  } as unknown as Backend);
  apply({ seq: 1, items: [{ type: "snapshot", fleet: aFleet({ instances: [anInstance("shop")] }) }] });
  go({ kind: "new-instance" });
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <StartPage />, root);
});

afterEach(() => {
  end();
  resetModel();
  call.mockReset();
  document.body.replaceChildren();
  vi.useRealTimers();
});

const field = () => document.querySelector<HTMLInputElement>("input") as HTMLInputElement;
const button = () => document.querySelector<HTMLButtonElement>("button[type='submit']") as HTMLButtonElement;
async function type(text: string) {
  field().value = text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(300);
}

test("nothing typed starts nothing", () => {
  expect(button().disabled).toBe(true);
});

test("typing is looked at when it rests, once", async () => {
  call.mockResolvedValue({ directory: "/p/new", instance: null });
  field().value = "/p";
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(100);
  await type("/p/new/");
  expect(call.mock.calls).toEqual([["check_directory", { directory: "/p/new/" }]]);
  expect(document.body.textContent).toContain("Ready to start in /p/new");
});

test("what is wrong with the directory stands under its field, and what was typed stays", async () => {
  call.mockRejectedValue(
    new BackendFailure({ code: "invalid", message: "`/p/x` is a file", hint: "Choose a folder", detail: null }),
  );
  await type("/p/x");
  expect(field().getAttribute("aria-invalid")).toBe("true");
  const note = document.getElementById(field().getAttribute("aria-describedby") ?? "");
  expect(note?.textContent).toBe("“/p/x” is a file. Choose a folder");
  expect(field().value).toBe("/p/x");
  expect(button().disabled).toBe(true);
});

test("a late answer about an earlier text is not shown", async () => {
  let answer: (value: unknown) => void = () => {};
  call.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
  await type("/p/old");
  call.mockResolvedValue({ directory: "/p/new", instance: null });
  await type("/p/new");
  answer({ directory: "/p/old", instance: null });
  await vi.advanceTimersByTimeAsync(0);
  expect(document.body.textContent).toContain("Ready to start in /p/new");
});

test("one click starts and goes to the instance", async () => {
  call.mockImplementation(async (name) =>
    name === "start_instance" ? { instance: "ins_9" } : { directory: "/p/new", instance: null },
  );
  await type("/p/new");
  button().click();
  await vi.advanceTimersByTimeAsync(0);
  expect(call).toHaveBeenLastCalledWith("start_instance", { directory: "/p/new", name: null });
  expect(place()).toEqual({ kind: "instance", id: "ins_9" });
});

test("a folder dropped on the window fills the field", async () => {
  call.mockResolvedValue({ directory: "/p/dropped", instance: "shop" });
  drop(["/p/dropped"]);
  await vi.advanceTimersByTimeAsync(300);
  expect(field().value).toBe("/p/dropped");
  expect(document.body.textContent).toContain("shop serves this directory already.");
});

test("a start that fails shows why and can be tried again", async () => {
  call.mockImplementation(async (name) => {
    if (name === "start_instance")
      throw new BackendFailure({
        code: "opencode_missing",
        message: "opencode was not found",
        hint: null,
        detail: null,
      });
    return { directory: "/p/new", instance: null };
  });
  await type("/p/new");
  button().click();
  await vi.advanceTimersByTimeAsync(0);
  expect(document.querySelector("[role='alert']")?.textContent).toContain("opencode was not found");
  expect(button().disabled).toBe(false);
});
