import { expect, test } from "vitest";
import type { InstanceView, SessionView, StateView } from "../wire/messages";
import { emptyModel } from "./empty";
import { aFleet, anInstance, aRequest, aSession } from "./fixtures";
import { reduce } from "./reduce";
import {
  canStart,
  canStop,
  groups,
  instances,
  instanceWord,
  liveSessions,
  requests,
  rootOf,
  sessionNeed,
  sessionsOf,
  sessionWord,
  usage,
} from "./selectors";

const crashed: StateView = { state: "crashed", cause: "Exit 1", hint: null, last_lines: [] };

function model(fleet: Parameters<typeof aFleet>[0]) {
  return reduce(emptyModel(), [{ type: "snapshot", fleet: aFleet(fleet) }]);
}

test.each<[Partial<InstanceView>, string, boolean, boolean]>([
  [{ state: { state: "stopped" } }, "stopped", true, false],
  [{ state: { state: "starting", step: "", since_ms: 0 } }, "starting", false, true],
  [{ state: { state: "ready", activity: "waiting" } }, "waiting", false, true],
  [{ state: { state: "stopping" } }, "stopping", false, false],
  [{ state: { state: "asleep" } }, "asleep", true, false],
  [{ state: { state: "degraded", reason: "" } }, "degraded", false, true],
  [{ state: { state: "locked" } }, "locked", false, false],
  [{ state: crashed }, "crashed", true, false],
  [{ state: { state: "unknown", reason: "" } }, "unknown", false, false],
  [{ state: { state: "stopped" }, owner: "external" }, "stopped", false, false],
  [{ state: { state: "ready", activity: "idle" }, owner: "external" }, "idle", false, false],
])("%j is %s", (more, word, startable, stoppable) => {
  const instance = anInstance("a", more);
  expect(instanceWord(instance)).toBe(word);
  expect(canStart(instance)).toBe(startable);
  expect(canStop(instance)).toBe(stoppable);
});

test.each<[Partial<SessionView>, string]>([
  [{}, "idle"],
  [{ status: { status: "busy" } }, "busy"],
  [{ status: { status: "busy" }, waiting: 1 }, "waiting"],
  [{ status: { status: "retry", attempt: 1, message: "", next_ms: 0 } }, "retry"],
  [{ failure: "No key" }, "failed"],
  [{ failure: "No key", status: { status: "busy" } }, "busy"],
])("the session %j is %s", (more, word) => {
  expect(sessionWord(aSession("a", "s", more))).toBe(word);
});

test("nothing that does not run stands among the running; a crash comes first among the rest", () => {
  const list = [
    anInstance("stopped", { state: { state: "stopped" } }),
    anInstance("crashed", { state: crashed }),
    anInstance("ready"),
    anInstance("unknown", { state: { state: "unknown", reason: "" } }),
    anInstance("found", { owner: "external" }),
  ];
  expect(groups(list).map((group) => [group.name, group.instances.map((i) => i.id)])).toEqual([
    ["running", ["ready"]],
    ["unknown", ["unknown"]],
    ["resting", ["crashed", "stopped"]],
    ["elsewhere", ["found"]],
  ]);
});

test("sessions are the instance's own, without sub-agents, newest first", () => {
  const m = model({
    instances: [anInstance("a"), anInstance("b")],
    sessions: [
      aSession("a", "old", { updated_ms: 1 }),
      aSession("a", "new", { updated_ms: 2 }),
      aSession("a", "child", { parent: "new", updated_ms: 9 }),
      aSession("b", "other", { updated_ms: 3 }),
    ],
  });
  expect(sessionsOf(m, "a").map((s) => s.id)).toEqual(["new", "old"]);
});

test("a session needs a person when a sub-agent below it asks", () => {
  const m = model({
    instances: [anInstance("a")],
    sessions: [
      aSession("a", "root", { status: { status: "busy" } }),
      aSession("a", "child", { parent: "root" }),
      aSession("a", "grandchild", { parent: "child" }),
      aSession("a", "quiet"),
    ],
    requests: [aRequest("a", "grandchild", "r")],
  });
  const root = m.sessions["a/root"] as SessionView;
  expect(rootOf(m, m.sessions["a/grandchild"] as SessionView).id).toBe("root");
  expect(sessionNeed(m, root)).toBe("waiting");
  expect(liveSessions(m).map((s) => s.id)).toEqual(["root"]);
});

test("a circle of parents ends", () => {
  const m = model({
    instances: [anInstance("a")],
    sessions: [aSession("a", "x", { parent: "y" }), aSession("a", "y", { parent: "x" })],
  });
  expect(rootOf(m, m.sessions["a/x"] as SessionView)).toBeDefined();
});

test("requests come oldest first; usage adds up what is known", () => {
  const m = model({
    instances: [
      anInstance("a", { memory_bytes: 100, cpu_percent: 1.5 }),
      anInstance("b", { memory_bytes: 50 }),
      anInstance("c", { state: { state: "stopped" } }),
      anInstance("d", { state: { state: "degraded", reason: "" } }),
    ],
    requests: [aRequest("a", "s", "late", { asked_at_ms: 2 }), aRequest("a", "s", "early", { asked_at_ms: 1 })],
  });
  expect(requests(m).map((r) => r.id)).toEqual(["early", "late"]);
  expect(usage(m)).toEqual({ running: 3, memoryBytes: 150, cpuPercent: 1.5 });
  expect(instances(m).length).toBe(4);
});
