import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, expect, test, vi } from "vitest";
import { type Option, Select } from "./Select";

let end = () => {};

afterEach(() => {
  end();
  document.body.replaceChildren();
});

const press = (target: Element | null, key: string) =>
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const shown = () => [...document.querySelectorAll("[role='option']")].map((option) => option.textContent?.trim());

test("an open list stays open, and stands still, while what it offers changes", async () => {
  const [offers, setOffers] = createSignal<Option<string>[]>([{ value: "one", label: "One" }]);
  const [chosen, setChosen] = createSignal("one");
  const chose = vi.fn(setChosen);
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <Select label="Turn" value={chosen()} options={offers()} onChange={chose} />, root);
  const trigger = document.querySelector("button") as HTMLButtonElement;
  press(trigger, "Enter");
  await vi.waitFor(() => expect(shown()).toEqual(["One"]));

  // As a turn that ended meanwhile does it.
  setOffers([
    { value: "two", label: "Two" },
    { value: "one", label: "One" },
  ]);
  setChosen("two");
  await new Promise((done) => setTimeout(done));
  expect(trigger.getAttribute("aria-expanded")).toBe("true");
  expect(shown()).toEqual(["One"]);
  expect(chose).not.toHaveBeenCalled();

  press(trigger, "Enter");
  await vi.waitFor(() => expect(trigger.getAttribute("aria-expanded")).toBe("false"));
  expect(trigger.textContent?.trim()).toBe("Two");
  press(trigger, "Enter");
  await vi.waitFor(() => expect(shown()).toEqual(["Two", "One"]));
  press(document.querySelectorAll("[role='option']")[1] ?? null, "Enter");
  await vi.waitFor(() => expect(chosen()).toBe("one"));
  await vi.waitFor(() => expect(trigger.getAttribute("aria-expanded")).toBe("false"));
});
