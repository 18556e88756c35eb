import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { anInstance } from "../../model/fixtures";
import type { InstanceView } from "../../wire/messages";
import { StateNote } from "./StateNote";

let end = () => {};
const call = vi.fn((_name: string, _request: unknown): Promise<unknown> => Promise.resolve({}));
const [view, setView] = createSignal<InstanceView>(anInstance("shop"));

beforeEach(() => {
  vi.useFakeTimers();
  useBackend({ call } as unknown as Backend);
  setView(anInstance("shop"));
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <StateNote instance={view()} />, root);
});

afterEach(() => {
  end();
  call.mockClear();
  document.body.replaceChildren();
  vi.useRealTimers();
});

const crashed = (more: Partial<InstanceView> = {}) =>
  anInstance("shop", {
    state: { state: "crashed", cause: "Ended by signal 9", hint: "Look at the log", last_lines: ["the last line"] },
    ...more,
  });
const text = () => document.body.textContent ?? "";
const button = (name: string) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find(
    (one) => one.textContent?.trim() === name || one.getAttribute("aria-label") === name,
  );

test("of what is well there is nothing to say", () => {
  expect(text()).toBe("");
});

test("a crash says its cause and the last output", () => {
  setView(crashed());
  for (const part of ["Ended by signal 9", "Look at the log", "the last line"]) expect(text()).toContain(part);
  expect(button("Start now")).toBeUndefined();
});

test("a restart counts down, can be had at once and can be called off", async () => {
  setView(crashed({ restart: { at_ms: Date.now() + 3_000, attempt: 2, attempts: 5 } }));
  expect(text()).toContain("Restarts in 3 s (try 2 of 5)");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(text()).toContain("Restarts in 2 s");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(text()).toContain("Restarts now");
  expect(vi.getTimerCount(), "nothing goes on counting").toBe(0);
  button("Start now")?.click();
  expect(call).toHaveBeenLastCalledWith("restart_instance", { instance: "shop" });
  button("Do not restart")?.click();
  expect(call).toHaveBeenLastCalledWith("stop_instance", { instance: "shop" });
});

test("interrupted sessions are continued, one or all, once the instance is ready; or let be", async () => {
  const interrupted = [
    { session: "s1", title: "Count the stock" },
    { session: "s2", title: "" },
  ];
  setView(crashed({ interrupted }));
  expect(text()).toContain("2 sessions were working");
  expect(button("Continue Count the stock")?.disabled).toBe(true);
  setView(anInstance("shop", { interrupted }));
  button("Continue Count the stock")?.click();
  expect(call).toHaveBeenLastCalledWith("continue_sessions", { instance: "shop", sessions: ["s1"] });
  await vi.advanceTimersByTimeAsync(0);
  button("Continue all")?.click();
  expect(call).toHaveBeenLastCalledWith("continue_sessions", { instance: "shop", sessions: [] });
  button("Do not continue them")?.click();
  expect(call).toHaveBeenLastCalledWith("dismiss_interrupted", { instance: "shop" });
});

test("a locked one takes its password there, an unreachable one says how to start it", () => {
  setView(anInstance("shop", { owner: "external", state: { state: "locked" } }));
  expect(document.querySelector("form[aria-label='Password of the instance']")).not.toBeNull();
  const reason = "It has no port. Start it with `opencode --port 4097`.";
  setView(anInstance("shop", { owner: "external", state: { state: "unreachable", reason, certificate: null } }));
  expect(document.querySelector("code")?.textContent).toBe("opencode --port 4097");
  expect(document.body.textContent).toContain("It runs, but it cannot be reached");
  setView(
    anInstance("shop", {
      owner: "external",
      kind: "remote",
      state: { state: "unreachable", reason: "no", certificate: null },
    }),
  );
  expect(document.body.textContent).toContain("Nothing answers at this address");
});

test("what takes long says how far it is, on a line of its own that is not read out", () => {
  const step = "Building the image, step 4 of 9: RUN apt-get install";
  setView(anInstance("shop", { kind: "docker", state: { state: "starting", step, since_ms: Date.now() } }));
  expect(text()).toContain("Building the image, step 4 of 9");
  expect(document.querySelector("[aria-live='off']")?.textContent).toBe("RUN apt-get install");
  expect(document.querySelector("[role='progressbar']")?.getAttribute("aria-valuenow")).toBe("33");
  button("Cancel")?.click();
  expect(call).toHaveBeenLastCalledWith("stop_instance", { instance: "shop" });
  const begun = { state: "starting", step: "Finding opencode", since_ms: Date.now() } as const;
  setView(anInstance("shop", { state: begun }));
  expect(document.querySelector("[role='progressbar']"), "of what is not counted there is no bar").toBeNull();
});

test("what has ended by another's hand says how, what was stopped here says nothing", () => {
  setView(anInstance("shop", { state: { state: "stopped" }, last_end: "Somebody stopped it with `docker stop`" }));
  expect(text()).toContain("Somebody stopped it with “docker stop”");
  setView(anInstance("shop", { state: { state: "stopped" } }));
  expect(text()).toBe("");
});

test("what cannot be known says by what it would be, and why", () => {
  const state = { state: "unknown", reason: "`/run/docker.sock` does not answer" } as const;
  setView(anInstance("shop", { kind: "docker", state }));
  expect(text()).toContain("Its container engine does not answer");
  expect(text()).toContain("“/run/docker.sock” does not answer");
  expect(text()).toContain("It is asked again and again");
  setView(anInstance("shop", { kind: "ssh", ssh_host: "gpu", state }));
  expect(text()).toContain("There is no connection to gpu");
});
