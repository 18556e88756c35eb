import { afterEach, expect, test, vi } from "vitest";

const invoke = vi.fn();
const drop = vi.hoisted(() => ({ listener: undefined as ((event: unknown) => void) | undefined, ended: 0 }));

vi.mock("@tauri-apps/api/core", () => ({
  invoke: (...args: unknown[]) => invoke(...args),
  Channel: class {
    onmessage: (message: unknown) => void = () => {};
  },
}));
vi.mock("@tauri-apps/api/webview", () => ({
  getCurrentWebview: () => ({
    onDragDropEvent: (listener: (event: unknown) => void) => {
      drop.listener = listener;
      return Promise.resolve(() => {
        drop.ended += 1;
      });
    },
  }),
}));

const { createTauriBackend } = await import("./tauri");

afterEach(() => invoke.mockReset());

const bytes = (text: string) => new TextEncoder().encode(text).buffer;

test("every operation goes through the one command", async () => {
  invoke.mockResolvedValue(bytes('{"instance":"ins_1"}'));
  const reply = await createTauriBackend().call("start_instance", { directory: "/a", name: null });
  expect(reply).toEqual({ instance: "ins_1" });
  expect(invoke).toHaveBeenCalledWith("call", {
    name: "start_instance",
    requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    payload: { directory: "/a", name: null },
  });
});

test("an empty reply is nothing, and a query has no request id", async () => {
  invoke.mockResolvedValue(new ArrayBuffer(0));
  expect(await createTauriBackend().call("watch", { sessions: [] })).toEqual({});
  expect(invoke).toHaveBeenCalledWith("call", { name: "watch", requestId: null, payload: { sessions: [] } });
});

test("what a command rejects with becomes a failure", async () => {
  invoke.mockRejectedValue({ code: "not_found", message: "There is no such instance", hint: null, detail: null });
  await expect(createTauriBackend().call("stop_instance", { instance: "x" })).rejects.toMatchObject({
    name: "BackendFailure",
    code: "not_found",
  });
});

test("one channel carries the pushes", async () => {
  invoke.mockResolvedValue(new ArrayBuffer(0));
  const seen: number[] = [];
  const end = createTauriBackend().subscribe(
    (push) => seen.push(push.seq),
    () => {},
  );
  const [name, { channel }] = invoke.mock.calls[0] as [string, { channel: { onmessage: (push: unknown) => void } }];
  expect(name).toBe("subscribe");
  channel.onmessage({ seq: 1, items: [{ type: "snapshot", fleet: {} }] });
  channel.onmessage({ seq: 2, items: [] });
  end();
  channel.onmessage({ seq: 3, items: [] });
  expect(seen).toEqual([1, 2]);
});

test("only a drop tells its paths", async () => {
  const dropped: string[][] = [];
  const end = createTauriBackend().onDrop((paths) => dropped.push(paths));
  drop.listener?.({ payload: { type: "over" } });
  drop.listener?.({ payload: { type: "drop", paths: ["/a b/ü"] } });
  expect(dropped).toEqual([["/a b/ü"]]);
  end();
  await vi.waitFor(() => expect(drop.ended).toBe(1));
});
