import { expect, test } from "vitest";
import type { PushItem } from "../wire/messages";
import { emptyModel } from "./empty";
import { aFleet, anInstance, aRequest, aSession } from "./fixtures";
import { reduce } from "./reduce";
import type { Model } from "./state";

const start = (...items: PushItem[]): Model =>
  reduce(emptyModel(), [
    {
      type: "snapshot",
      fleet: aFleet({
        instances: [anInstance("a"), anInstance("b")],
        sessions: [aSession("a", "s1"), aSession("b", "s1")],
        requests: [aRequest("a", "s1", "r1"), aRequest("b", "s1", "r1")],
      }),
    },
    ...items,
  ]);

test("a snapshot replaces everything and keeps two instances' equal ids apart", () => {
  const model = start();
  expect(model.loaded).toBe(true);
  expect(model.instanceOrder).toEqual(["a", "b"]);
  expect(Object.keys(model.sessions)).toEqual(["a/s1", "b/s1"]);
  expect(Object.keys(model.requests)).toEqual(["a/r1", "b/r1"]);
  const again = reduce(model, [{ type: "snapshot", fleet: aFleet({ instances: [anInstance("c")] }) }]);
  expect(again.instanceOrder).toEqual(["c"]);
  expect(again.sessions).toEqual({});
  expect(again.requests).toEqual({});
});

test("an instance keeps its place when it changes, and a new one comes last", () => {
  const model = start(
    { type: "instance", instance: anInstance("a", { name: "renamed" }) },
    { type: "instance", instance: anInstance("c") },
  );
  expect(model.instanceOrder).toEqual(["a", "b", "c"]);
  expect(model.instances.a?.name).toBe("renamed");
});

test("an instance takes its sessions and requests along", () => {
  const model = start({ type: "instance_gone", id: "a" });
  expect(model.instanceOrder).toEqual(["b"]);
  expect(Object.keys(model.sessions)).toEqual(["b/s1"]);
  expect(Object.keys(model.requests)).toEqual(["b/r1"]);
});

test("a session takes its requests along, and only its own", () => {
  const model = start({ type: "session_gone", instance: "a", id: "s1" });
  expect(Object.keys(model.sessions)).toEqual(["b/s1"]);
  expect(Object.keys(model.requests)).toEqual(["b/r1"]);
});

test("a request that is gone is gone of that instance only; what is not known goes without harm", () => {
  const model = start(
    { type: "request_gone", instance: "a", id: "r1" },
    { type: "request_gone", instance: "x", id: "r9" },
    { type: "session_gone", instance: "x", id: "s9" },
    { type: "instance_gone", id: "x" },
    { type: "notice_gone", id: "n9" },
  );
  expect(Object.keys(model.requests)).toEqual(["b/r1"]);
});

test("what does not change is shared, and the model before is left alone", () => {
  const before = start();
  const copy = structuredClone(before);
  const after = reduce(before, [{ type: "session", session: aSession("a", "s1", { title: "New" }) }]);
  expect(after.instances).toBe(before.instances);
  expect(after.sessions["b/s1"]).toBe(before.sessions["b/s1"]);
  expect(before).toEqual(copy);
});

test("settings, opencode and notices are replaced", () => {
  const { settings } = emptyModel();
  const model = start(
    { type: "settings", settings: { ...settings, theme: "dark" } },
    { type: "opencode", opencode: { opencode: "installing", line: "…" } },
    { type: "notice", notice: { id: "n", level: "error", message: "Full", hint: null } },
    { type: "navigate", place: "inbox" },
  );
  expect(model.settings.theme).toBe("dark");
  expect(model.opencode).toEqual({ opencode: "installing", line: "…" });
  expect(model.notices.n?.message).toBe("Full");
});

test("what ssh asks is what the last push says, also after a snapshot", () => {
  const prompt = { id: "p", host: "build", kind: "secret", words: "Password:", is_again: false } as const;
  const asked = start({ type: "prompts", prompts: [prompt] });
  expect(asked.prompts).toEqual([prompt]);
  expect(reduce(asked, [{ type: "prompts", prompts: [] }]).prompts).toEqual([]);
  expect(reduce(asked, [{ type: "snapshot", fleet: aFleet() }]).prompts).toEqual([]);
  expect(reduce(asked, [{ type: "snapshot", fleet: aFleet({ prompts: [prompt] }) }]).prompts).toEqual([prompt]);
});
