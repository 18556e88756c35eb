import { expect, test } from "vitest";
import type { DockerPlaceView, MountView } from "../../wire/messages";
import { placeProblems, placeWarnings, remoteDirectoryProblem } from "./checks";
import { newDockerPlace, newSshPlace } from "./places";

const box = (more: Partial<DockerPlaceView>) => ({ in: "docker" as const, ...newDockerPlace(), ...more });
const mount = (path: string, more: Partial<MountView> = {}) => ({ path, target: null, is_writable: false, ...more });

test("a place of nobody's changes has nothing wrong and nothing to warn of", () => {
  for (const place of [{ in: "process" as const }, box({})]) {
    expect(placeProblems(place)).toEqual({});
    expect(placeWarnings(place)).toEqual({});
  }
});

test.each<[keyof ReturnType<typeof placeProblems>, Partial<DockerPlaceView>, string]>([
  ["image", { image: "" }, "Give the name"],
  ["image", { image: "my image" }, "“my image”"],
  ["image", { image: "-v" }, "is no name of an image"],
  ["memory_mib", { memory_mib: 3 }, "at least 6"],
  ["memory_mib", { memory_mib: Number.NaN }, "whole number"],
  ["memory_mib", { memory_mib: 5_000_000_000 }, "whole number"],
  ["cpu_percent", { cpu_percent: 0 }, "such as 2 or 0.5"],
  ["pids", { pids: 0 }, "at least 1"],
  ["network", { network: { network: "named", name: " " } }, "Choose a network"],
  ["user", { user: "ada" }, "Two numbers"],
  ["user", { user: "1000" }, "Two numbers"],
  ["mounts", { mounts: [mount("")] }, "has no path"],
  ["mounts", { mounts: [mount("reference")] }, "begins with / or ~"],
  ["mounts", { mounts: [mount("~/")] }, "“~” is not given"],
  ["mounts", { mounts: [mount("/")] }, "“/” is not given"],
  ["mounts", { mounts: [mount("/etc/")] }, "“/etc” is not given"],
  ["mounts", { mounts: [mount("/proc/self")] }, "is not given"],
  ["mounts", { mounts: [mount("~/.ssh/keys")] }, "holds secrets"],
  ["mounts", { mounts: [mount("/run/user/1000/docker.sock")] }, "anything on this machine"],
  ["mounts", { mounts: [mount("/a", { target: "b" })] }, "inside: it begins with /"],
  ["mounts", { mounts: [mount("/a"), mount("/b", { target: "/a/" })] }, "“/a” is there twice"],
  ["network", { network: { network: "named", name: "host" } }, "as a process of this machine"],
  ["passes_variables", { passes_variables: ["GITHUB_TOKEN", "A=B"] }, "“A=B”"],
  ["passes_variables", { passes_variables: ["GITHUB_TOKEN", "HOME"] }, "has a “HOME” of its own"],
  ["passes_variables", { passes_variables: ["XDG_DATA_HOME"] }, "has a “XDG_DATA_HOME” of its own"],
])("%s of %j is refused", (field, more, text) => {
  const found = placeProblems(box(more));
  expect(Object.keys(found)).toEqual([field]);
  expect(found[field]).toContain(text);
});

test("what a container may be given is taken", () => {
  const well = box({
    image: "ghcr.io/anomalyco/opencode:1.18.30@sha256:0abc",
    memory_mib: 2_048,
    cpu_percent: 150,
    pids: 512,
    network: { network: "named", name: "backend" },
    user: "1000:100",
    mounts: [mount("~/reference"), mount("/srv/data", { target: "/data" }), mount("~/.sshd")],
    passes_variables: ["GITHUB_TOKEN", "_x1", "JAVA_HOME"],
  });
  expect(placeProblems(well)).toEqual({});
  expect(placeWarnings(well)).toEqual({});
});

test("what is less safe, or too little, is said", () => {
  const warnings = placeWarnings(
    box({
      network: { network: "off" },
      user: "0:0",
      memory_mib: 128,
      pids: 8,
      mounts: [mount("/srv/data", { is_writable: true })],
    }),
  );
  expect(Object.keys(warnings).sort()).toEqual(["memory_mib", "mounts", "network", "pids", "user"]);
  expect(warnings.network).toContain("no model provider");
});

test.each(["", "-oProxyCommand=x", "ada @box", "ssh://box"])("the host %j is refused", (host) => {
  expect(Object.keys(placeProblems({ in: "ssh", ...newSshPlace(), host }))).toEqual(["host"]);
});

test("hosts are taken as ssh takes them, directories where they begin at the root or at home", () => {
  for (const host of ["build-box", "ada@build-box", " ada@10.0.0.2 ", "fe80::1%eth0"])
    expect(placeProblems({ in: "ssh", ...newSshPlace(), host })).toEqual({});
  expect(["", "~", "~/p", "/srv", " /a b "].map(remoteDirectoryProblem)).toEqual(Array(5).fill(null));
  for (const path of ["srv", "~ada", "C:\\"]) expect(remoteDirectoryProblem(path)).not.toBeNull();
});
