import { render } from "solid-js/web";
import { afterEach, describe, expect, it } from "vitest";
import { parsePatch } from "../../lib/diff-patch";
import { rowsOfFile } from "../../lib/diff-rows";
import { textOf } from "./copy";
import { DiffList } from "./DiffList";
import { DiffView, type DiffViewProps } from "./DiffView";
import type { DiffEntry } from "./entries";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function mount(what: () => unknown): HTMLElement {
  const box = document.createElement("div");
  document.body.append(box);
  ends.push(render(what as never, box), () => box.remove());
  return box;
}

const show = (patch: string, props: Partial<DiffViewProps> = {}) => mount(() => <DiffView patch={patch} {...props} />);
const texts = (box: Element) => [...box.querySelectorAll(".diff-text")].map((one) => one.textContent);

const change = (lines: number) =>
  `--- a/f\n+++ b/f\n@@ -1,${lines} +1,${lines} @@\n${Array.from({ length: lines }, (_, at) => `-old ${at}\n+new ${at}`).join("\n")}\n`;
const folded = `--- a/f\n+++ b/f\n@@ -1,21 +1,21 @@\n${Array.from({ length: 20 }, (_, at) => ` ${at}`).join("\n")}\n-x\n+y\n`;

describe("DiffView", () => {
  it("puts only what is on screen into the document", () => {
    const box = show(change(9_000));
    expect(box.querySelectorAll(".diff-row").length).toBeLessThan(200);
    expect(box.querySelector<HTMLElement>(".diff-canvas")?.style.height).toBe(`${9_000 * 2 * 20}px`);
  });

  it("shows a large diff when it is asked for", () => {
    const box = show(change(20_000));
    expect(box.querySelectorAll(".diff-text")).toHaveLength(0);
    box.querySelector<HTMLElement>(".diff-note button")?.click();
    expect(box.querySelectorAll(".diff-text").length).toBeGreaterThan(10);
  });

  it("opens a fold", () => {
    const box = show(folded);
    expect(texts(box)).toEqual(["17", "18", "19", "x", "y"]);
    box.querySelector<HTMLElement>(".diff-fold button")?.click();
    expect(texts(box)).toHaveLength(22);
  });

  it("heads each of several files and folds them", () => {
    const box = show(`${change(1)}${change(1).replaceAll("/f", "/g")}`);
    const toggles = [...box.querySelectorAll<HTMLElement>(".diff-file-toggle")];
    expect(toggles.map((one) => one.getAttribute("aria-label"))).toEqual(["Fold f", "Fold g"]);
    toggles[0]?.click();
    expect(texts(box)).toEqual(["old 0", "new 0"]);
  });

  it("keeps numbers and signs out of the texts", () => {
    const box = show(change(1), { mode: "split" });
    expect(texts(box)).toEqual(["old 0", "new 0"]);
    expect([...box.querySelectorAll(".diff-number")].map((one) => one.textContent)).toEqual(["1", "1"]);
  });

  it("shows a text that is no patch as it is", () => {
    expect(show("what is this?").querySelector("pre")?.textContent).toBe("what is this?");
    expect(show("").textContent).toBe("No changes.");
  });

  it("cuts a very long line on screen and says so", () => {
    const box = show(`--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+${"x".repeat(10_000)}\n`);
    expect(texts(box)[1]).toHaveLength(4_000);
    expect(box.textContent).toContain("6,000 more characters");
  });
});

describe("DiffList", () => {
  const entry = (over: Partial<DiffEntry>): DiffEntry => ({
    id: "f",
    path: "f",
    status: "modified",
    additions: 1,
    deletions: 1,
    patch: "",
    size: 0,
    ...over,
  });

  it("says when the server left the lines out", () => {
    const patch = "diff --git a/f b/f\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/f\n";
    for (const own of [entry({}), entry({ patch, size: patch.length, additions: 150_000 })]) {
      const box = mount(() => <DiffList entries={[own]} mode="unified" headers label="Diff" />);
      expect(box.textContent).toContain("opencode gives no diff for this file");
    }
  });
});

describe("copying", () => {
  const [file] = parsePatch("--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n one\n-two\r\n+TWO\n three\n");
  if (!file) throw new Error("the test's patch has no file");

  it("gives whole lines between, and parts at the ends", () => {
    const rows = rowsOfFile(file, "f", "unified", new Set());
    expect(textOf(rows, { index: 0, offset: 1 }, { index: 3, offset: 2 }, "right")).toBe("ne\ntwo\nTWO\nth");
  });

  it("gives one side of a split view", () => {
    const rows = rowsOfFile(file, "f", "split", new Set());
    expect(textOf(rows, { index: 0, offset: null }, { index: 2, offset: null }, "left")).toBe("one\ntwo\nthree");
    expect(textOf(rows, { index: 0, offset: null }, { index: 2, offset: null }, "right")).toBe("one\nTWO\nthree");
  });
});
