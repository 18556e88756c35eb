import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test } from "vitest";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { aFleet } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import { TourOffer } from "./TourOffer";

let end = () => {};

beforeEach(() => useBackend({ call: () => Promise.resolve({}) } as unknown as Backend));

afterEach(() => {
  end();
  resetModel();
  document.body.replaceChildren();
});

test("without opencode the tour cannot be started, and the offer says why", () => {
  const fleet = aFleet({ opencode: { opencode: "missing", searched: [], install_error: null } });
  apply({
    seq: 1,
    items: [{ type: "snapshot", fleet: { ...fleet, settings: { ...fleet.settings, tour_offered: false } } }],
  });
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <TourOffer />, root);
  const start = () =>
    [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === "Start the tour");
  expect(start()?.disabled).toBe(true);
  expect(document.getElementById(start()?.getAttribute("aria-describedby") ?? "")?.textContent).toContain(
    "needs an opencode",
  );
  apply({
    seq: 2,
    items: [
      { type: "opencode", opencode: { opencode: "found", path: "/bin/opencode", version: "1.18.33", source: "path" } },
    ],
  });
  expect(start()?.disabled).toBe(false);
  expect(document.body.textContent).not.toContain("needs an opencode");
});
