import { expect, test } from "vitest";
import { emptyProfile } from "../../model/empty";
import { changesTo, laidOver, withoutSaved } from "./draft";

test("a draft holds what differs from the saved profile, and nothing once it is the same", () => {
  const saved = emptyProfile();
  expect(changesTo(saved, { ...saved, port: 4567 })).toEqual({ port: 4567 });
  expect(changesTo(saved, { ...saved })).toEqual({});
  expect(changesTo({ ...saved, port: 4567 }, { port: 4567 })).toEqual({});
  expect(changesTo(saved, { ...saved, environment: [] })).toEqual({});
  expect(changesTo(saved, { ...saved, sleep: { rule: "after", minutes: 5 } })).toEqual({
    sleep: { rule: "after", minutes: 5 },
  });
});

test("what was typed and is no number is a change", () => {
  const saved = emptyProfile();
  expect(Object.keys(changesTo(saved, { ...saved, port: Number.NaN }))).toEqual(["port"]);
});

test("what is saved elsewhere shows below the draft", () => {
  const saved = { ...emptyProfile(), is_pinned: true };
  expect(laidOver(saved, { port: 4567 })).toMatchObject({ is_pinned: true, port: 4567 });
});

test("what was changed again while it was saved stays a draft", () => {
  expect(withoutSaved({ port: 2, hostname: "::1" }, { port: 1, hostname: "::1" })).toEqual({ port: 2 });
});
