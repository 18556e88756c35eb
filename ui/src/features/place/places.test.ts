import { expect, test } from "vitest";
import { emptyProfile } from "../../model/empty";
import { anEngine } from "../../model/fixtures";
import { addressIn, engineOf, engineToBeginWith, fitted, isSameEngine, newDockerPlace } from "./places";

const broken = anEngine("broken", { version: null, problem: "It does not answer" });

test("a new container goes to the usual engine, or to the first that works when that does not", () => {
  const engines = (...all: ReturnType<typeof anEngine>[]) => ({ engines: all, hint: null });
  expect(engineToBeginWith(undefined)).toBeNull();
  expect(engineToBeginWith(engines())).toBeNull();
  expect(engineToBeginWith(engines(anEngine("a"), anEngine("b")))).toBeNull();
  expect(engineToBeginWith(engines(broken, anEngine("b")))).toBe("b");
  expect(engineToBeginWith(engines(broken))).toBeNull();
});

test("an engine is known by its name, its address, and as the usual one", () => {
  const view = { engines: [anEngine("a"), anEngine("b")], hint: null };
  expect(engineOf(view, null)?.name).toBe("a");
  expect(engineOf(view, "b")?.name).toBe("b");
  expect(engineOf(view, "unix:///run/b.sock")?.name).toBe("b");
  expect(engineOf(view, "c")).toBeUndefined();
  const nowhere = { engines: [anEngine("gone", { address: "", problem: "Docker has no context `gone`" })], hint: null };
  expect(engineOf(nowhere, ""), "what is yet to be named is none").toBeUndefined();
});

test("an engine is the same by its name and by its address, and none is the usual one", () => {
  const alias = anEngine("alias", { address: "unix:///run/b.sock" });
  const view = { engines: [anEngine("a"), anEngine("b"), alias], hint: null };
  expect(isSameEngine(view, "unix:///run/b.sock", "b")).toBe(true);
  expect(isSameEngine(view, "b", " unix:///run/b.sock ")).toBe(true);
  expect(isSameEngine(view, "b", "alias"), "two names of one").toBe(true);
  expect(isSameEngine(view, null, "a")).toBe(true);
  expect(isSameEngine(view, "a", "b")).toBe(false);
  expect(isSameEngine(view, null, "")).toBe(false);
  expect(isSameEngine(undefined, "c", "c"), "also where none was found").toBe(true);
  expect(isSameEngine(undefined, "c", "d")).toBe(false);
});

test("the address of a page is taken out of what is said", () => {
  expect(addressIn("Install Docker and start it: https://docs.docker.com/engine/install/")).toBe(
    "https://docs.docker.com/engine/install/",
  );
  expect(addressIn("See (https://podman.io), then look again")).toBe("https://podman.io");
  expect(addressIn("Install Docker or Podman")).toBeUndefined();
});

test("a container has no hostname and no binary of this machine; what was typed around values is gone", () => {
  const place = {
    in: "docker" as const,
    ...newDockerPlace(),
    image: " team/opencode ",
    engine: " unix:///run/p.sock ",
    user: " ",
    mounts: [{ path: " ~/a ", target: " ", is_writable: false }],
  };
  const profile = { ...emptyProfile(), hostname: "0.0.0.0", binary: "/opt/opencode", port: 3_200, place };
  expect(fitted(profile)).toMatchObject({
    hostname: null,
    binary: null,
    port: 3_200,
    place: {
      image: "team/opencode",
      engine: "unix:///run/p.sock",
      user: null,
      mounts: [{ path: "~/a", target: null }],
    },
  });
  expect(fitted({ ...profile, place: { in: "ssh", host: " box ", stays: true } })).toMatchObject({
    hostname: null,
    binary: "/opt/opencode",
    place: { host: "box" },
  });
  expect(fitted({ ...profile, place: { in: "process" } })).toMatchObject({ hostname: "0.0.0.0" });
});
