import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { instanceActions } from "../../actions/instance";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { anInstance } from "../../model/fixtures";
import type { ReadLog, SearchLog } from "../../wire/messages";
import { nearestFind } from "./createSearch";
import { LogTab } from "./LogTab";

/** An output whose places are the numbers of its lines. */
let output: string[] = [];
let isKept = 0;
let reads: ReadLog[] = [];
let end = () => {};

const page = (from: number, to: number, has_more: boolean, is_torn = false) => ({
  lines: output.slice(from, to).map((text) => ({ text, level: text.startsWith("ERROR") ? "error" : "info" })),
  first: String(from),
  next: String(to),
  has_more,
  is_torn,
});

const answers: Record<string, (request: never) => unknown> = {
  read_log: ({ after, before, lines }: ReadLog) => {
    reads.push({ instance: "shop", after: after ?? null, before: before ?? null, lines });
    if (after != null) {
      const from = Math.max(isKept, Number(after));
      const to = Math.min(output.length, from + lines);
      return page(from, to, to < output.length, from > Number(after));
    }
    const to = before != null ? Number(before) : output.length;
    const from = Math.max(isKept, to - lines);
    return page(from, to, from > isKept);
  },
  search_log: ({ text }: SearchLog) => ({
    lines: output
      .flatMap((line, i) => (line.includes(text) ? [{ place: String(i), line: { text: line, level: null } }] : []))
      .reverse(),
    has_more: false,
  }),
  save_log: () => ({ path: "/home/ada/Downloads/shop.log" }),
};

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  output = Array.from({ length: 50 }, (_, i) => `INFO line ${i}`);
  isKept = 0;
  reads = [];
  localStorage.clear();
  useBackend({
    call: (name: string, request: never) => Promise.resolve(answers[name]?.(request) ?? {}),
  } as unknown as Backend);
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <LogTab instance={anInstance("shop")} />, root);
});

afterEach(() => {
  end();
  document.body.replaceChildren();
  vi.useRealTimers();
});

const log = () => document.querySelector<HTMLElement>("[role='log']");
const button = (name: string) => {
  const found = [...document.querySelectorAll<HTMLElement>("button")].find(
    (one) => one.getAttribute("aria-label") === name || one.textContent?.trim() === name,
  );
  if (!found) throw new Error(`There is no button ${name}`);
  return found;
};
const press = (target: Element | null, key: string, more: KeyboardEventInit = {}) =>
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
const type = (text: string) => {
  const field = document.querySelector("input") as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  return field;
};

test("new output is read from where the last page ended, and not once more", async () => {
  await vi.waitFor(() => expect(log()).not.toBeNull());
  output.push("INFO one more");
  await vi.advanceTimersByTimeAsync(1_000);
  const after = reads.filter((read) => read.after !== null).map((read) => read.after);
  expect(after.slice(0, 2)).toEqual(["50", "51"]);
});

test("when it is not followed nothing is read, and End reads again", async () => {
  await vi.waitFor(() => expect(log()).not.toBeNull());
  button("Follow").click();
  expect(button("Follow").getAttribute("aria-pressed")).toBe("false");
  await vi.advanceTimersByTimeAsync(500);
  const before = reads.length;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(reads.length).toBe(before);
  output.push("INFO meanwhile");
  press(log(), "End");
  expect(button("Follow").getAttribute("aria-pressed")).toBe("true");
  await vi.waitFor(() => expect(reads.at(-1)?.after).toBe("51"));
});

test("a window that nobody sees reads nothing", async () => {
  await vi.waitFor(() => expect(log()).not.toBeNull());
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  await vi.advanceTimersByTimeAsync(1_000);
  const before = reads.length;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads.length).toBe(before);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.waitFor(() => expect(reads.length).toBeGreaterThan(before));
  hidden.mockRestore();
});

test("typing goes to the newest find by itself, and Enter up from there", async () => {
  output[10] = "ERROR it broke";
  output[30] = "ERROR it broke again";
  await vi.waitFor(() => expect(log()).not.toBeNull());
  const field = type("broke");
  await vi.advanceTimersByTimeAsync(300);
  await vi.waitFor(() => expect(document.body.textContent).toContain("2 of 2"));
  await vi.waitFor(() => expect(reads.some((read) => read.after === "30")).toBe(true));
  press(field, "Enter");
  await vi.waitFor(() => expect(document.body.textContent).toContain("1 of 2"));
  await vi.waitFor(() => expect(reads.some((read) => read.after === "10")).toBe(true));
  press(field, "Enter", { shiftKey: true });
  await vi.waitFor(() => expect(document.body.textContent).toContain("2 of 2"));
  expect(button("Follow").getAttribute("aria-pressed"), "what is looked at stays").toBe("false");
  type("nowhere");
  await vi.advanceTimersByTimeAsync(300);
  await vi.waitFor(() => expect(document.body.textContent).toContain("Not found"));
  press(field, "Escape");
  expect(field.value).toBe("");
});

test("Enter at once goes to the newest find, not to the one before it", async () => {
  output[10] = "ERROR it broke";
  output[30] = "ERROR it broke again";
  await vi.waitFor(() => expect(log()).not.toBeNull());
  press(type("broke"), "Enter");
  await vi.waitFor(() => expect(document.body.textContent).toContain("2 of 2"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(document.body.textContent).toContain("2 of 2");
});

test("a longer text stays at the find where one is, or goes to the next above", () => {
  const finds = (...places: string[]) => places.map((place) => ({ place, line: { text: "", level: null } }));
  const was = { finds: finds("9", "7", "5", "3"), at: 1 };
  expect(nearestFind(was, finds("9", "7", "3"))).toBe(1);
  expect(nearestFind(was, finds("9", "5", "3"))).toBe(1);
  expect(nearestFind(was, finds("9"))).toBe(0);
  expect(nearestFind({ finds: [], at: -1 }, finds("9", "5"))).toBe(0);
});

test("saving says where", async () => {
  await vi.waitFor(() => expect(log()).not.toBeNull());
  button("Save the whole output to a file").click();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Saved to /home/ada/Downloads/shop.log"));
});

test("the palette offers what the output takes, while it is open", async () => {
  const possible = () => instanceActions.filter((action) => action.when?.()).map((action) => action.id);
  expect(possible()).toEqual(["instance.searchLog", "instance.followLog", "instance.wrapLog", "instance.saveLog"]);
  end();
  expect(possible()).toEqual([]);
});
