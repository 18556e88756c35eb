/**
 * opencode's own typed client, travelling over the bridge: its requests become forwards, the replies become responses.
 * Credentials and the directory's encoding are added in Rust.
 */
import { createOpencodeClient, type OpencodeClient } from "@opencode-ai/sdk/v2/client";
import type { Forward } from "../wire/messages";
import { backend } from "./index";
import type { Forwarded } from "./types";

/** Never resolved: requests carry a path only. */
const BASE = "http://instance.invalid";
const NO_BODY = new Set([101, 204, 205, 304]);

const clients = new Map<string, OpencodeClient>();

/** The client of an instance; `directory` when it is another than the instance's own. Errors are thrown. */
export function opencode(instance: string, directory?: string): OpencodeClient {
  const key = `${instance}\n${directory ?? ""}`;
  let client = clients.get(key);
  if (!client) {
    client = createOpencodeClient({
      baseUrl: BASE,
      ...(directory ? { directory } : {}),
      throwOnError: true,
      fetch: forwardingFetch(instance, (forward) => backend().forward(forward)),
    });
    clients.set(key, client);
  }
  return client;
}

/** A `fetch` that sends through `send`. */
export function forwardingFetch(instance: string, send: (forward: Forward) => Promise<Forwarded>) {
  return async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { head, body } = await send(await toForward(instance, request));
    return toResponse(head.status, head.headers, body);
  };
}

export async function toForward(instance: string, request: Request): Promise<Forward> {
  const url = new URL(request.url);
  const header = request.headers.get("x-opencode-directory");
  const directory = url.searchParams.get("directory") ?? (header === null ? null : decode(header));
  const query = [...url.searchParams.entries()].filter(([name]) => name !== "directory");
  const text = request.method === "GET" || request.method === "HEAD" ? "" : await request.text();
  return { instance, method: request.method, path: url.pathname, query, directory, body: text === "" ? null : text };
}

function toResponse(status: number, headers: [string, string][], body: Uint8Array): Response {
  const isEmpty = NO_BODY.has(status);
  return new Response(isEmpty ? null : (body as Uint8Array<ArrayBuffer>), { status, headers });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
