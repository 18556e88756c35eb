import { Show } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openInstanceTab } from "../../actions/instance-tab";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { emptyProfile } from "../../model/empty";
import { aFleet, anInstance } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import type { InstanceView, PlaceView, ProfileView } from "../../wire/messages";
import { newDockerPlace } from "../place/places";
import { factsOf } from "./facts";
import { InstancePage } from "./InstancePage";
import { markOfWord } from "./instance.commands";
import { SummaryTab } from "./SummaryTab";

let end = () => {};
let history = [{ at_ms: Date.now(), state: "ready", reason: "It answered" }];
const call = vi.fn(async (name: string, _request: unknown): Promise<unknown> => {
  if (name === "docker_engines") return { engines: [], hint: null };
  return name === "instance_history" ? { entries: history } : {};
});

beforeEach(() => {
  useBackend({ call } as unknown as Backend);
  localStorage.clear();
});

afterEach(() => {
  end();
  resetModel();
  call.mockClear();
  document.body.replaceChildren();
});

async function show(tab: "summary" | "profile" | "sessions" | "logs", more: Partial<InstanceView> = {}) {
  apply({ seq: 1, items: [{ type: "snapshot", fleet: aFleet({ instances: [anInstance("shop", more)] }) }] });
  openInstanceTab("shop", tab);
  const { model } = await import("../../model/store");
  const root = document.createElement("div");
  document.body.append(root);
  end = render(
    () => <Show when={model.instances.shop}>{(instance) => <InstancePage instance={instance()} />}</Show>,
    root,
  );
}

const push = (more: Partial<InstanceView>) =>
  apply({ seq: 2, items: [{ type: "instance", instance: anInstance("shop", more) }] });
const sent = (name: string) => call.mock.calls.filter(([which]) => which === name).map(([, request]) => request);
const button = (name: string) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find(
    (one) => one.getAttribute("aria-label") === name || one.textContent?.trim() === name,
  );
const labelled = (name: string) => {
  const label = [...document.querySelectorAll("label")].find((one) => one.textContent?.trim() === name);
  return (label?.control ?? document.getElementById(label?.htmlFor ?? "")) as HTMLInputElement;
};

test("the history is read again when the state changes", async () => {
  await show("summary");
  await vi.waitFor(() => expect(document.body.textContent).toContain("It answered"));
  history = [{ at_ms: Date.now(), state: "crashed", reason: "It was ended by signal 9" }, ...history];
  push({ state: { state: "crashed", cause: "", hint: null, last_lines: [] } });
  await vi.waitFor(() => expect(document.body.textContent).toContain("It was ended by signal 9"));
  expect(sent("instance_history").length).toBe(2);
});

test("every word of the core's history has a mark, and an unknown one is no fault", () => {
  for (const word of ["stopped", "starting", "ready", "busy", "waiting", "stopping", "asleep", "degraded"])
    expect(markOfWord(word), word).toBeDefined();
  for (const word of ["locked", "unreachable", "crashed", "unknown"]) expect(markOfWord(word), word).toBeDefined();
  expect(markOfWord("frozen")).toBeUndefined();
});

test("facts are in words, and an open server is a warning", () => {
  const facts = factsOf(
    anInstance("found", {
      owner: "external",
      sources: ["process", "registry"],
      role: "tui",
      command: "opencode --port 4096",
      host: "::1",
      port: 4096,
      way: { url: "https://[::1]:4096/opencode", is_overheard: false, trust: { trust: "system" } },
      is_secured: false,
    }),
    0,
  ).flatMap((group) => group.facts);
  const value = (label: string) => facts.find((fact) => fact.label === label)?.value;
  expect(value("Address")).toBe("https://[::1]:4096/opencode");
  expect(value("Certificate")).toBe("As this system trusts");
  expect(value("Started by")).toBe("another program");
  expect(value("Known by")).toBe("its process, the registry file");
  expect(value("Command")).toBe("opencode --port 4096");
  expect(facts.find((fact) => fact.label === "Password")?.isWarning).toBe(true);
});

test("a container has its facts; its id is short to read and whole to copy", () => {
  const container = { id: "9f3c1d7a2b4e8056c1f2", name: "opencode-shop", engine: "colima", image: "o:1", volume: "v" };
  const groups = factsOf(anInstance("shop", { kind: "docker", container }), 0);
  const facts = groups.find((group) => group.title === "Container")?.facts ?? [];
  expect(facts.map((fact) => fact.value)).toEqual(["opencode-shop", "9f3c1d7a2b4e", "o:1", "colima", "v"]);
  expect(facts[1]?.copied).toBe(container.id);
  expect(factsOf(anInstance("shop"), 0).some((group) => group.title === "Container")).toBe(false);
});

test("a container's profile is changed in place: the kind and the engine stay, and it counts from the next start", async () => {
  const place: PlaceView = { in: "docker", ...newDockerPlace(), engine: "colima" };
  const container = { id: "9f3c1d7a2b4e8056c1f2", name: "opencode-shop", engine: "colima", image: "o:1", volume: "v" };
  await show("profile", { kind: "docker", container, started_at_ms: 1_000, profile: { ...emptyProfile(), place } });
  expect(document.body.textContent).toContain("the container is then made anew");
  expect(button("Engine")).toBeUndefined();
  expect(labelled("Listens at"), "it listens where it is published").toBeFalsy();
  const memory = labelled("Memory (MiB)");
  memory.value = "2048";
  memory.dispatchEvent(new InputEvent("input", { bubbles: true }));
  expect(document.querySelector("[role='status']:has(+ div)")?.textContent, "what is lost is said").toContain(
    "what was installed elsewhere in it is lost",
  );
  button("Save")?.click();
  await vi.waitFor(() => expect(sent("set_profile").length).toBe(1));
  expect(sent("set_profile")[0]).toMatchObject({ profile: { place: { ...place, memory_mib: 2_048 } } });
});

test("a machine stays the machine; whether its server outlives the app needs no restart", async () => {
  const place: PlaceView = { in: "ssh", host: "box", stays: true };
  await show("profile", { kind: "ssh", ssh_host: "box", profile: { ...emptyProfile(), place } });
  expect(labelled("Host").readOnly).toBe(true);
  labelled("It goes on when the app quits").click();
  expect(document.body.textContent).toContain("Not saved yet");
  expect(document.body.textContent).not.toContain("It counts from the next start on");
  button("Discard")?.click();
  expect(labelled("It goes on when the app quits").checked).toBe(true);
});

test("the open page is watched, so that what is looked at does not fall asleep", async () => {
  await show("sessions");
  await vi.waitFor(() => expect(sent("watch").at(-1)).toMatchObject({ instances: ["shop"] }));
  end();
  await vi.waitFor(() => expect(sent("watch").at(-1)).toMatchObject({ instances: [] }));
});

test("a profile is changed as a draft, saved as a whole, and applied by a restart", async () => {
  await show("profile", { started_at_ms: 1_000 });
  expect(button("Save")).toBeUndefined();
  const port = labelled("Port");
  port.value = "4567";
  port.dispatchEvent(new InputEvent("input", { bubbles: true }));
  expect(document.body.textContent).toContain("It counts from the next start on");
  button("Save")?.click();
  await vi.waitFor(() => expect(sent("set_profile").length).toBe(1));
  const { profile } = sent("set_profile")[0] as { profile: ProfileView };
  expect(profile.port).toBe(4567);
  push({ started_at_ms: 1_000, profile });
  await vi.waitFor(() => expect(button("Restart to apply")).toBeDefined());
  button("Restart to apply")?.click();
  await vi.waitFor(() => expect(sent("restart_instance")).toEqual([{ instance: "shop" }]));
  push({ started_at_ms: 2_000, profile: { ...profile, port: 4568 } });
  expect(labelled("Port").value, "what is saved elsewhere shows here").toBe("4568");
  await vi.waitFor(() => expect(button("Restart to apply")).toBeUndefined());
});

test("a draft is discarded, and what is wrong cannot be saved", async () => {
  await show("profile");
  const port = labelled("Port");
  port.value = "99999999";
  port.dispatchEvent(new InputEvent("input", { bubbles: true }));
  expect(button("Save")?.disabled).toBe(true);
  button("Discard")?.click();
  await vi.waitFor(() => expect(labelled("Port").value).toBe(""));
  expect(button("Save")).toBeUndefined();
  expect(sent("set_profile")).toEqual([]);
});

test("a field that was touched and put back leaves no draft, and a save undoes nothing that was changed elsewhere", async () => {
  const profile = { ...emptyProfile(), is_pinned: true };
  await show("profile");
  const type = (label: string, text: string) => {
    labelled(label).value = text;
    labelled(label).dispatchEvent(new InputEvent("input", { bubbles: true }));
  };
  type("Group", "work");
  expect(button("Save")).toBeDefined();
  type("Group", "");
  expect(button("Save")).toBeUndefined();
  push({ profile });
  expect(labelled("Keep at the top of the list").checked).toBe(true);
  expect(button("Save")).toBeUndefined();
  type("Group", "work");
  push({ profile: { ...profile, port: 4567 } });
  expect(labelled("Port").value).toBe("4567");
  button("Save")?.click();
  await vi.waitFor(() => expect(sent("set_profile").length).toBe(1));
  expect(sent("set_profile")[0]).toMatchObject({ profile: { is_pinned: true, port: 4567, group: "work" } });
  // The same, saved elsewhere before the answer came and changed there again.
  type("Listens at", "::1");
  push({ profile: { ...profile, hostname: "::1" } });
  push({ profile: { ...profile, hostname: "127.0.0.1" } });
  expect(labelled("Listens at").value).toBe("127.0.0.1");
});

test("an instance asleep offers to wake it, an idle one to sleep; of another program's there is no profile", async () => {
  await show("sessions");
  button("Sleep")?.click();
  await vi.waitFor(() => expect(sent("sleep_instance")).toEqual([{ instance: "shop" }]));
  push({ state: { state: "asleep" } });
  await vi.waitFor(() => expect(button("Wake")).toBeDefined());
  expect(button("Start")).toBeUndefined();
  button("Wake")?.click();
  await vi.waitFor(() => expect(sent("wake_instance")).toEqual([{ instance: "shop" }]));
  push({ owner: "external" });
  const tabs = () => [...document.querySelectorAll("[role='tab']")].map((tab) => tab.textContent);
  await vi.waitFor(() => expect(tabs()).toEqual(["Sessions", "Summary", "Logs", "Resources"]));
});

test("of the output of another program's server it says that it is not here, and offers nothing for it", async () => {
  await show("logs", { owner: "external" });
  expect(document.body.textContent).toContain("Its output is not here");
  expect(button("Follow")).toBeUndefined();
  expect(document.querySelector("[role='tabpanel'] input")).toBeNull();
  expect(sent("read_log")).toEqual([]);
});

test("paths of a container are opened here only where they are of this machine", () => {
  const container = { id: "c0ffee", name: "web", engine: "default", image: "team/web", volume: null };
  for (const [owner, opens] of [
    ["portal", true],
    ["external", false],
  ] as const) {
    const inside = anInstance("shop", { kind: "docker", container, directory: "/app", owner });
    const host = { ...aFleet().host, opens_programs: true };
    apply({ seq: 1, items: [{ type: "snapshot", fleet: aFleet({ host, instances: [inside] }) }] });
    const root = document.createElement("div");
    document.body.append(root);
    end = render(() => <SummaryTab instance={inside} />, root);
    expect(root.textContent).toContain("/app");
    expect(button("Show in files: Directory") !== undefined, owner).toBe(opens);
    end();
    document.body.replaceChildren();
  }
});
