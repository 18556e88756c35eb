import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StatusLine } from "../../app/StatusLine";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { emptyModel } from "../../model/empty";
import { aFleet, anEngine, anInstance } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import type { EnginesView, FleetView, UpdateView } from "../../wire/messages";
import { SettingsPage } from "./SettingsPage";

let end = () => {};
let engines: EnginesView = { engines: [], hint: null };
const call = vi.fn(
  (name: string, _request: unknown): Promise<unknown> => Promise.resolve(name === "docker_engines" ? engines : {}),
);

beforeEach(() => {
  useBackend({ call } as unknown as Backend);
});

afterEach(() => {
  end();
  resetModel();
  call.mockClear();
  document.body.replaceChildren();
});

function show(more: Partial<FleetView> = {}) {
  apply({
    seq: 1,
    items: [
      {
        type: "snapshot",
        fleet: aFleet({ opencode: { opencode: "found", path: "/o", version: "1.18.33", source: "path" }, ...more }),
      },
    ],
  });
  const root = document.createElement("div");
  document.body.append(root);
  end = render(
    () => (
      <>
        <SettingsPage />
        <StatusLine />
      </>
    ),
    root,
  );
}

const sent = (name: string) => call.mock.calls.filter(([which]) => which === name).map(([, request]) => request);
const update = (next: UpdateView) =>
  apply({
    seq: 2,
    items: [{ type: "versions", versions: { ...emptyModel().versions, latest: "1.19.0", update: next } }],
  });
const text = (selector: string) => document.querySelector(selector)?.textContent?.replace(/\s+/g, " ") ?? "";
const button = (name: string) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find((one) => one.textContent?.trim() === name);

test("an instance of others is looked for, and the fleet restored, as it is ticked", () => {
  show();
  const boxes = [...document.querySelectorAll<HTMLInputElement>("input[type='checkbox']")];
  expect(boxes.map((box) => box.checked)).toEqual([true, true]);
  for (const box of boxes) box.click();
  expect(sent("update_settings")).toEqual([{ discover: false }, { restore_fleet: false }]);
});

test("a time of one's own is shown among the usual ones", () => {
  show({ settings: { ...emptyModel().settings, sleep_after_minutes: 42 } });
  expect(text("button[aria-label='Sleep after']")).toContain("42 minutes without work");
});

test("a newer opencode is offered quietly, and its update shown step by step", () => {
  show({ versions: { ...emptyModel().versions, latest: "1.19.0" } });
  expect(text("footer")).toContain("opencode 1.19.0 is available");
  button("Update to 1.19.0")?.click();
  expect(sent("update_opencode")).toEqual([{ version: "1.19.0" }]);
  update({ update: "rolling_out", version: "1.19.0", done: 1, total: 3, instance: null, is_waiting: false });
  expect(text("[aria-current='step']")).toContain("Restarting instances: 1 of 3");
  expect(text("footer")).toContain("Updating opencode: 1 of 3");
  expect(button("Update to 1.19.0"), "one update at a time").toBeUndefined();
  update({ update: "rolled_back", version: "1.19.0", reason: "`shop` did not answer" });
  expect(text("[role='alert']")).toContain("The update to 1.19.0 was taken back“shop” did not answer");
  expect(button("Update to 1.19.0"), "it can be tried again").toBeDefined();
});

test("the status line counts what runs, and marks what is over its budget", () => {
  show({
    instances: [
      anInstance("shop", { memory_bytes: 600_000_000, cpu_percent: 12, is_over_budget: true }),
      anInstance("site", { state: { state: "asleep" } }),
    ],
  });
  expect(text("footer")).toContain("1 of 2 instances running");
  expect(document.querySelector("footer button")?.getAttribute("aria-label")).toBe(
    "What the fleet uses: Memory 600 MB, processor 12 %, 1 instance over its memory budget",
  );
});

test("container engines are shown with what they are or why they do not work, and are looked for again", async () => {
  engines = { engines: [], hint: "Install Docker or Podman" };
  show();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Install Docker or Podman"));
  const broken = anEngine("colima", { version: null, problem: "It does not answer. Start it with `colima start`" });
  engines = { engines: [anEngine("default"), broken], hint: null };
  [...document.querySelectorAll<HTMLButtonElement>("button")]
    .filter((one) => one.textContent?.trim() === "Look again")
    .at(-1)
    ?.click();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Docker 27.3.1"));
  expect(document.body.textContent).not.toContain("Install Docker or Podman");
  const lines = [...document.querySelectorAll("li")].map((one) => one.textContent?.trim() ?? "");
  expect(lines.find((line) => line.startsWith("default"))).toContain("usual");
  expect(lines.find((line) => line.startsWith("colima"))).toContain("Start it with “colima start”");
});
