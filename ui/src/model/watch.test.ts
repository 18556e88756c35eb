import { expect, test, vi } from "vitest";
import { useBackend } from "../backend";
import type { Backend } from "../backend/types";
import { tellWatched, watch, watchIsKnown } from "./watch";

const tick = () => new Promise((resolve) => setTimeout(resolve));

test("one list is told after the other, the last one last", async () => {
  const told: { list: string[]; arrive: () => void }[] = [];
  const call = vi.fn(
    (_name: string, request: { sessions: { session: string }[] }) =>
      new Promise((resolve) => {
        told.push({ list: request.sessions.map((one) => one.session), arrive: () => resolve({}) });
      }),
  );
  useBackend({ call } as unknown as Backend);

  // The link is there; the session's page opens a moment later.
  tellWatched();
  await tick();
  const end = watch(["shop/ses_1"]);
  await tick();
  expect(
    told.map((one) => one.list),
    "the second waits for the first",
  ).toEqual([[]]);
  let isKnown = false;
  void watchIsKnown().then(() => {
    isKnown = true;
  });
  told[0]?.arrive();
  await tick();
  expect(told.map((one) => one.list)).toEqual([[], ["ses_1"]]);
  expect(isKnown, "it is on its way").toBe(false);
  // Many changes at once are one list.
  const others = ["shop/ses_2", "shop/ses_3"].map((key) => watch([key]));
  tellWatched();
  told[1]?.arrive();
  await tick();
  expect(told.map((one) => one.list)).toEqual([[], ["ses_1"], ["ses_1", "ses_2", "ses_3"]]);
  told[2]?.arrive();
  await tick();
  expect(isKnown).toBe(true);
  for (const over of [end, ...others]) over();
});
