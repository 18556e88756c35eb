import { render } from "solid-js/web";
import { afterEach, expect, test, vi } from "vitest";
import { Menu } from "./Menu";

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
