import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeDialog, dialog, dialogSubject } from "../../app/dialogs";
import { go, place } from "../../app/place";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { emptyProfile } from "../../model/empty";
import { aFleet, anInstance, aRequest, aSession } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import { Fleet } from "./Fleet";

let end = () => {};
const call = vi.fn((_name: string, _request: unknown) => Promise.resolve({}));

beforeEach(() => {
  useBackend({ call, forward: vi.fn(), subscribe: () => () => {}, onDrop: () => () => {} } as unknown as Backend);
  localStorage.clear();
  go({ kind: "overview" });
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <Fleet />, root);
});

afterEach(() => {
  end();
  closeDialog();
  resetModel();
  call.mockClear();
  document.body.replaceChildren();
});

function show(...names: string[]) {
  apply({
    seq: 1,
    items: [
      {
        type: "snapshot",
        fleet: aFleet({
          instances: names.map((name) => anInstance(name)),
          sessions: [aSession("shop", "s1", { title: "Count the stock" })],
          requests: [aRequest("shop", "s1", "r1")],
        }),
      },
    ],
  });
}

const items = () => [...document.querySelectorAll<HTMLElement>("[role='treeitem']")];
const item = (name: string) => {
  const found = items().find((one) => one.getAttribute("aria-label")?.startsWith(name));
  if (!found) throw new Error(`There is no row ${name}`);
  return found;
};
const press = (target: HTMLElement, key: string) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

test("there is one tab stop, and rows name their state", () => {
  show("shop", "site");
  expect(items().map((one) => one.getAttribute("aria-label"))).toEqual(["Running", "shop, Idle", "site, Idle"]);
  expect(items().filter((one) => one.tabIndex === 0).length).toBe(1);
});

test("keys unfold, open and search", () => {
  show("shop", "site");
  press(item("shop"), "ArrowRight");
  expect(item("shop").getAttribute("aria-expanded")).toBe("true");
  press(item("Count the stock, Waiting for you"), "Enter");
  expect(place()).toEqual({ kind: "session", instance: "shop", session: "s1" });
  press(item("site"), "s");
  const search = document.querySelector<HTMLInputElement>("[data-fleet-search]");
  expect(search?.value).toBe("s");
  expect(document.activeElement).toBe(search);
});

test("a key is for the row that the key before it went to, however fast they come", () => {
  show("shop", "site", "store");
  const key = (name: string) => press(document.activeElement as HTMLElement, name);
  document.querySelector<HTMLInputElement>("[data-fleet-search]")?.focus();
  for (const name of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"]) key(name);
  expect(place()).toEqual({ kind: "instance", id: "site" });
});

test("a row keeps its element when its instance changes", () => {
  show("shop");
  const before = item("shop");
  apply({ seq: 2, items: [{ type: "instance", instance: anInstance("shop", { doing: "Reading", waiting: 2 }) }] });
  expect(item("shop")).toBe(before);
  expect(before.textContent).toContain("Reading");
});

test("stop is offered for what runs, start for what rests; neither for what is not ours", () => {
  show("shop");
  item("shop").querySelector<HTMLElement>("[aria-label='Stop shop']")?.click();
  expect(call).toHaveBeenCalledWith("stop_instance", { instance: "shop" });
  expect(place(), "the row's button does not open the row").toEqual({ kind: "overview" });
  apply({
    seq: 2,
    items: [{ type: "instance", instance: anInstance("shop", { state: { state: "stopped" } }) }],
  });
  item("shop").querySelector<HTMLElement>("[aria-label='Start shop']")?.click();
  expect(call, "this one, whoever else serves its directory").toHaveBeenCalledWith("restart_instance", {
    instance: "shop",
  });
  apply({ seq: 3, items: [{ type: "instance", instance: anInstance("shop", { owner: "external" }) }] });
  expect(item("shop").querySelector("[aria-label='Stop shop']")).toBeNull();
});

test("a row has few buttons: they leave its middle to opening it, and what comes and goes is at their left", () => {
  show("shop");
  const offered = () =>
    [...item("shop").querySelectorAll("button")].slice(1).map((button) => button.getAttribute("aria-label"));
  expect(offered()).toEqual(["Put shop to sleep", "Restart shop", "Stop shop", "Actions for shop"]);
  apply({
    seq: 2,
    items: [{ type: "instance", instance: anInstance("shop", { state: { state: "ready", activity: "busy" } }) }],
  });
  expect(offered()).toEqual(["Restart shop", "Stop shop", "Actions for shop"]);
  apply({ seq: 3, items: [{ type: "instance", instance: anInstance("shop", { state: { state: "stopped" } }) }] });
  expect(offered()).toEqual(["Start shop", "Actions for shop"]);
});

test("stopping asks first while its sessions work", () => {
  show("shop");
  const busy = anInstance("shop", { state: { state: "ready", activity: "busy" } });
  apply({ seq: 2, items: [{ type: "instance", instance: busy }] });
  item("shop").querySelector<HTMLElement>("[aria-label='Stop shop']")?.click();
  expect(call).not.toHaveBeenCalled();
  expect([dialog(), dialogSubject()]).toEqual(["stop", "shop"]);
});

test("marks say what is worth a look", () => {
  show("shop");
  apply({
    seq: 2,
    items: [
      {
        type: "instance",
        instance: anInstance("shop", {
          is_secured: false,
          is_over_budget: true,
          version: "1.0.99",
          restart: { at_ms: Date.now() + 3_500, attempt: 1, attempts: 5 },
        }),
      },
      { type: "instance", instance: anInstance("shop 2", { directory: "/p/shop" }) },
    ],
  });
  const row = item("shop");
  for (const text of [
    "Answers without a password",
    "Over its memory budget",
    "opencode 1.0.99 is not safe",
    "One of 2 instances of this directory",
  ])
    expect(row.querySelector(`[aria-label='${text}']`), text).not.toBeNull();
  expect(row.textContent).toContain("Restarts in 4 s");
});

test("a group folds by click and by keys, and nothing shows for a group of nothing", () => {
  show("shop");
  expect(items().map((one) => one.getAttribute("aria-label"))).toEqual(["Running", "shop, Idle"]);
  item("Running").click();
  expect(items().length).toBe(1);
  expect(item("Running").getAttribute("aria-expanded")).toBe("false");
  press(item("Running"), "ArrowRight");
  expect(items().length).toBe(2);
  press(item("shop"), "ArrowLeft");
  press(item("Running"), "ArrowLeft");
  expect(items().length).toBe(1);
});

async function openMenu(of: HTMLElement): Promise<HTMLElement[]> {
  of.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
  await vi.waitFor(() => expect(document.querySelector("[role='menuitem']")).not.toBeNull());
  return [...document.querySelectorAll<HTMLElement>("[role='menuitem']")];
}

test("the menu of a row has what can be done with it", async () => {
  show("shop");
  const texts = (await openMenu(item("shop"))).map((one) => one.textContent?.trim());
  expect(texts).toEqual([
    "New session",
    "Restart",
    "Stop",
    "Put to sleep",
    "Start one more here…",
    "Pin",
    "Group…",
    "Rename…",
  ]);
});

test("the menu of an own group starts all of it", async () => {
  show("shop");
  const profile = { ...emptyProfile(), group: "Clients" };
  const resting = anInstance("shop", { profile, state: { state: "stopped" } });
  apply({ seq: 2, items: [{ type: "instance", instance: resting }] });
  const menu = await openMenu(item("Clients"));
  expect(menu.map((one) => [one.textContent?.trim(), one.getAttribute("aria-disabled") === "true"])).toEqual([
    ["Start all", false],
    ["Stop all…", true],
    ["Restart all that crashed", true],
  ]);
});

test("there is no menu where there is nothing to do", () => {
  show("shop");
  const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
  item("Running").dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
  expect(document.querySelector("[role='menu']")).toBeNull();
});

const box = { id: "c0ffee", name: "web-1", engine: "default", image: "opencode", volume: null };

test("a row says what it runs in when that is not usual, and where", () => {
  show("shop");
  apply({
    seq: 2,
    items: [
      { type: "instance", instance: anInstance("box", { kind: "docker", container: box }) },
      { type: "instance", instance: anInstance("far", { kind: "ssh", ssh_host: "ada@gpu", directory: "/srv/app" }) },
    ],
  });
  expect(item("shop").getAttribute("aria-label")).toBe("shop, Idle");
  expect(item("box").getAttribute("aria-label")).toBe("box, Idle, Container");
  expect(item("far").getAttribute("aria-label")).toBe("far, Idle, On ada@gpu, over SSH");
  expect(item("far").textContent).toContain("ada@gpu:/srv/app");
});

test("a container of others is stopped after a question, and why it is not removed is said", async () => {
  apply({
    seq: 1,
    items: [
      {
        type: "snapshot",
        fleet: aFleet({ instances: [anInstance("web", { owner: "external", kind: "docker", container: box })] }),
      },
    ],
  });
  item("web").querySelector<HTMLElement>("[aria-label='Stop web']")?.click();
  expect(call).not.toHaveBeenCalled();
  expect([dialog(), dialogSubject()]).toEqual(["stop", "web"]);
  closeDialog();
  const menu = await openMenu(item("web"));
  const entries = menu.map((one) => [one.textContent?.trim(), one.getAttribute("aria-disabled") === "true"]);
  expect(entries).toContainEqual(["Stop…", false]);
  expect(entries.at(-1)).toEqual([
    "Remove from the list…Another program made this container. Remove it with that.",
    true,
  ]);
});

test("150 instances make a virtual list", () => {
  show(...Array.from({ length: 150 }, (_, i) => `i${i}`));
  expect(items().length).toBeLessThan(150);
});
