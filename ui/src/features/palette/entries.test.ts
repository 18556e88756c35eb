import { expect, test } from "vitest";
import type { Action } from "../../actions/registry";
import { emptyModel } from "../../model/empty";
import { aFleet, anInstance, aSession } from "../../model/fixtures";
import { reduce } from "../../model/reduce";
import { entries, search } from "./entries";

const { settings } = emptyModel();
const model = reduce(emptyModel(), [
  {
    type: "snapshot",
    fleet: aFleet({
      instances: [anInstance("payments-api")],
      sessions: [
        aSession("payments-api", "s1", { title: "Retry failed webhooks" }),
        aSession("payments-api", "s2", { title: "Explain", parent: "s1" }),
      ],
      settings: { ...settings, recent_directories: ["/home/ada/site"] },
    }),
  },
]);
const run = () => {};
const actions: Action[] = [
  { id: "app.palette", label: "action.palette", run },
  { id: "dark", label: "action.themeDark", keywords: "appearance", run },
  { id: "quit", label: "action.quit", when: () => false, run },
];

const find = (query: string) => search(entries(model, actions), query).map((entry) => entry.id);

test("everything possible is listed, without itself and without sub-agents", () => {
  expect(find("")).toEqual(["a:dark", "i:payments-api", "s:payments-api/s1", "d:/home/ada/site"]);
});

test.each([
  ["webhooks", "s:payments-api/s1"],
  ["theme dark", "a:dark"],
  ["appear", "a:dark"],
  ["site", "d:/home/ada/site"],
])("%s finds %s first", (query, id) => {
  expect(find(query)[0]).toBe(id);
});

test("what matches nothing finds nothing, odd letters do no harm", () => {
  expect(find("zzzz")).toEqual([]);
  expect(find("(((")).toEqual(expect.any(Array));
});
