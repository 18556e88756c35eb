import { expect, test } from "vitest";
import type { OpencodeView, VersionsView } from "../../wire/messages";
import { compareVersions, newerVersion, stepOf } from "./newer";

test("versions compare by number, and a pre-release comes before its release", () => {
  const ordered = ["0.9.9", "1.0.0-beta.1", "1.0.0", "v1.2.0", "1.18.9", "1.18.33", "2.0"];
  expect([...ordered].sort(compareVersions)).toEqual(ordered);
  expect(compareVersions("1.18.33", "v1.18.33")).toBe(0);
});

const found = (version: string): OpencodeView => ({ opencode: "found", path: "/o", version, source: "installed" });
const versions = (more: Partial<VersionsView>): VersionsView => ({
  latest: null,
  looked_at_ms: null,
  look_error: null,
  update: { update: "none" },
  ...more,
});

test("an update is offered only when it is newer and none is on its way", () => {
  expect(newerVersion(found("1.18.33"), versions({ latest: "1.18.40" }))).toBe("1.18.40");
  expect(newerVersion(found("1.18.33"), versions({ latest: "1.18.33" }))).toBeNull();
  expect(newerVersion(found("1.19.0"), versions({ latest: "1.18.40" }))).toBeNull();
  expect(newerVersion(found("1.18.33"), versions({}))).toBeNull();
  expect(newerVersion({ opencode: "looking" }, versions({ latest: "9.0.0" }))).toBeNull();
  const checking = versions({ latest: "9.0.0", update: { update: "checking", version: "9.0.0" } });
  expect(newerVersion(found("1.18.33"), checking)).toBeNull();
  expect(
    newerVersion(
      found("1.18.33"),
      versions({ latest: "1.18.40", update: { update: "rolled_back", version: "1.18.40", reason: "" } }),
    ),
    "after a roll-back it can be tried again",
  ).toBe("1.18.40");
});

test("steps follow each other", () => {
  expect(stepOf({ update: "installing", version: "2", line: "" })).toBe(0);
  expect(stepOf({ update: "rolling_out", version: "2", done: 1, total: 2, instance: null, is_waiting: false })).toBe(2);
  expect(stepOf({ update: "done", version: "2" })).toBe(3);
});
