/** What a tool call says about itself, read with care: input and metadata are whatever a model or a plugin made. Pure. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import type { TextKey } from "../../../i18n";
import type { IconName } from "../../../ui/Icon";

export type CallState = "pending" | "running" | "waiting" | "done" | "failed";

/** `isOver`: the message ended, so that a call which never did will not. */
export function stateOf(part: ToolPart, isWaiting: boolean, isOver: boolean): CallState {
  switch (part.state.status) {
    case "completed":
      return "done";
    case "error":
      return "failed";
    default:
      if (isOver) return "failed";
      if (isWaiting) return "waiting";
      return part.state.status;
  }
}

export function input(part: ToolPart, name: string): string {
  const value = (part.state.input as Record<string, unknown> | undefined)?.[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

export function inputValue(part: ToolPart, name: string): unknown {
  return (part.state.input as Record<string, unknown> | undefined)?.[name];
}

export function meta(part: ToolPart, name: string): unknown {
  if (part.state.status === "pending") return undefined;
  return (part.state.metadata as Record<string, unknown> | undefined)?.[name];
}

export function metaText(part: ToolPart, name: string): string {
  const value = meta(part, name);
  return typeof value === "string" ? value : "";
}

/** The output, as far as it came. */
export function outputOf(part: ToolPart): string {
  if (part.state.status === "completed") return metaText(part, "output") || part.state.output;
  return metaText(part, "output");
}

export function errorOf(part: ToolPart): string | null {
  return part.state.status === "error" ? part.state.error : null;
}

export function tookOf(part: ToolPart): number | null {
  const { state } = part;
  return state.status === "completed" || state.status === "error" ? state.time.end - state.time.start : null;
}

/** The sub-agent's session of a `task` call. */
export function childOf(part: ToolPart): string | null {
  const id = metaText(part, "sessionId") || metaText(part, "sessionID");
  return id || null;
}

/** The unified patch of an edit; null for a call that has none. */
export function patchOf(part: ToolPart): string | null {
  return metaText(part, "diff") || null;
}

interface Look {
  icon: IconName;
  label: TextKey;
  /** What it is about, in a word or a path. */
  subject: (part: ToolPart) => string;
  /** The subject is a path. */
  isPath?: boolean;
}

const LOOKS: Record<string, Look> = {
  read: { icon: "eye", label: "session.tool.read", subject: (p) => withRange(p), isPath: true },
  list: { icon: "folder", label: "session.tool.list", subject: (p) => input(p, "path") || ".", isPath: true },
  ls: { icon: "folder", label: "session.tool.list", subject: (p) => input(p, "path") || ".", isPath: true },
  glob: { icon: "folder-tree", label: "session.tool.glob", subject: (p) => input(p, "pattern") },
  grep: { icon: "search", label: "session.tool.grep", subject: (p) => input(p, "pattern") },
  bash: { icon: "square-terminal", label: "session.tool.bash", subject: (p) => input(p, "command") },
  edit: { icon: "file-pen", label: "session.tool.edit", subject: (p) => input(p, "filePath"), isPath: true },
  write: { icon: "file-plus", label: "session.tool.write", subject: (p) => input(p, "filePath"), isPath: true },
  apply_patch: { icon: "file-diff", label: "session.tool.apply_patch", subject: (p) => patchedFiles(p), isPath: true },
  task: { icon: "bot", label: "session.tool.task", subject: (p) => input(p, "description") },
  todowrite: { icon: "list-todo", label: "session.tool.todo", subject: () => "" },
  webfetch: { icon: "globe", label: "session.tool.webfetch", subject: (p) => input(p, "url") },
  websearch: { icon: "globe", label: "session.tool.websearch", subject: (p) => input(p, "query") },
  question: { icon: "circle-question-mark", label: "session.tool.question", subject: () => "" },
  skill: { icon: "sparkles", label: "session.tool.skill", subject: (p) => input(p, "name") },
};

/** How a tool is drawn; null for one that we do not know. */
export function lookOf(tool: string): Look | null {
  return LOOKS[tool] ?? null;
}

function withRange(part: ToolPart): string {
  const offset = Number(input(part, "offset"));
  const limit = Number(input(part, "limit"));
  const path = input(part, "filePath") || input(part, "path");
  if (!offset && !limit) return path;
  const first = Math.max(1, offset || 1);
  return limit ? `${path}:${first}-${first + limit - 1}` : `${path}:${first}`;
}

function patchedFiles(part: ToolPart): string {
  const files = [...input(part, "patchText").matchAll(/^\*\*\* (?:Update|Add|Delete) File: (.+)$/gm)].map(
    (m) => m[1] ?? "",
  );
  return files.length > 1 ? `${files[0]} +${files.length - 1}` : (files[0] ?? "");
}

/** A path under `directory` without it. */
export function relative(path: string, directory: string | undefined): string {
  return directory && path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

/** For tools that we do not know: the one input that says most. */
export function genericSubject(part: ToolPart): string {
  const values = Object.values((part.state.input as Record<string, unknown> | undefined) ?? {});
  const texts = values.filter((value): value is string => typeof value === "string" && value !== "");
  return part.state.status === "completed" && part.state.title ? part.state.title : (texts[0] ?? "");
}
