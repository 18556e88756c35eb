import { expect, test } from "vitest";
import { emptyModel, emptyProfile } from "../../model/empty";
import { aFleet, anInstance, aSession } from "../../model/fixtures";
import { reduce } from "../../model/reduce";
import { rows, type View } from "./rows";

const model = reduce(emptyModel(), [
  {
    type: "snapshot",
    fleet: aFleet({
      instances: [
        anInstance("shop"),
        anInstance("notes", { state: { state: "stopped" }, directory: "/home/ada/texts" }),
      ],
      sessions: [
        ...Array.from({ length: 9 }, (_, i) => aSession("shop", `s${i}`, { updated_ms: 9 - i })),
        aSession("notes", "n1", { title: "Shopping list" }),
      ],
    }),
  },
]);

const keys = (view: Partial<View>) =>
  rows(model, { query: "", unfolded: {}, folded: {}, full: {}, ...view }).map((row) => row.key);

test.each<[string, Partial<View>, string[]]>([
  ["folded", {}, ["g:running", "i:shop", "g:resting", "i:notes"]],
  [
    "unfolded, a few sessions and how many more",
    { unfolded: { shop: true } },
    [
      "g:running",
      "i:shop",
      "s:shop/s0",
      "s:shop/s1",
      "s:shop/s2",
      "s:shop/s3",
      "s:shop/s4",
      "s:shop/s5",
      "m:shop",
      "g:resting",
      "i:notes",
    ],
  ],
  [
    "found by name, and by a session's title",
    { query: "SHOP" },
    ["g:running", "i:shop", "g:resting", "i:notes", "s:notes/n1"],
  ],
  ["a folded group shows its heading only", { folded: { "g:running": true } }, ["g:running", "g:resting", "i:notes"]],
  [
    "a search looks into folded groups",
    { folded: { "g:running": true }, query: "shop" },
    ["g:running", "i:shop", "g:resting", "i:notes", "s:notes/n1"],
  ],
  ["found by directory", { query: "texts" }, ["g:resting", "i:notes"]],
  ["not found", { query: "zzz" }, []],
])("%s", (_, view, expected) => {
  expect(keys(view)).toEqual(expected);
});

test("asked for all, all sessions show", () => {
  expect(keys({ unfolded: { shop: true }, full: { shop: true } }).filter((key) => key.startsWith("s:")).length).toBe(9);
});

test("the person's own groups have their name, and a search finds it", () => {
  const own = reduce(model, [
    { type: "instance", instance: anInstance("shop", { profile: { ...emptyProfile(), group: "Clients" } }) },
  ]);
  const view = { query: "", unfolded: {}, folded: {}, full: {} };
  expect(rows(own, view).map((row) => row.key)).toEqual(["g:own:Clients", "i:shop", "g:resting", "i:notes"]);
  expect(rows(own, { ...view, query: "clients" }).map((row) => row.key)).toEqual(["g:own:Clients", "i:shop"]);
});
