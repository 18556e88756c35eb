import { expect, test } from "vitest";
import type { InstanceView, StateView } from "../wire/messages";
import { emptyModel, emptyProfile } from "./empty";
import { aFleet, anInstance } from "./fixtures";
import { reduce } from "./reduce";
import { groups, ownGroups, sharers } from "./selectors";
import { isBefore, isUnsafe, refusalsOf, type Verb, verbsOf } from "./verbs";

const window = { opens_programs: true };
const container = { id: "c0ffee", name: "box", engine: "default", image: "opencode", volume: null };

const stopped: StateView = { state: "stopped" };
const ready: StateView = { state: "ready", activity: "idle" };
const crashed: StateView = { state: "crashed", cause: "x", hint: null, last_lines: [] };
const found = (more: Partial<InstanceView>) =>
  anInstance("found", { owner: "external", sources: ["process"], ...more });

test.each<[string, InstanceView, Verb[]]>([
  [
    "ours, ready",
    anInstance("i", { state: ready }),
    ["newSession", "restart", "stop", "sleep", "another", "pin", "group", "rename"],
  ],
  [
    "ours, busy: not put to sleep",
    anInstance("i", { state: { state: "ready", activity: "busy" } }),
    ["newSession", "restart", "stop", "another", "pin", "group", "rename"],
  ],
  ["ours, stopped", anInstance("i", { state: stopped }), ["start", "another", "pin", "group", "rename", "remove"]],
  [
    "ours, asleep: woken, not started",
    anInstance("i", { state: { state: "asleep" } }),
    ["wake", "another", "pin", "group", "rename", "remove"],
  ],
  [
    "ours, to be restarted",
    anInstance("i", { state: crashed, restart: { at_ms: 0, attempt: 1, attempts: 5 } }),
    ["start", "cancelRestart", "another", "pin", "group", "rename", "remove"],
  ],
  ["found", found({ state: ready }), ["newSession", "stopExternal", "pin", "group"]],
  ["found, locked", found({ state: { state: "locked" } }), ["unlock", "stopExternal", "pin", "group"]],
  [
    "an address that was added",
    found({ kind: "remote", pid: null, sources: ["added"], state: { state: "unknown", reason: "x" } }),
    ["pin", "group", "rename", "changeAddress", "forget"],
  ],
  [
    "an entry of a container whose engine is not known",
    found({ kind: "docker", pid: null, state: stopped }),
    ["pin", "group"],
  ],
  [
    "somebody's container that does not run: the entry is theirs",
    found({ kind: "docker", pid: null, state: stopped, container }),
    ["start", "pin", "group"],
  ],
  [
    "somebody's container that runs",
    found({ kind: "docker", pid: null, state: ready, container }),
    ["newSession", "restart", "stop", "shell", "pin", "group"],
  ],
  [
    "a container of ours",
    anInstance("i", { kind: "docker", state: ready, container }),
    ["newSession", "restart", "stop", "sleep", "shell", "another", "pin", "group", "rename"],
  ],
  [
    "a container of ours that does not run: there is nothing to open a shell in",
    anInstance("i", { kind: "docker", state: stopped, container }),
    ["start", "imageAgain", "another", "pin", "group", "rename", "remove"],
  ],
  [
    "a container of ours whose engine is gone",
    anInstance("i", { kind: "docker", state: { state: "unknown", reason: "x" }, container }),
    ["another", "pin", "group", "rename", "remove"],
  ],
  [
    "on another machine, stopped: the machine has a shell, its directories are chosen there",
    anInstance("i", { kind: "ssh", ssh_host: "box", state: stopped }),
    ["start", "shell", "pin", "group", "rename", "remove"],
  ],
  [
    "a terminal UI without a port",
    found({ port: null, state: { state: "unreachable", reason: "x", certificate: null } }),
    ["stopExternal", "pin", "group"],
  ],
])("%s", (_, instance, verbs) => {
  expect(verbsOf(instance, window)).toEqual(verbs);
});

test("nothing of ours is ended as somebody else's, and nothing of others as ours", () => {
  const states: StateView[] = [stopped, ready, crashed, { state: "locked" }, { state: "degraded", reason: "x" }];
  for (const state of states) {
    expect(verbsOf(anInstance("i", { state }), window)).not.toContain("stopExternal");
    for (const verb of ["stop", "restart", "start", "sleep"] as const)
      expect(verbsOf(found({ state }), window)).not.toContain(verb);
  }
});

test("a shell that cannot be opened here or now is said, with what to do", () => {
  const browser = { opens_programs: false };
  const box = anInstance("i", { kind: "docker", state: ready, container });
  expect(verbsOf(box, window)).toContain("shell");
  expect(verbsOf(box, browser)).not.toContain("shell");
  expect(refusalsOf(box, browser)).toEqual([{ verb: "shell", why: "cannot.shell.browser" }]);
  const there = anInstance("i", { kind: "ssh", ssh_host: "box", state: stopped });
  expect(refusalsOf(there, browser).map(({ verb }) => verb)).toEqual(["shell", "another"]);
  for (const host of [window, browser])
    expect(refusalsOf({ ...box, state: stopped }, host)).toEqual([{ verb: "shell", why: "cannot.shell.rests" }]);
  expect(refusalsOf(anInstance("i", { state: ready }), browser), "a process has a terminal of its own").toEqual([]);
});

test("what a kind cannot do is said, with why", () => {
  const address = (state: StateView) => found({ kind: "remote", pid: null, sources: ["added"], state });
  const said = (view: InstanceView) => refusalsOf(view, window);
  expect(said(address(ready))).toEqual([{ verb: "stop", why: "cannot.remote" }]);
  expect(said(address({ state: "unknown", reason: "x" }))).toEqual([{ verb: "start", why: "cannot.remote" }]);
  expect(said(found({ kind: "docker", state: ready, container }))).toEqual([
    { verb: "remove", why: "cannot.container.remove" },
  ]);
  expect(said(anInstance("i", { kind: "ssh" }))).toEqual([{ verb: "another", why: "cannot.ssh.another" }]);
  expect(said(anInstance("i", { state: ready }))).toEqual([]);
  expect(said(anInstance("i", { kind: "docker", state: ready, container }))).toEqual([]);
});

test("what can be done and what is refused never name the same", () => {
  const states: StateView[] = [stopped, ready, crashed, { state: "locked" }, { state: "unknown", reason: "x" }];
  for (const state of states)
    for (const kind of ["process", "docker", "remote"] as const) {
      const view = found({ kind, state, container: kind === "docker" ? container : null });
      for (const host of [window, { opens_programs: false }])
        for (const { verb } of refusalsOf(view, host))
          expect(verbsOf(view, host), `${kind} ${verb}`).not.toContain(verb);
    }
});

test("versions are compared by their numbers", () => {
  expect(isBefore("1.0.215", "1.0.216")).toBe(true);
  expect(isBefore("1.0.99", "1.0.216")).toBe(true);
  expect(isBefore("v0.15.31", "1.0.216")).toBe(true);
  expect(isBefore("1.0.216", "1.0.216")).toBe(false);
  expect(isBefore("1.18.33", "1.0.216")).toBe(false);
  expect(isBefore("2.0.0-beta.1", "1.0.216")).toBe(false);
  expect(isBefore("local", "1.0.216")).toBe(false);
  expect(isUnsafe(anInstance("i", { version: "1.0.100", state: ready }))).toBe(true);
  expect(isUnsafe(anInstance("i", { version: "1.0.100", state: stopped }))).toBe(false);
});

test("groups: pinned, the person's own by name, then by what it does", () => {
  const inGroup = (group: string) => ({ ...emptyProfile(), group });
  const list = [
    anInstance("a", { state: stopped }),
    anInstance("b", { state: ready }),
    anInstance("c", { profile: inGroup("work") }),
    anInstance("d", { profile: inGroup("art"), owner: "external" }),
    anInstance("e", { profile: { ...inGroup("work"), is_pinned: true } }),
    anInstance("f", { owner: "external" }),
    anInstance("g", { state: crashed }),
  ];
  expect(
    groups(list).map((group) => `${group.title ?? group.name}: ${group.instances.map((one) => one.id).join(" ")}`),
  ).toEqual(["pinned: e", "art: d", "work: c", "running: b", "resting: g a", "elsewhere: f"]);
  const model = reduce(emptyModel(), [{ type: "snapshot", fleet: aFleet({ instances: list }) }]);
  expect(ownGroups(model)).toEqual(["art", "work"]);
});

test("instances of one directory share it; an address elsewhere does not", () => {
  const one = anInstance("a", { directory: "/p" });
  const model = reduce(emptyModel(), [
    {
      type: "snapshot",
      fleet: aFleet({
        instances: [
          one,
          anInstance("b", { directory: "/p" }),
          anInstance("c", { directory: "/p", kind: "remote" }),
          anInstance("d", { directory: "/q" }),
        ],
      }),
    },
  ]);
  expect(sharers(model, one).map((other) => other.id)).toEqual(["b"]);
});
