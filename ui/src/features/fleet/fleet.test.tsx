import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { go, place } from "../../app/place";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
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
  expect(items().map((one) => one.getAttribute("aria-label"))).toEqual(["shop, Idle", "site, Idle"]);
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
  expect(call).toHaveBeenCalledWith("start_instance", { directory: "/p/shop", name: null });
  apply({ seq: 3, items: [{ type: "instance", instance: anInstance("shop", { owner: "external" }) }] });
  expect(item("shop").querySelector("[aria-label='Stop shop']")).toBeNull();
});

test("150 instances make a virtual list", () => {
  show(...Array.from({ length: 150 }, (_, i) => `i${i}`));
  expect(items().length).toBeLessThan(150);
});
