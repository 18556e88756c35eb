import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { go, place } from "../../app/place";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import { emptyProfile } from "../../model/empty";
import { aFleet, anEngine, anInstance } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import type { EnginesView } from "../../wire/messages";
import { StartPage } from "./StartPage";

let end = () => {};
const engines: EnginesView = { engines: [anEngine("default")], hint: null };
let drop: (paths: string[]) => void = () => {};
const call = vi.fn((_name: string, _request: unknown): Promise<unknown> => Promise.resolve({}));

beforeEach(() => {
  vi.useFakeTimers();
  useBackend({
    // What every page asks at first is answered at once.
    call: (name: string, request: unknown) =>
      name === "docker_engines" ? Promise.resolve(engines) : call(name, request),
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

const field = () => document.querySelector<HTMLInputElement>("input[type='text']") as HTMLInputElement;
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

const inside = (text: string) =>
  [...document.querySelectorAll<HTMLElement>("label, button")].find((one) => one.textContent?.trim() === text);
const named = (label: string) => (inside(label) as HTMLLabelElement).control as HTMLInputElement;

test("a directory that has an instance: it is opened, or one more is started after a warning", async () => {
  call.mockImplementation(async (name) =>
    name === "start_instance" ? { instance: "ins_9" } : { directory: "/p/shop", instance: "shop" },
  );
  await type("/p/shop");
  expect(document.body.textContent).toContain("This directory has an instance already");
  expect(button().textContent?.trim()).toBe("Go to it");
  button().click();
  expect(place()).toEqual({ kind: "instance", id: "shop" });
  expect(call).not.toHaveBeenCalledWith("start_instance", expect.anything());

  expect(document.body.textContent).not.toContain("share opencode's database");
  inside("Start one more")?.querySelector("input")?.click();
  expect(document.body.textContent).toContain("share opencode's database");
  expect(button().textContent?.trim()).toBe("Start one more");
  button().click();
  await vi.advanceTimersByTimeAsync(0);
  expect(call).toHaveBeenLastCalledWith("start_instance", { directory: "/p/shop", name: null, another: true });
});

test("what was changed under more options is sent, and not before it is right", async () => {
  call.mockImplementation(async (name) =>
    name === "start_instance" ? { instance: "ins_9" } : { directory: "/p/new", instance: null },
  );
  await type("/p/new");
  const port = named("Port");
  port.value = "99999";
  port.dispatchEvent(new InputEvent("input", { bubbles: true }));
  expect(button().disabled).toBe(true);
  expect(document.body.textContent).toContain("Put right what is marked");
  port.value = "3333";
  port.dispatchEvent(new InputEvent("input", { bubbles: true }));
  const name = named("Name");
  name.value = "Second";
  name.dispatchEvent(new InputEvent("input", { bubbles: true }));
  button().click();
  await vi.advanceTimersByTimeAsync(0);
  expect(call).toHaveBeenLastCalledWith("start_instance", {
    directory: "/p/new",
    name: "Second",
    profile: { ...emptyProfile(), port: 3333 },
  });
});

test("the options begin with how the directory's instance is run", async () => {
  const profile = { ...emptyProfile(), port: 4321 };
  apply({
    seq: 2,
    items: [{ type: "instance", instance: anInstance("shop", { profile, state: { state: "stopped" } }) }],
  });
  call.mockResolvedValue({ directory: "/p/shop", instance: "shop" });
  await type("/p/shop");
  expect(named("Port").value).toBe("4321");
});

test("beside a server of others that lets nobody in, an own one is started, with the warning", async () => {
  const locked = anInstance("foreign", { owner: "external", directory: "/p/new", state: { state: "locked" } });
  apply({ seq: 2, items: [{ type: "instance", instance: locked }] });
  call.mockImplementation(async (name) =>
    name === "start_instance" ? { instance: "ins_9" } : { directory: "/p/new", instance: null },
  );
  await type("/p/new");
  expect(document.body.textContent).toContain("Started by another program");
  expect(document.body.textContent).toContain("share opencode's database");
  expect(inside("Start one more"), "there is nothing to choose").toBeUndefined();
  button().click();
  await vi.advanceTimersByTimeAsync(0);
  expect(call).toHaveBeenLastCalledWith("start_instance", { directory: "/p/new", name: null });
});
