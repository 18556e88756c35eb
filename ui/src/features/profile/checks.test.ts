import { expect, test } from "vitest";
import { emptyProfile } from "../../model/empty";
import type { ProfileView } from "../../wire/messages";
import { isLoopback, needsRestart, profileProblems, profileWarnings } from "./checks";
import { permissionOf, policyOf } from "./permissions";

const profile = (more: Partial<ProfileView>): ProfileView => ({ ...emptyProfile(), ...more });

test("the profile of nobody's changes has nothing wrong and nothing to warn of", () => {
  expect(profileProblems(emptyProfile())).toEqual({});
  expect(profileWarnings(emptyProfile())).toEqual({});
});

test.each<[keyof ReturnType<typeof profileProblems>, Partial<ProfileView>, string]>([
  ["port", { port: 0 }, "1 to 65535"],
  ["port", { port: 70_000 }, "1 to 65535"],
  ["port", { port: Number.NaN }, "1 to 65535"],
  ["hostname", { hostname: "my host" }, "no spaces"],
  ["environment", { environment: [{ name: "", value: "x" }] }, "no name"],
  ["environment", { environment: [{ name: "A=B", value: "x" }] }, "“A=B”"],
  [
    "environment",
    {
      environment: [
        { name: "A", value: "1" },
        { name: "A", value: null },
      ],
    },
    "“A” is set twice",
  ],
  ["config", { config: '{\n  "model": \n}' }, "Line 3, column 1: a value"],
  ["config", { config: "[]" }, "has to be an object"],
  ["permission", { permission: '{"bash": ask}' }, "Line 1, column 10"],
  ["memory_budget_mib", { memory_budget_mib: 0 }, "at least 1"],
  ["sleep", { sleep: { rule: "after", minutes: Number.NaN } }, "At least 1 minute"],
])("%s of %j is refused", (field, more, text) => {
  const found = profileProblems(profile(more));
  expect(Object.keys(found)).toEqual([field]);
  expect(found[field]).toContain(text);
});

test("an address beyond this machine warns, as do arguments that are ours", () => {
  expect(profileWarnings(profile({ hostname: "0.0.0.0" })).hostname).toContain("Other machines");
  expect(profileWarnings(profile({ arguments: ["--port=1"] })).arguments).toContain("--port is set by the portal");
  expect(["127.0.0.1", "127.1.2.3", "localhost", "::1", null, " "].map(isLoopback)).toEqual(Array(6).fill(true));
  expect(["0.0.0.0", "192.168.1.2", "::", "127.evil.example"].map(isLoopback)).toEqual(Array(4).fill(false));
});

test("what concerns the process needs a start, what concerns the list does not", () => {
  const before = emptyProfile();
  expect(needsRestart(before, profile({ is_pinned: true, group: "work", restart: "always" }))).toBe(false);
  expect(needsRestart(before, profile({ hostname: "  " }))).toBe(false);
  expect(needsRestart(before, profile({ port: 3200 }))).toBe(true);
  expect(needsRestart(before, profile({ environment: [{ name: "A", value: "1" }] }))).toBe(true);
});

test("policies are told from their text, and give it", () => {
  expect([null, "", '{"*":"ask"}', '{ "*": "allow" }', '{"*":"deny"}', "{"].map(policyOf)).toEqual([
    "default",
    "default",
    "ask",
    "allow",
    "own",
    "own",
  ]);
  for (const policy of ["default", "ask", "allow"] as const) expect(policyOf(permissionOf(policy, "{}"))).toBe(policy);
  expect(permissionOf("own", '{"*":"ask"}')).toBe('{\n  "*": "ask"\n}');
  expect(JSON.parse(permissionOf("own", null) ?? "")).toMatchObject({ bash: "ask" });
});
