import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { emptyProfile } from "../../model/empty";
import { anInstance } from "../../model/fixtures";
import type { InstanceView, ProcessView } from "../../wire/messages";
import { ResourcesTab } from "./ResourcesTab";

let end = () => {};
const now = Date.now();
const one = (pid: number, parent: number, more: Partial<ProcessView>): ProcessView => ({
  pid,
  parent,
  started_at: `t${pid}`,
  command: `command-${pid}`,
  part: "tool",
  memory_bytes: 50_000_000,
  cpu_percent: 1,
  started_at_ms: now - 60_000,
  ...more,
});
const call = vi.fn(
  (name: string, _request: unknown): Promise<unknown> =>
    Promise.resolve(
      name === "instance_resources"
        ? {
            measure: "pss",
            processes: [
              one(10, 1, { part: "server", command: "/usr/bin/opencode serve" }),
              one(11, 10, { part: "mcp", memory_bytes: 90_000_000 }),
              one(12, 11, {}),
            ],
            recent: [
              { at_ms: now - 6_000, memory_bytes: 100e6, cpu_percent: 10 },
              { at_ms: now - 3_000, memory_bytes: 190e6, cpu_percent: 30 },
            ],
            hours: [],
          }
        : {},
    ),
);

const overBudget = (more: Partial<InstanceView> = {}) =>
  anInstance("shop", {
    is_over_budget: true,
    memory_bytes: 190e6,
    profile: { ...emptyProfile(), memory_budget_mib: 128 },
    ...more,
  });
const [instance, setInstance] = createSignal(overBudget());

beforeEach(() => {
  localStorage.clear();
  useBackend({ call } as unknown as Backend);
  const root = document.createElement("div");
  document.body.append(root);
  setInstance(overBudget());
  end = render(() => <ResourcesTab instance={instance()} onRestart={() => {}} onProfile={() => {}} />, root);
});

afterEach(() => {
  end();
  call.mockClear();
  document.body.replaceChildren();
});

const rows = () =>
  [...document.querySelectorAll("tbody tr")].map((row) => row.querySelector("th")?.textContent?.trim());

test("the tree says what each process is for, and sorts by a column", async () => {
  await vi.waitFor(() => expect(rows().length).toBe(3));
  expect(rows()).toEqual(["opencode serveServer · 10", "command-11MCP server · 11", "command-12Command · 12"]);
  const head = [...document.querySelectorAll<HTMLElement>("th button")].find((b) => b.textContent?.trim() === "Memory");
  head?.click();
  expect(head?.closest("th")?.getAttribute("aria-sort")).toBe("descending");
  expect(rows()[0]).toContain("command-11");
});

test("the server cannot be ended, a child can, after a question that names it and what ends with it", async () => {
  await vi.waitFor(() => expect(rows().length).toBe(3));
  const ends = [...document.querySelectorAll<HTMLElement>("button[aria-label^='End ']")];
  expect(ends.map((button) => button.getAttribute("aria-label"))).toEqual(["End command-11", "End command-12"]);
  ends[0]?.click();
  const dialog = () => document.querySelector("[role='alertdialog']");
  await vi.waitFor(() => expect(dialog()?.textContent).toContain("“command-11” (process 11)"));
  expect(dialog()?.textContent).toContain("1 process below it ends with it");
  expect(call).not.toHaveBeenCalledWith("end_child", expect.anything());
  [...(dialog()?.querySelectorAll<HTMLElement>("button") ?? [])]
    .find((button) => button.textContent?.trim() === "End the process")
    ?.click();
  await vi.waitFor(() =>
    expect(call).toHaveBeenCalledWith("end_child", { instance: "shop", pid: 11, started_at: "t11" }),
  );
});

test("plots are told in words, and a budget that is exceeded says what to do", async () => {
  await vi.waitFor(() => expect(rows().length).toBe(3));
  const plots = [...document.querySelectorAll("[role='img'][aria-label]")].map((p) => p.getAttribute("aria-label"));
  expect(plots.some((text) => text?.startsWith("Memory: 190 MB now, between 100 MB and 190 MB."))).toBe(true);
  expect(plots.some((text) => text?.startsWith("Processor, of one core: 30 % now"))).toBe(true);
  expect(document.querySelector("[role='alert']")?.textContent).toContain("more than its budget of 134 MB");
});

test("a container and what runs over SSH are measured as one, what is at an address is not", async () => {
  await vi.waitFor(() => expect(rows().length).toBe(3));
  setInstance(overBudget({ kind: "docker" }));
  expect(rows()).toEqual([]);
  expect(document.body.textContent).toContain("A container is measured as one");
  expect(document.body.textContent).toContain("Memory of the container");
  expect(document.querySelector("[role='alert']")?.textContent).not.toContain("End a process");
  setInstance(overBudget({ kind: "ssh", ssh_host: "gpu" }));
  expect(document.body.textContent).toContain("measured there, as one");
  expect(document.querySelectorAll("[role='img'][aria-label]").length, "over time, too").toBeGreaterThan(1);
  setInstance(overBudget({ kind: "remote" }));
  expect(document.body.textContent).toContain("not measured from here");
});
