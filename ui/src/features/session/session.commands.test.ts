import { createSignal } from "solid-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import type { Backend, Forwarded } from "../../backend/types";
import type { Forward } from "../../wire/messages";
import { abortSession } from "./session.commands";

const answer = (status: number, value: unknown): Forwarded => ({
  head: { status, headers: [["content-type", "application/json"]] },
  body: new TextEncoder().encode(JSON.stringify(value)),
});
const heard = answer(200, true);
const refused = answer(404, { name: "NotFoundError", data: { message: "Session not found: s" } });

const forward = vi.fn((_request: Forward) => Promise.resolve(heard));
let isBusy = true;

beforeEach(() => {
  vi.useFakeTimers();
  isBusy = true;
  useBackend({ forward } as unknown as Backend);
});

afterEach(() => {
  forward.mockReset();
  forward.mockResolvedValue(heard);
  vi.useRealTimers();
});

/** Begins to stop the session; what became of it is in `end` once it is over. */
function begin(): { end: "over" | { refused: unknown } | null } {
  const stop: ReturnType<typeof begin> = { end: null };
  abortSession("i", "s", () => isBusy).then(
    () => (stop.end = "over"),
    (error: unknown) => (stop.end = { refused: error }),
  );
  return stop;
}

test("a stop that is heard at once is sent once", async () => {
  const stop = begin();
  await vi.advanceTimersByTimeAsync(0);
  expect(forward.mock.calls.map(([request]) => request)).toMatchObject([
    { instance: "i", method: "POST", path: "/session/s/abort" },
  ]);
  isBusy = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(forward).toHaveBeenCalledTimes(1);
  expect(stop.end).toBe("over");
});

test("a stop is sent again every 700 ms until the session rests", async () => {
  const stop = begin();
  await vi.advanceTimersByTimeAsync(699);
  expect(forward).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(forward).toHaveBeenCalledTimes(2);
  expect(stop.end).toBeNull();
  isBusy = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(forward).toHaveBeenCalledTimes(2);
  expect(stop.end).toBe("over");
});

test("a turn that begins right after the stopped one is not stopped", async () => {
  const [isRunning, setRunning] = createSignal(true);
  const stopped = abortSession("i", "s", isRunning);
  await vi.advanceTimersByTimeAsync(100);
  setRunning(false);
  await vi.advanceTimersByTimeAsync(100);
  setRunning(true);
  await vi.advanceTimersByTimeAsync(10_000);
  await stopped;
  expect(forward).toHaveBeenCalledTimes(1);
});

test("a stop that is never heard is sent four times", async () => {
  const stop = begin();
  await vi.advanceTimersByTimeAsync(3 * 700);
  expect(forward).toHaveBeenCalledTimes(4);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(forward).toHaveBeenCalledTimes(4);
  expect(stop.end, "it does not wait for ever").toBe("over");
});

test("a stop that is refused is told, the first or a later one, and not sent again", async () => {
  forward.mockResolvedValueOnce(refused);
  const first = begin();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(forward).toHaveBeenCalledTimes(1);
  expect(first.end).toMatchObject({ refused: { message: "Session not found: s" } });

  forward.mockResolvedValueOnce(heard).mockResolvedValueOnce(refused);
  const later = begin();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(forward).toHaveBeenCalledTimes(3);
  expect(later.end).toMatchObject({ refused: { message: "Session not found: s" } });
});
