/** The permission policies that are offered by name. Pure. */
import { jsonObject } from "../../lib/json";

/** `own` is any other JSON. */
export type Policy = "default" | "ask" | "allow" | "own";

// The last rule that matches wins, and `OPENCODE_PERMISSION` is merged behind what the configuration says.
const TEXT: Record<"ask" | "allow", string> = { ask: '{"*": "ask"}', allow: '{"*": "allow"}' };

export function policyOf(permission: string | null): Policy {
  if (permission === null || permission.trim() === "") return "default";
  const value = jsonObject(permission);
  if (value && Object.keys(value).length === 1 && value["*"] === "ask") return "ask";
  if (value && Object.keys(value).length === 1 && value["*"] === "allow") return "allow";
  return "own";
}

/** The text of a policy; `own` begins with what there was, else with a few rules to change. */
export function permissionOf(policy: Policy, before: string | null): string | null {
  if (policy === "default") return null;
  if (policy !== "own") return TEXT[policy];
  return before?.trim() ? indented(before) : '{\n  "*": "allow",\n  "bash": "ask",\n  "edit": "ask"\n}';
}

function indented(text: string): string {
  const value = jsonObject(text);
  return value ? JSON.stringify(value, null, 2) : text;
}
