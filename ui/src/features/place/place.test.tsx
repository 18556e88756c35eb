import { createSignal, type JSX } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import { anEngine } from "../../model/fixtures";
import type { DockerPlaceView, EngineView, SshDirectoryView } from "../../wire/messages";
import { ContainerForm } from "./ContainerForm";
import type { Engines } from "./place.commands";
import { newDockerPlace } from "./places";
import { recentThere, usedThere } from "./recent";
import { SshDirectory } from "./SshDirectory";

let end = () => {};
const call = vi.fn((_name: string, _request: unknown): Promise<unknown> => Promise.resolve({}));

beforeEach(() => {
  vi.useFakeTimers();
  useBackend({ call } as unknown as Backend);
});

afterEach(() => {
  end();
  call.mockReset();
  document.body.replaceChildren();
  vi.useRealTimers();
});

function draw(what: () => JSX.Element): void {
  const root = document.createElement("div");
  document.body.append(root);
  end = render(what, root);
}

const engines = (...all: EngineView[]): Engines => ({
  view: () => ({ engines: all, hint: null }),
  isAsking: () => false,
  failure: () => null,
  ask: () => {},
});

function container(more: Partial<DockerPlaceView> = {}, engine = anEngine("default"), isFixed = false) {
  const [value, setValue] = createSignal<DockerPlaceView>({ ...newDockerPlace(), ...more });
  draw(() => <ContainerForm value={value()} engines={engines(engine)} isFixed={isFixed} onChange={setValue} />);
  return value;
}

const text = () => document.body.textContent ?? "";
const named = (name: string): HTMLInputElement => {
  const label = [...document.querySelectorAll("label")].find((one) => one.textContent?.trim() === name);
  const found = label?.control ?? document.querySelector(`[aria-label='${name}']`);
  if (!found) throw new Error(`There is no ${name}`);
  return found as HTMLInputElement;
};
const type = (name: string, value: string) => {
  named(name).value = value;
  named(name).dispatchEvent(new InputEvent("input", { bubbles: true }));
};
const button = (name: string) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find(
    (one) => one.getAttribute("aria-label") === name || one.textContent?.trim() === name,
  );

test("limits are typed as people count them", () => {
  const value = container();
  type("CPUs", "1.5");
  expect(value().cpu_percent).toBe(150);
  type("CPUs", "0,25");
  expect(value().cpu_percent).toBe(25);
  type("CPUs", "many");
  expect(value().cpu_percent).toBeNaN();
  expect(named("CPUs").getAttribute("aria-invalid")).toBe("true");
  expect(named("CPUs").value, "what was typed stays").toBe("many");
  type("CPUs", "");
  type("Memory (MiB)", "2048");
  expect(value()).toMatchObject({ cpu_percent: null, memory_mib: 2_048 });
});

test("each thing that it gets says what that means, and nothing is ticked", () => {
  const value = container();
  for (const name of ["Keys of model providers", "Your name and address for commits", "Your SSH agent"]) {
    const box = named(name);
    expect(box.checked).toBe(false);
    const about = document.getElementById(box.getAttribute("aria-describedby") ?? "")?.textContent;
    expect(about?.length, name).toBeGreaterThan(20);
    box.click();
  }
  type("Variables of your login shell", "GITHUB_TOKEN, NPM_TOKEN ");
  expect(value()).toMatchObject({
    passes_auth: true,
    passes_git: true,
    passes_ssh_agent: true,
    passes_variables: ["GITHUB_TOKEN", "NPM_TOKEN"],
  });
  expect(named("Variables of your login shell").value, "as typed").toBe("GITHUB_TOKEN, NPM_TOKEN ");
});

test("folders are read-only until that is taken back, and can be taken out", () => {
  const value = container();
  button("Add a folder")?.click();
  type("Folder 1", "~/reference");
  type("Path inside of folder 1", "/reference");
  expect(value().mounts).toEqual([{ path: "~/reference", target: "/reference", is_writable: false }]);
  expect(text()).not.toContain("can be changed and deleted from inside");
  named("Folder 1 is read-only").click();
  expect(value().mounts[0]?.is_writable).toBe(true);
  expect(text()).toContain("can be changed and deleted from inside");
  type("Folder 1", "/etc");
  expect(text()).toContain("“/etc” is not given to a container");
  button("Remove /etc")?.click();
  expect(value().mounts).toEqual([]);
});

test("another image is named, or taken from those that the engine has", () => {
  const images = ["opencode-portal:1.18.33", "team/opencode:2"];
  const value = container({ image: "" }, anEngine("default", { images }));
  expect(named("Name of the image").getAttribute("aria-invalid")).toBe("true");
  expect(button("opencode-portal:1.18.33"), "ours is a choice of its own").toBeUndefined();
  button("team/opencode:2")?.click();
  expect(value().image).toBe("team/opencode:2");
  expect(named("Name of the image").getAttribute("aria-invalid")).toBeNull();
});

test("an engine that cannot do without a network says why where that is chosen", () => {
  const engine = anEngine("default", { network_off_problem: "`default` is rootless: let its network be on" });
  const value = container({ network: { network: "off" } }, engine);
  expect(text()).toContain("“default” is rootless: let its network be on");
  expect(value().network, "it stays what a person chose").toEqual({ network: "off" });
  document.body.replaceChildren();
  container({ network: { network: "off" } });
  expect(text()).toContain("The agent reaches no model provider either");
});

test("an engine that cannot be used says why, and that of a container stays", () => {
  container({}, anEngine("default", { version: null, problem: "Start it with `systemctl start docker`" }), true);
  expect(text()).toContain("Start it with “systemctl start docker”");
  expect(text()).toContain("what was installed elsewhere in it is lost");
  expect(document.querySelector("button[aria-label='Engine']")).toBeNull();
});

test("an engine that was not found is given by its address", () => {
  const value = container();
  expect(text()).not.toContain("Address of the engine");
  button("Another engine…")?.click();
  expect(value().engine).toBe("");
  expect(named("Address of the engine").getAttribute("aria-invalid"), "it has to be named").toBe("true");
  type("Address of the engine", "unix:///run/p.sock");
  expect(value().engine).toBe("unix:///run/p.sock");
  expect(named("Address of the engine").getAttribute("aria-invalid")).toBeNull();
  expect(text()).not.toContain("is not among the engines");
  type("Address of the engine", "unix:///run/default.sock");
  expect(named("Address of the engine").value, "one that was found stays as typed").toBe("unix:///run/default.sock");
  expect(text()).toContain("Docker 27.3.1");
});

test("an engine that a place has by its address is one choice, and not two", async () => {
  const all = engines(anEngine("default"), anEngine("rootless"));
  const shown = () => document.querySelector("button[aria-label^='Engine']")?.textContent;
  for (const [engine, name] of [
    ["unix:///run/rootless.sock", "rootless"],
    ["rootless", "rootless"],
    ["unix:///run/default.sock", "The usual one: default"],
    ["default", "The usual one: default"],
    [null, "The usual one: default"],
  ] as const) {
    draw(() => <ContainerForm value={newDockerPlace(engine)} engines={all} onChange={() => {}} />);
    expect(shown()?.trim(), String(engine)).toBe(name);
    end();
    document.body.replaceChildren();
  }
});

function browser(host = "box") {
  const [value, setValue] = createSignal("");
  draw(() => <SshDirectory host={host} value={value()} recent={["/srv/site", "/srv/notes"]} onChange={setValue} />);
  return value;
}

const listing = (path: string, more: Partial<SshDirectoryView> = {}): SshDirectoryView => ({
  path,
  directories: ["api", "site"],
  is_cut: false,
  opencode: "1.18.33",
  ...more,
});

test("directories of another machine are walked through, and what is chosen is the value", async () => {
  const value = browser();
  expect(call, "another machine is asked only when it is wanted").not.toHaveBeenCalled();
  call.mockResolvedValueOnce(listing("/home/ada"));
  button("Browse…")?.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(call).toHaveBeenLastCalledWith("list_ssh_directory", { host: "box", path: "" });
  expect(value()).toBe("/home/ada");
  expect(text()).toContain("opencode 1.18.33 is there");
  call.mockResolvedValueOnce(listing("/home/ada/api", { directories: [], opencode: null }));
  button("Open api")?.click();
  await vi.advanceTimersByTimeAsync(500);
  expect(value()).toBe("/home/ada/api");
  expect(call, "once for each step").toHaveBeenCalledTimes(2);
  expect(text()).toContain("There are no directories in it");
  expect(text()).toContain("There is no opencode on box");
  const commands = [...document.querySelectorAll("code")].map((one) => one.textContent);
  expect(commands, "each with a button that copies it").toEqual([
    "npm install -g opencode-ai",
    "curl -fsSL https://opencode.ai/install | bash",
  ]);
  expect([...document.querySelectorAll("button[aria-label='Copy']")].length).toBe(2);
  call.mockResolvedValueOnce(listing("/home/ada"));
  button("Up to /home/ada")?.click();
  await vi.advanceTimersByTimeAsync(500);
  expect(value()).toBe("/home/ada");
});

test("a directory that was used last there is one click away, and the machine is not asked for it", async () => {
  const value = browser();
  button("/srv/site")?.click();
  await vi.advanceTimersByTimeAsync(500);
  expect(value()).toBe("/srv/site");
  expect(call).not.toHaveBeenCalled();
  expect(button("/srv/site"), "what is there is not offered").toBeUndefined();
  expect(button("/srv/notes")).toBeDefined();
});

test("the keyboard walks on from where it was, also when what was pressed is gone", async () => {
  browser();
  button("/srv/site")?.focus();
  button("/srv/site")?.click();
  expect(document.activeElement, "a suggestion that was taken is gone").toBe(named("Directory on that machine"));
  const walk = async (name: string, next: SshDirectoryView | BackendFailure) => {
    if (next instanceof BackendFailure) call.mockRejectedValueOnce(next);
    else call.mockResolvedValueOnce(next);
    button(name)?.focus();
    button(name)?.click();
    await vi.advanceTimersByTimeAsync(500);
    const active = document.activeElement;
    return active?.getAttribute("aria-label") ?? active?.textContent?.trim();
  };
  expect(await walk("Browse…", listing("/srv", { directories: ["site", "shop"] })), "no step in the list").toBe(
    "Browse…",
  );
  expect(await walk("Open shop", listing("/srv/shop", { directories: ["api"] }))).toBe("Open api");
  expect(await walk("Open api", listing("/srv/shop/api", { directories: [] }))).toBe("Up to /srv/shop");
  expect(await walk("Up to /srv/shop", listing("/srv/shop"))).toBe("Up to /srv");
  expect(await walk("Up to /srv", listing("/", { directories: ["srv"] })), "there is no way up from there").toBe(
    "Open srv",
  );
  const gone = new BackendFailure({ code: "unavailable", message: "It is gone", hint: null, detail: null });
  expect(await walk("Open srv", gone)).toBe("Try again");
});

test("what was used of each machine is kept, the newest first, and not for ever", () => {
  for (const n of [1, 2, 3, 4, 5, 6, 7, 3]) usedThere(" box ", `/srv/${n}`);
  expect(recentThere("box")).toEqual(["/srv/3", "/srv/7", "/srv/6", "/srv/5", "/srv/4", "/srv/2"]);
  for (let n = 0; n < 25; n += 1) usedThere(`host-${n}`, "~/app");
  expect(recentThere("host-24")).toEqual(["~/app"]);
  expect(recentThere("host-1"), "hosts that were not used for long are forgotten").toEqual([]);
});

test("a machine that cannot be reached is said with what to do, and asked again", async () => {
  const value = browser();
  call.mockRejectedValueOnce(
    new BackendFailure({
      code: "unavailable",
      message: "`box` asks for a password",
      hint: "Run `ssh box`",
      detail: null,
    }),
  );
  button("Browse…")?.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(document.querySelector("[role='alert']")?.textContent).toContain("“box” asks for a password");
  call.mockResolvedValueOnce(listing("/home/ada"));
  button("Try again")?.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(value()).toBe("/home/ada");
  expect(document.querySelector("[role='alert']")).toBeNull();
});

test("what is typed while the machine answers stays, and is looked at when it rests", async () => {
  const value = browser();
  let answer: (value: unknown) => void = () => {};
  call.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
  button("Browse…")?.click();
  type("Directory on that machine", "/srv");
  answer(listing("/home/ada"));
  await vi.advanceTimersByTimeAsync(0);
  expect(value()).toBe("/srv");
  call.mockResolvedValueOnce(listing("/srv", { is_cut: true }));
  await vi.advanceTimersByTimeAsync(500);
  expect(call).toHaveBeenLastCalledWith("list_ssh_directory", { host: "box", path: "/srv" });
  expect(text()).toContain("There are more than these");
});
