import { expect, test } from "vitest";
import { type Place, placeHash, placeOfHash, placeOfName } from "./place";

const places: Place[] = [
  { kind: "overview" },
  { kind: "inbox" },
  { kind: "settings" },
  { kind: "new-instance" },
  { kind: "new-instance", directory: "/home/ada/100% für/a#b?c" },
  { kind: "instance", id: "ins_1" },
  { kind: "instance", id: "with/slash" },
  { kind: "session", instance: "ins_1", session: "ses_1" },
];

test.each(places)("%j survives the location", (place) => {
  expect(placeOfHash(placeHash(place))).toEqual(place);
});

test.each([
  ["", "overview"],
  ["#", "overview"],
  ["#/nowhere", "overview"],
  ["#/instance", "overview"],
  ["#/session/only-one", "overview"],
  ["#/%E0%A4%A", "overview"],
])("the hash %j is the %s", (hash, kind) => {
  expect(placeOfHash(hash).kind).toBe(kind);
});

test.each([
  ["inbox", { kind: "inbox" }],
  ["overview", { kind: "overview" }],
  ["quit", { kind: "quit" }],
  ["new-instance", { kind: "new-instance" }],
  ["new-instance//home/ada/a b/100%", { kind: "new-instance", directory: "/home/ada/a b/100%" }],
  ["instance/ins_1", { kind: "instance", id: "ins_1" }],
  ["session/ins_1/ses_1", { kind: "session", instance: "ins_1", session: "ses_1" }],
  ["something newer", { kind: "overview" }],
])("the core's %j is %j", (name, place) => {
  expect(placeOfName(name)).toEqual(place);
});
