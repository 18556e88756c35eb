import { expect, test, vi } from "vitest";
import type { Push } from "../wire/messages";
import { BackendFailure } from "./failure";
import { createHttpBackend } from "./http";

interface Sent {
  url: string;
  init: RequestInit;
}

class FakeEvents {
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
  close() {
    this.isClosed = true;
  }
}

function scene(reply: () => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const events: FakeEvents[] = [];
  const backend = createHttpBackend({
    fetch: async (url, init) => {
      sent.push({ url, init });
      return reply();
    },
    openEvents: (url) => {
      const opened = new FakeEvents(url);
      events.push(opened);
      return opened as unknown as EventSource;
    },
  });
  const headers = (at: number) => sent[at]?.init.headers as Record<string, string>;
  return { backend, sent, events, headers };
}

test("a call posts its payload and names the window; a mutation has a request id of its own", async () => {
  const s = scene(() => new Response(JSON.stringify({ instance: "ins_1" })));
  const reply = await s.backend.call("start_instance", { directory: "~/a", name: null });
  await s.backend.call("stop_instance", { instance: "ins_1" });
  await s.backend.call("check_directory", { directory: "~/a" });
  expect(reply).toEqual({ instance: "ins_1" });
  expect(s.sent[0]?.url).toBe("/bridge/call/start_instance");
  expect(s.sent[0]?.init).toMatchObject({ method: "POST", body: '{"directory":"~/a","name":null}' });
  expect(s.headers(0)["x-portal-window"]).toMatch(/^tab-[0-9a-f]{32}$/);
  expect(s.headers(0)["x-portal-request"]).toMatch(/^[0-9a-f]{32}$/);
  expect(s.headers(1)["x-portal-request"]).not.toBe(s.headers(0)["x-portal-request"]);
  expect(s.headers(2)["x-portal-request"]).toBeUndefined();
});

test("forwards carry a request id unless they only read", async () => {
  const s = scene(() => new Response('{"status":200,"headers":[]}\nbody'));
  const forward = { instance: "i", path: "/session", query: [], directory: null, body: null };
  await s.backend.forward({ ...forward, method: "GET" });
  const { head, body } = await s.backend.forward({ ...forward, method: "POST" });
  expect(s.headers(0)["x-portal-request"]).toBeUndefined();
  expect(s.headers(1)["x-portal-request"]).toBeDefined();
  expect(head.status).toBe(200);
  expect(new TextDecoder().decode(body)).toBe("body");
});

test("a failure keeps its code, hint and detail", async () => {
  const failure = { code: "precondition", message: "It runs", hint: "Stop it first", detail: null };
  const s = scene(() => new Response(JSON.stringify(failure), { status: 409 }));
  const error = await s.backend.call("remove_instance", { instance: "i" }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(BackendFailure);
  expect(error).toMatchObject(failure);
});

test("a server that cannot be reached, and a reply that is no JSON, are failures too", async () => {
  const gone = scene(() => Promise.reject(new TypeError("Failed to fetch")));
  await expect(gone.backend.call("fleet", {})).rejects.toMatchObject({ code: "unavailable" });
  const garbage = scene(() => new Response("<html>"));
  await expect(garbage.backend.call("fleet", {})).rejects.toMatchObject({ code: "internal" });
  const frame = scene(() => new Response("no newline"));
  await expect(
    frame.backend.forward({ instance: "i", method: "GET", path: "/", query: [], directory: null, body: null }),
  ).rejects.toMatchObject({ code: "internal" });
});

test("pushes come as events; garbage closes the stream, and it is opened again", async () => {
  vi.useFakeTimers();
  const s = scene(() => new Response("{}"));
  const pushes: Push[] = [];
  const end = s.backend.subscribe(
    (push) => pushes.push(push),
    () => {},
  );
  const first = s.events[0];
  expect(first?.url).toBe(`/bridge/pushes?window=${s.headers(0)?.["x-portal-window"] ?? first?.url.split("=")[1]}`);
  first?.onmessage?.({ data: JSON.stringify({ seq: 1, items: [{ type: "snapshot", fleet: {} }] }) });
  expect(pushes.length).toBe(1);
  first?.onmessage?.({ data: '{"seq":2,' });
  expect(first?.isClosed).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(s.events.length).toBe(2);
  end();
  vi.useRealTimers();
});
