import { expect, test } from "vitest";
import type { InstanceView } from "../wire/messages";
import { anInstance } from "./fixtures";
import { isContainerOfOthers, isHere, kindMark, shortId, whereOf } from "./kinds";

const container = { id: "9f3c1d7a2b4e8056", name: "box", engine: "default", image: "opencode", volume: null };
const at = (url: string) => ({ way: { url, is_overheard: false, trust: null } });

test.each<[string, Partial<InstanceView>, string]>([
  ["a process", { directory: "/home/ada/shop" }, "~/shop"],
  ["a container", { kind: "docker", directory: "/home/ada/shop", container }, "~/shop"],
  ["another machine", { kind: "ssh", ssh_host: "ada@gpu", directory: "/home/ada/shop" }, "ada@gpu:/home/ada/shop"],
  ["an address", { kind: "remote", ...at("http://box:4096") }, "box:4096"],
  ["an address below a path", { kind: "remote", ...at("https://example.org/opencode/") }, "example.org/opencode"],
  ["an address not yet known", { kind: "remote", host: "box" }, "box"],
])("where %s is", (_, more, where) => {
  expect(whereOf(anInstance("i", more), "/home/ada")).toBe(where);
});

test("each kind has an icon and words of its own", () => {
  const marks = (["process", "docker", "ssh", "remote"] as const).map((kind) =>
    kindMark(anInstance("i", { kind, ssh_host: kind === "ssh" ? "gpu" : null })),
  );
  expect(new Set(marks.map((mark) => mark.icon)).size).toBe(4);
  expect(marks.map((mark) => mark.word)).toEqual(["This machine", "Container", "On gpu, over SSH", "At an address"]);
});

test("whose a container is, and whether its directory is here", () => {
  const theirs = anInstance("i", { owner: "external", kind: "docker", container });
  expect(isContainerOfOthers(theirs)).toBe(true);
  expect(isContainerOfOthers({ ...theirs, owner: "portal" })).toBe(false);
  expect(isContainerOfOthers({ ...theirs, container: null })).toBe(false);
  expect([isHere(theirs), isHere(anInstance("i", { kind: "ssh" }))]).toEqual([true, false]);
  expect(shortId(theirs)).toBe("9f3c1d7a2b4e");
});
