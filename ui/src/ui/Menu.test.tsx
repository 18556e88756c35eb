import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, expect, test, vi } from "vitest";
import { Menu, type MenuItem } from "./Menu";

let end = () => {};

afterEach(() => {
  end();
  document.body.replaceChildren();
});

/** Whether the web view's own menu was kept away. */
function rightClick(): boolean {
  document.body.dispatchEvent(new PointerEvent("pointerdown", { button: 2, bubbles: true }));
  const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true, button: 2 });
  document.body.dispatchEvent(event);
  return event.defaultPrevented;
}

const press = (target: Element | null, key: string) =>
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

test("while a menu is open its button has no tooltip, and a right click brings no other menu", async () => {
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <Menu label="More actions" items={[{ label: "Rename", run: () => {} }]} />, root);
  const trigger = document.querySelector("button") as HTMLButtonElement;
  expect(trigger.title).toBe("More actions");
  expect(rightClick()).toBe(false);

  press(trigger, "Enter");
  await vi.waitFor(() => expect(document.querySelector("[role='menu']")).not.toBeNull());
  expect(trigger.title).toBe("");
  expect(trigger.getAttribute("aria-label")).toBe("More actions");
  expect(rightClick(), "also where it closes the menu").toBe(true);

  press(document.querySelector("[role='menuitem']"), "Enter");
  await vi.waitFor(() => expect(trigger.title).toBe("More actions"));
  end();
  expect(rightClick()).toBe(false);
});

test("why something cannot be done is reached by the keyboard, and choosing it does nothing", async () => {
  const root = document.createElement("div");
  document.body.append(root);
  const ran = vi.fn();
  const note = "It runs elsewhere";
  const items = [
    { label: "Open", run: () => ran("open") },
    { label: "Show its files", disabled: true, note, run: () => ran("files") },
    { label: "Bare", disabled: true, run: () => ran("bare") },
  ];
  end = render(() => <Menu label="More actions" items={items} />, root);
  press(document.querySelector("button"), "Enter");
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("role")).toBe("menuitem"));
  press(document.activeElement, "ArrowDown");
  const refused = document.activeElement;
  expect(refused?.getAttribute("role")).toBe("menuitem");
  expect(refused?.textContent).toContain(note);
  expect(refused?.getAttribute("aria-disabled")).toBe("true");
  press(refused, "Enter");
  press(refused, "ArrowDown");
  expect(document.activeElement?.textContent, "one that says nothing is passed over").not.toContain("Bare");
  await new Promise((done) => setTimeout(done, 20));
  expect(document.querySelector("[role='menu']"), "it is there to be read").not.toBeNull();
  expect(ran).not.toHaveBeenCalled();
});

test("an open menu keeps the focus while what it offers changes", async () => {
  const root = document.createElement("div");
  document.body.append(root);
  const ran = vi.fn();
  const offer = (label: string, more?: Partial<MenuItem>): MenuItem => ({ label, run: () => ran(label), ...more });
  const [items, setItems] = createSignal([offer("Open"), offer("Stop"), offer("Remove")]);
  end = render(() => <Menu label="More actions" items={items()} />, root);
  const found = (label: string) =>
    [...document.querySelectorAll("[role='menuitem']")].find((one) => one.textContent?.trim() === label);
  press(document.querySelector("button"), "Enter");
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("role")).toBe("menuitem"));
  press(document.activeElement, "ArrowDown");
  const focused = document.activeElement;
  expect(focused).toBe(found("Stop"));
  setItems([offer("Stop"), offer("Remove", { disabled: true })]);
  expect(found("Open")).toBeUndefined();
  expect(found("Stop")).toBe(focused);
  expect(document.activeElement).toBe(focused);
  expect(found("Remove")?.getAttribute("aria-disabled")).toBe("true");
  press(focused, "Enter");
  await vi.waitFor(() => expect(ran).toHaveBeenCalledExactlyOnceWith("Stop"));
});
