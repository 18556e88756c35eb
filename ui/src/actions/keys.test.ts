import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keysLabel, listenToKeys, pressOf } from "./keys";
import { register } from "./registry";

test.each<[KeyboardEventInit, string | null]>([
  [{ key: "k", ctrlKey: true }, "Mod+K"],
  [{ key: "N", ctrlKey: true, shiftKey: true }, "Mod+Shift+N"],
  [{ key: ",", ctrlKey: true }, "Mod+,"],
  [{ key: "?", shiftKey: true }, "?"],
  [{ key: "A", shiftKey: true }, "Shift+A"],
  [{ key: "a" }, "a"],
  [{ key: "F1" }, "F1"],
  [{ key: "ArrowLeft", altKey: true }, "Alt+ArrowLeft"],
  [{ key: "Control", ctrlKey: true }, null],
])("%j is %s", (init, press) => {
  expect(pressOf(new KeyboardEvent("keydown", init), false)).toBe(press);
});

test("on a Mac the command key is the main one", () => {
  expect(pressOf(new KeyboardEvent("keydown", { key: "k", metaKey: true }), true)).toBe("Mod+K");
  expect(keysLabel("Mod+Shift+N", true)).toBe("⌘⇧N");
  expect(keysLabel("Mod+Shift+N", false)).toBe("Ctrl+Shift+N");
  expect(keysLabel("g i", false)).toBe("g i");
});

const runs: string[] = [];
let ends: (() => void)[] = [];

beforeEach(() => {
  runs.length = 0;
  const run = (id: string) => () => {
    runs.push(id);
  };
  ends = [
    register([
      { id: "palette", label: "action.palette", keys: ["Mod+K"], run: run("palette") },
      { id: "inbox", label: "action.inbox", keys: ["g i"], run: run("inbox") },
      { id: "help", label: "action.shortcuts", keys: ["?"], run: run("help") },
      { id: "never", label: "action.quit", keys: ["x"], when: () => false, run: run("never") },
    ]),
    listenToKeys(),
  ];
});
afterEach(() => {
  for (const end of ends) end();
  document.body.replaceChildren();
  vi.useRealTimers();
});

function press(init: KeyboardEventInit, target: EventTarget = document.body): boolean {
  return target.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
}

test("a shortcut runs its action and is taken from the page", () => {
  expect(press({ key: "k", ctrlKey: true })).toBe(false);
  expect(press({ key: "x" })).toBe(true);
  expect(runs).toEqual(["palette"]);
});

test("a sequence must be quick", () => {
  vi.useFakeTimers();
  press({ key: "g" });
  press({ key: "i" });
  press({ key: "g" });
  vi.advanceTimersByTime(1_000);
  press({ key: "i" });
  expect(runs).toEqual(["inbox"]);
});

test("typing into a field is left alone, shortcuts with Ctrl are not", () => {
  const field = document.createElement("input");
  document.body.append(field);
  press({ key: "?", shiftKey: true }, field);
  press({ key: "k", ctrlKey: true }, field);
  expect(runs).toEqual(["palette"]);
});
