/** The reply to a forward: its head as one line of JSON, a newline, and the body's bytes. */
import type { ForwardHead } from "../wire/messages";
import { BackendFailure } from "./failure";
import type { Forwarded } from "./types";

const NEWLINE = 10;

export function readFrame(bytes: Uint8Array): Forwarded {
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) throw malformed();
  try {
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as ForwardHead;
    return { head, body: bytes.subarray(end + 1) };
  } catch {
    throw malformed();
  }
}

/** A reply of an operation; one without content is the empty object. */
export function readReply<T>(bytes: Uint8Array): T {
  if (bytes.length === 0) return {} as T;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch {
    throw malformed();
  }
}

function malformed(): BackendFailure {
  return new BackendFailure({
    code: "internal",
    message: "The core sent a reply that cannot be read",
    hint: null,
    detail: null,
  });
}
