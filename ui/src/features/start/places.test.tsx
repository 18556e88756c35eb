import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeDialog, dialog } from "../../app/dialogs";
import { go, place } from "../../app/place";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import { emptyProfile } from "../../model/empty";
import { aFleet, anEngine, anInstance } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import type { EnginesView, InstanceView, PlaceView, StartInstance } from "../../wire/messages";
import { newDockerPlace } from "../place/places";
import { StartPage } from "./StartPage";

let end = () => {};
let engines: EnginesView;
let refusal: BackendFailure | null;
const call = vi.fn(async (name: string, request: unknown): Promise<unknown> => {
  if (name === "docker_engines") return engines;
  if (name === "ssh_hosts") return { hosts: ["box", "gpu"] };
  if (name === "start_instance" && refusal) throw refusal;
  if (name === "start_instance") return { instance: "ins_9" };
  if (name !== "check_directory") return {};
  const { directory } = request as { directory: string };
  const serves = directory.startsWith("/p/shop") ? "shop" : null;
  return { directory: directory.replace(/\/$/, ""), instance: serves };
});

beforeEach(() => {
  vi.useFakeTimers();
  engines = { engines: [anEngine("default")], hint: null };
  refusal = null;
  useBackend({ call, onDrop: () => () => {} } as unknown as Backend);
  go({ kind: "new-instance" });
});

afterEach(() => {
  end();
  closeDialog();
  resetModel();
  call.mockClear();
  document.body.replaceChildren();
  vi.useRealTimers();
});

async function show(...instances: InstanceView[]) {
  const settings = { ...aFleet().settings, recent_directories: ["/p/recent", "/p/shop/"] };
  apply({ seq: 1, items: [{ type: "snapshot", fleet: aFleet({ instances, settings }) }] });
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <StartPage />, root);
  await vi.advanceTimersByTimeAsync(0);
}

const text = () => document.body.textContent ?? "";
const labelled = (name: string) => {
  const all = [...document.querySelectorAll("label")];
  const said = (one: HTMLElement) => one.textContent?.trim() ?? "";
  // A card says more than its name.
  const label = all.find((one) => said(one) === name) ?? all.find((one) => said(one).startsWith(name));
  return (label?.control ?? label?.querySelector("input")) as HTMLInputElement;
};
const button = (name: string) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find((one) => one.textContent?.trim().startsWith(name));
const submit = () => document.querySelector<HTMLButtonElement>("button[type='submit']") as HTMLButtonElement;
async function type(name: string, value: string) {
  labelled(name).value = value;
  labelled(name).dispatchEvent(new InputEvent("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(300);
}
async function press(what: HTMLElement | undefined) {
  what?.click();
  await vi.advanceTimersByTimeAsync(0);
}
const started = () =>
  call.mock.calls.filter(([name]) => name === "start_instance").map(([, request]) => request as StartInstance);
/** As the core keeps the engine of a container that was started. */
const AT_DEFAULT = "unix:///run/default.sock";
const docker = (more = {}): PlaceView => ({ in: "docker", ...newDockerPlace(), ...more });

test("a container is one choice and one click", async () => {
  await show();
  await press(labelled("Container"));
  await type("Directory", "/p/new");
  expect(text()).toContain("Docker 27.3.1");
  await press(submit());
  expect(started()).toEqual([{ directory: "/p/new", name: null, profile: { ...emptyProfile(), place: docker() } }]);
  expect(place()).toEqual({ kind: "instance", id: "ins_9" });
});

test("where no engine works a container is offered with what to do, and not started", async () => {
  engines = {
    engines: [anEngine("colima", { version: null, problem: "It does not answer. Start it with `colima start`" })],
    hint: "Install Docker or Podman",
  };
  await show();
  await type("Directory", "/p/new");
  expect(submit().disabled, "this machine needs none").toBe(false);
  expect(text()).toContain("No engine yet");
  await press(labelled("Container"));
  for (const part of ["Install Docker or Podman", "colima", "Start it with “colima start”"])
    expect(text()).toContain(part);
  expect(submit().disabled).toBe(true);
  engines = { engines: [anEngine("default")], hint: null };
  await press(button("Look again"));
  expect(submit().disabled).toBe(false);
});

test("where no engine works the instructions are opened by a button, and another engine is given by its address", async () => {
  const page = "https://docs.docker.com/engine/install/";
  engines = { engines: [], hint: `Install Docker or Podman and start it: ${page}` };
  await show();
  await press(labelled("Container"));
  await type("Directory", "/p/new");
  await press(button("Open the instructions"));
  expect(call).toHaveBeenCalledWith("open", { with: "browser", target: page });
  await press(button("Another engine…"));
  expect(text()).not.toContain("Open the instructions");
  expect(submit().disabled, "it has to be named").toBe(true);
  await type("Address of the engine", " unix:///run/p.sock");
  expect(submit().disabled).toBe(false);
  await press(submit());
  expect(started()[0]?.profile?.place).toEqual(docker({ engine: "unix:///run/p.sock" }));
});

test("while the usual engine does not work, the first one that does is taken", async () => {
  engines = { engines: [anEngine("default", { problem: "It does not answer" }), anEngine("rootless")], hint: null };
  await show();
  await press(labelled("Container"));
  await type("Directory", "/p/new");
  await press(submit());
  expect(started()[0]?.profile?.place).toEqual(docker({ engine: "rootless" }));
});

test("what is wrong inside is not sent, and what was filled in stays over a look at another kind and a failure", async () => {
  await show();
  await press(labelled("Container"));
  await type("Directory", "/p/new");
  await type("Runs as user", "ada");
  expect(submit().disabled).toBe(true);
  expect(text()).toContain("Put right what is marked");
  await press(labelled("This machine"));
  expect(submit().disabled).toBe(false);
  await press(labelled("Container"));
  expect(labelled("Runs as user").value).toBe("ada");
  await type("Runs as user", "1000:1000");
  refusal = new BackendFailure({
    code: "invalid",
    message: "`/p/new` cannot be shared",
    hint: "Share it",
    detail: null,
  });
  await press(submit());
  expect(document.querySelector("[role='alert']")?.textContent).toContain("“/p/new” cannot be shared");
  expect(labelled("Runs as user").value).toBe("1000:1000");
  refusal = null;
  await press(submit());
  expect(started().at(-1)?.profile?.place).toEqual(docker({ user: "1000:1000" }));
});

test("beside a process of the directory a container is one of its own; what it shares is said", async () => {
  await show(anInstance("shop"));
  await type("Directory", "/p/shop");
  expect(submit().textContent?.trim()).toBe("Go to it");
  await press(labelled("Container"));
  expect(submit().textContent?.trim()).toBe("Start");
  expect(text()).toContain("share its files");
  expect(text()).not.toContain("share opencode's database");
  await press(submit());
  expect(started()[0]).toMatchObject({ directory: "/p/shop", profile: { place: { in: "docker" } } });
});

test("the directory of a container begins with that container, and can be started on this machine instead", async () => {
  const profile = { ...emptyProfile(), place: docker({ memory_mib: 1_024, engine: AT_DEFAULT }) };
  await show(anInstance("shop", { kind: "docker", state: { state: "stopped" }, profile }));
  await type("Directory", "/p/shop");
  expect(labelled("Container").checked).toBe(true);
  expect(labelled("Memory (MiB)").value).toBe("1024");
  await press(submit());
  expect(started(), "as it was run before").toEqual([{ directory: "/p/shop", name: null }]);
  await press(labelled("This machine"));
  await press(submit());
  expect(started()[1]).toMatchObject({ directory: "/p/shop", profile: { place: { in: "process" } } });
});

test("a recent directory is started where the choice says", async () => {
  await show();
  await press(button("/p/recent"));
  expect(started()).toEqual([{ directory: "/p/recent", name: null }]);
  await press(labelled("Container"));
  await press(button("/p/recent"));
  expect(started()[1]?.profile?.place.in).toBe("docker");
});

test("on another machine a host and a directory there are needed; the hosts that ssh knows are at hand", async () => {
  await show();
  await press(labelled("Another machine"));
  expect(submit().disabled).toBe(true);
  expect(text(), "nothing is wrong before anything is said").not.toContain("Give the host");
  await press(button("box"));
  expect(labelled("Host").value).toBe("box");
  expect(submit().disabled).toBe(true);
  await type("Directory on that machine", "~/app");
  expect(text(), "directories of this machine are none of that one").not.toContain("/p/recent");
  const stays = labelled("It goes on when the app quits");
  expect(stays.checked, "nothing is left behind there unless that is wanted").toBe(false);
  await press(stays);
  await press(submit());
  expect(started()).toEqual([
    {
      directory: "~/app",
      name: null,
      profile: { ...emptyProfile(), place: { in: "ssh", host: "box", stays: true } },
    },
  ]);
});

test("what runs on another machine in that directory already is shown, and one more is wanted deliberately", async () => {
  const place: PlaceView = { in: "ssh", host: "box", stays: true };
  const there = { kind: "ssh", ssh_host: "box", directory: "/srv/app" } as const;
  await show(anInstance("app", { ...there, profile: { ...emptyProfile(), place } }));
  await press(labelled("Another machine"));
  await type("Host", "box");
  await type("Directory on that machine", "/srv/other");
  expect(text()).not.toContain("has an instance already");
  await type("Directory on that machine", "/srv/app");
  expect(text()).toContain("This directory has an instance already");
  expect(submit().textContent?.trim(), "nothing of it was changed").toBe("Go to it");
  expect(labelled("It goes on when the app quits").checked, "as it is run").toBe(true);
  await press(labelled("Start one more"));
  await press(submit());
  const more = { in: "ssh", host: "box", stays: false };
  expect(started()[0]).toMatchObject({ directory: "/srv/app", another: true, profile: { place: more } });
});

test("a host that is none is said at its field", async () => {
  await show();
  await press(labelled("Another machine"));
  await type("Host", "-oProxyCommand=x");
  expect(labelled("Host").getAttribute("aria-invalid")).toBe("true");
  await type("Directory on that machine", "/srv/app");
  expect(submit().disabled).toBe(true);
});

test("an address has a dialog of its own, and changes nothing here", async () => {
  await show();
  await press(button("Address…"));
  expect(dialog()).toBe("add-address");
  expect(labelled("This machine").checked).toBe(true);
});

const closed = () => {
  const profile = {
    ...emptyProfile(),
    permissions: "ask" as const,
    place: docker({ engine: AT_DEFAULT, network: { network: "off" }, memory_mib: 2_048 }),
  };
  return anInstance("box", { kind: "docker", directory: "/p/shop", state: { state: "stopped" }, profile });
};

test("a container that is there beside a process is shown as it is, and started with all that was said of it", async () => {
  const box = closed();
  await show(anInstance("shop"), box);
  await type("Directory", "/p/shop");
  await press(labelled("Container"));
  expect(labelled("Memory (MiB)").value).toBe("2048");
  expect(text()).toContain("The agent reaches no model provider either");
  expect(labelled("Start one more"), "it is not one more anyway").toBeDefined();
  await press(submit());
  expect(started()).toEqual([{ directory: "/p/shop", name: null, profile: box.profile }]);
});

test("a container that runs beside a process is gone to, and nothing is sent", async () => {
  await show(anInstance("shop"), { ...closed(), state: { state: "ready", activity: "idle" } });
  await type("Directory", "/p/shop");
  await press(labelled("Container"));
  expect(submit().textContent?.trim()).toBe("Go to it");
  await press(submit());
  expect(started()).toEqual([]);
  expect(place()).toEqual({ kind: "instance", id: "box" });
});

test("a recent directory starts the container that is there as it was run, however the directory is written", async () => {
  const box = closed();
  await show(anInstance("shop"), box);
  await press(labelled("Container"));
  await press(button("/p/shop"));
  expect(started()).toEqual([{ directory: "/p/shop/", name: null, profile: box.profile }]);
});

test("a recent directory of a container alone sends nothing about it", async () => {
  await show({ ...closed(), id: "shop" });
  await press(labelled("Container"));
  await press(button("/p/shop"));
  expect(started()).toEqual([{ directory: "/p/shop/", name: null }]);
});

test("what was filled in is not dropped for a recent directory: that fills in the directory alone", async () => {
  await show();
  await press(labelled("Container"));
  await type("Memory (MiB)", "512");
  await press(button("/p/recent"));
  expect(started()).toEqual([]);
  expect(labelled("Directory").value).toBe("/p/recent");
  await vi.advanceTimersByTimeAsync(300);
  await press(submit());
  expect(started()[0]?.profile?.place).toEqual(docker({ memory_mib: 512 }));
});

test("a name that was typed is not dropped for a recent directory", async () => {
  await show();
  await type("Name", "Sandbox");
  await press(button("/p/recent"));
  expect(started()).toEqual([]);
  await vi.advanceTimersByTimeAsync(300);
  await press(submit());
  expect(started()).toEqual([{ directory: "/p/recent", name: "Sandbox" }]);
});

async function choose(trigger: string, option: string) {
  const at = document.querySelector<HTMLButtonElement>(`button[aria-label^='${trigger}']`);
  at?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button: 0, pointerType: "mouse" }));
  at?.dispatchEvent(new PointerEvent("pointerup", { bubbles: true, button: 0, pointerType: "mouse" }));
  at?.click();
  await vi.advanceTimersByTimeAsync(50);
  const all = [...document.querySelectorAll<HTMLElement>("[role='option']")];
  const found = all.find((one) => one.textContent?.includes(option));
  if (!found) throw new Error(`There is no ${option} among ${all.map((one) => one.textContent).join(", ")}`);
  found.focus();
  found.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  await vi.advanceTimersByTimeAsync(50);
}

test("the engine of a container is the same by its name and by its address, and another one is another container", async () => {
  engines = { engines: [anEngine("default"), anEngine("rootless"), anEngine("third")], hint: null };
  const profile = { ...emptyProfile(), place: docker({ engine: "unix:///run/rootless.sock" }) };
  await show(anInstance("shop", { kind: "docker", state: { state: "stopped" }, profile }));
  await type("Directory", "/p/shop");
  await choose("Engine", "third");
  expect(text(), "that is one more").toContain("share its files");
  await choose("Engine", "rootless");
  expect(text()).not.toContain("share its files");
  await press(submit());
  expect(started()).toEqual([{ directory: "/p/shop", name: null, profile }]);
});
