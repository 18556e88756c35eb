import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FleetView, Push, PushItem } from "../wire/messages";
import { followPushes, RESYNC_MS, SILENCE_MS } from "./link";
import type { LinkState } from "./types";

const snapshot: PushItem = { type: "snapshot", fleet: {} as FleetView };

/** A stream under the test's control. */
function scene() {
  const opened: { push: (push: Push) => void; close: () => void; isClosed: boolean }[] = [];
  const states: LinkState[] = [];
  const seen: number[] = [];
  const resync = vi.fn(() => Promise.resolve());
  const end = followPushes(
    {
      open(push, close) {
        const stream = { push, close, isClosed: false };
        opened.push(stream);
        return () => {
          stream.isClosed = true;
        };
      },
      resync,
    },
    (push) => seen.push(push.seq),
    (state) => states.push(state),
  );
  const stream = () => {
    const last = opened.at(-1);
    if (!last) throw new Error("No stream is open");
    return last;
  };
  return {
    opened,
    states,
    seen,
    resync,
    end,
    stream,
    push: (seq: number, ...items: PushItem[]) => stream().push({ seq, items }),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("pushes in order pass, and the first snapshot makes the link live", () => {
  const s = scene();
  s.push(1, snapshot);
  s.push(2);
  s.push(3);
  expect(s.seen).toEqual([1, 2, 3]);
  expect(s.states).toEqual(["connecting", "live"]);
  expect(s.resync).not.toHaveBeenCalled();
});

test("after a gap nothing passes until a snapshot, which is asked for once", async () => {
  const s = scene();
  s.push(1, snapshot);
  s.push(3);
  s.push(4);
  expect(s.seen).toEqual([1]);
  expect(s.resync).toHaveBeenCalledTimes(1);
  s.push(5, snapshot);
  s.push(6);
  expect(s.seen).toEqual([1, 5, 6]);
});

test("a push that was seen already is dropped", () => {
  const s = scene();
  s.push(1, snapshot);
  s.push(2);
  s.push(2);
  expect(s.seen).toEqual([1, 2]);
  expect(s.resync).not.toHaveBeenCalled();
});

test("a stream that does not begin with a snapshot is asked for one", () => {
  const s = scene();
  s.push(7);
  expect(s.seen).toEqual([]);
  expect(s.resync).toHaveBeenCalledTimes(1);
});

test("silence asks for a snapshot; silence after that opens the stream anew", async () => {
  const s = scene();
  s.push(1, snapshot);
  await vi.advanceTimersByTimeAsync(SILENCE_MS);
  expect(s.resync).toHaveBeenCalledTimes(1);
  expect(s.states.at(-1)).toBe("live");
  await vi.advanceTimersByTimeAsync(SILENCE_MS);
  expect(s.states.at(-1)).toBe("lost");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(s.opened.length).toBe(2);
  expect(s.opened[0]?.isClosed).toBe(true);
  s.push(1, snapshot);
  expect(s.states.at(-1)).toBe("live");
});

test("a request for a snapshot that fails or hangs means that the link is lost", async () => {
  const s = scene();
  s.push(1, snapshot);
  s.resync.mockImplementationOnce(() => Promise.reject(new Error("refused")));
  s.push(3);
  await vi.advanceTimersByTimeAsync(0);
  expect(s.states.at(-1)).toBe("lost");
  await vi.advanceTimersByTimeAsync(1_000);
  s.push(1, snapshot);
  expect(s.states.at(-1)).toBe("live");
  s.resync.mockImplementationOnce(() => new Promise(() => {}));
  s.push(9);
  await vi.advanceTimersByTimeAsync(RESYNC_MS);
  expect(s.states.at(-1)).toBe("lost");
});

test("a closed stream is opened again, each time after a longer while, at most 10 s", async () => {
  const s = scene();
  for (const delay of [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
    const before = s.opened.length;
    s.stream().close();
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(s.opened.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(s.opened.length).toBe(before + 1);
  }
});

test("what a stream given up still sends is not heard", async () => {
  const s = scene();
  s.push(1, snapshot);
  const old = s.stream();
  old.close();
  await vi.advanceTimersByTimeAsync(500);
  old.push({ seq: 2, items: [snapshot] });
  old.close();
  expect(s.seen).toEqual([1]);
  expect(s.opened.length).toBe(2);
});

test("the end closes the stream and leaves no timer", () => {
  const s = scene();
  s.push(1, snapshot);
  s.end();
  expect(s.stream().isClosed).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
