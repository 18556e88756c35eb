/** The one error that the core's operations throw. The UI branches on `code`, never on a text. */
import type { Code, Failure } from "../wire/messages";

export class BackendFailure extends Error {
  readonly code: Code;
  readonly hint: string | null;
  readonly detail: string | null;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "BackendFailure";
    this.code = failure.code;
    this.hint = failure.hint;
    this.detail = failure.detail;
  }
}

const CODES: readonly string[] = [
  "not_found",
  "precondition",
  "invalid",
  "unavailable",
  "unauthorized",
  "opencode_missing",
  "not_here",
  "internal",
  "no_keyring",
] satisfies Code[];

function isFailure(value: unknown): value is Failure {
  if (typeof value !== "object" || value === null) return false;
  const { code, message } = value as Record<string, unknown>;
  return typeof message === "string" && typeof code === "string" && CODES.includes(code);
}

/** Whatever was thrown, as a failure that can be shown. */
export function asFailure(error: unknown): BackendFailure {
  if (error instanceof BackendFailure) return error;
  let value = error;
  if (typeof value === "string") {
    try {
      value = JSON.parse(value);
    } catch {
      // A plain text: it becomes the message below.
    }
  }
  if (isFailure(value)) {
    return new BackendFailure({ ...value, hint: value.hint ?? null, detail: value.detail ?? null });
  }
  const message = error instanceof Error ? error.message : typeof error === "string" ? error : "Something went wrong";
  return new BackendFailure({ code: "internal", message, hint: null, detail: null });
}
