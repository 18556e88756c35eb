import { createOpencodeClient } from "@opencode-ai/sdk/v2/client";
import type { Message, Part, Session } from "@opencode-ai/sdk/v2/types";
import { expect, expectTypeOf, test } from "vitest";
import type { Forward } from "../wire/messages";
import { forwardingFetch, toForward } from "./opencode";
import type { Forwarded } from "./types";

function client(answer: Forwarded, directory?: string) {
  const sent: Forward[] = [];
  const made = createOpencodeClient({
    baseUrl: "http://instance.invalid",
    ...(directory ? { directory } : {}),
    fetch: forwardingFetch("ins_1", async (forward) => {
      sent.push(forward);
      return answer;
    }),
  });
  return { made, sent };
}

function json(value: unknown, status = 200, headers: [string, string][] = []): Forwarded {
  return {
    head: { status, headers: [["content-type", "application/json"], ...headers] },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

test("a directory is taken out of the query or the header, decoded once", async () => {
  const directory = "/home/ada/100% für/a b";
  const { made, sent } = client(json([]), directory);
  await made.session.list({ limit: 5 });
  await made.session.create({ title: "New" });
  expect(sent[0]).toEqual({
    instance: "ins_1",
    method: "GET",
    path: "/session",
    query: [["limit", "5"]],
    directory,
    body: null,
  });
  expect(sent[1]).toMatchObject({ method: "POST", path: "/session", query: [], directory });
  expect(JSON.parse(sent[1]?.body ?? "")).toEqual({ title: "New" });
});

test("without a directory the instance's own is meant", async () => {
  const { made, sent } = client(json([]));
  await made.session.list();
  expect(sent[0]?.directory).toBeNull();
});

test("ids in paths stay encoded, bodies stay text, a body-less POST has none", async () => {
  const forward = await toForward(
    "i",
    new Request("http://instance.invalid/session/a%2Fb/abort?x=1&x=2&directory=%2Fp", { method: "POST" }),
  );
  expect(forward).toEqual({
    instance: "i",
    method: "POST",
    path: "/session/a%2Fb/abort",
    query: [
      ["x", "1"],
      ["x", "2"],
    ],
    directory: "/p",
    body: null,
  });
});

test("a page's cursor and any status come through", async () => {
  const { made } = client(json([], 200, [["x-next-cursor", "abc"]]));
  const page = await made.session.messages({ sessionID: "ses_1", limit: 10 });
  expect(page.response.headers.get("x-next-cursor")).toBe("abc");
  const { made: refused } = client(json({ name: "NotFoundError", data: { message: "No such session" } }, 404));
  const result = await refused.session.get({ sessionID: "ses_1" });
  expect(result.response.status).toBe(404);
  expect(result.data).toBeUndefined();
  const { made: empty } = client({ head: { status: 204, headers: [] }, body: new Uint8Array() });
  expect((await empty.session.promptAsync({ sessionID: "ses_1", parts: [] })).response.status).toBe(204);
});

test("the client's types are those that the transcript keeps", () => {
  const { made } = client(json([]));
  type Page = NonNullable<Awaited<ReturnType<typeof made.session.messages>>["data"]>;
  expectTypeOf<Page[number]["info"]>().toEqualTypeOf<Message>();
  expectTypeOf<Page[number]["parts"]>().toEqualTypeOf<Part[]>();
  type Created = NonNullable<Awaited<ReturnType<typeof made.session.create>>["data"]>;
  expectTypeOf<Created>().toEqualTypeOf<Session>();
});
