/** Which calls carry a request id, so that the core carries them out once. */
import type { Forward } from "../wire/messages";
import { OPERATIONS, type OperationName } from "../wire/operations";
import { freshId } from "./ids";

export function requestIdOf(name: OperationName, request: unknown): string | null {
  const kind = OPERATIONS[name];
  if (kind === "mutation") return freshId();
  if (kind === "forward" && (request as Forward).method !== "GET") return freshId();
  return null;
}
