/** What a call of each tool shows when it is unfolded. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import type { JSX } from "solid-js";
import { count, t } from "../../../i18n";
import { BashBody } from "./BashBody";
import { type CallState, errorOf, input, meta, outputOf, patchOf } from "./call";
import { GenericBody, OutputBody, PromptBody } from "./GenericBody";
import { PatchBody, WrittenBody } from "./PatchBody";
import { QuestionBody, questionsOf } from "./QuestionBody";
import { TodoBody, todosOf } from "./TodoBody";

export interface Body {
  /** Whether there is something to show. */
  has: (part: ToolPart) => boolean;
  isOpenByItself?: (part: ToolPart, state: CallState) => boolean;
  /** Whether `aside` says how it ended, in place of the state. */
  hasVerdict?: (part: ToolPart) => boolean;
  /** In the head, beside the state. */
  aside?: (part: ToolPart) => JSX.Element;
  draw: (part: () => ToolPart, state: () => CallState) => JSX.Element;
}

const output: Body = {
  has: (part) => outputOf(part) !== "",
  draw: (part) => <OutputBody part={part()} />,
};

const patch: Body = {
  has: (part) => patchOf(part) !== null,
  // What the permission card shows is not shown twice.
  isOpenByItself: (_part, state) => state !== "waiting",
  draw: (part) => <PatchBody part={part()} />,
};

const BODIES: Record<string, Body> = {
  bash: {
    has: (part) => input(part, "command") !== "",
    // Long output folds when it is complete; what fits stays, so that nothing jumps.
    isOpenByItself: (part, state) => state === "running" || exitCode(part) !== 0 || isShort(part, state),
    hasVerdict: (part) => exitCode(part) !== 0,
    aside: (part) => {
      const code = exitCode(part);
      return code === 0 ? null : <span class="text-bad">{t("session.tool.exit", { code })}</span>;
    },
    draw: (part) => <BashBody part={part()} />,
  },
  edit: patch,
  apply_patch: { ...patch, has: (part) => patchOf(part) !== null || input(part, "patchText") !== "" },
  write: {
    has: (part) => patchOf(part) !== null || input(part, "content") !== "",
    draw: (part) => <WrittenBody part={part()} />,
  },
  glob: { ...output, aside: (part) => matches(part, "count") },
  grep: { ...output, aside: (part) => matches(part, "matches") },
  task: {
    has: (part) => input(part, "prompt") !== "",
    draw: (part) => <PromptBody part={part()} />,
  },
  todowrite: {
    has: (part) => todosOf(part).length > 0,
    isOpenByItself: () => true,
    aside: (part) => {
      const todos = todosOf(part);
      const done = todos.filter((todo) => todo.status === "completed").length;
      return todos.length > 0 ? t("session.tool.todo.count", { done, count: todos.length }) : null;
    },
    draw: (part) => <TodoBody part={part()} />,
  },
  question: {
    has: (part) => questionsOf(part).length > 0,
    isOpenByItself: (_part, state) => state !== "waiting",
    draw: (part) => <QuestionBody part={part()} />,
  },
  read: output,
  list: output,
  ls: output,
  webfetch: output,
  websearch: output,
  skill: output,
};

const generic: Body = {
  has: (part) => Object.keys(part.state.input ?? {}).length > 0 || outputOf(part) !== "" || errorOf(part) !== null,
  draw: (part) => <GenericBody part={part()} />,
};

export function bodyOf(tool: string): Body {
  return BODIES[tool] ?? generic;
}

const SHORT_LINES = 12;

function isShort(part: ToolPart, state: CallState): boolean {
  return state === "done" && outputOf(part).split("\n", SHORT_LINES + 1).length <= SHORT_LINES;
}

/** 0 while it runs, too. */
function exitCode(part: ToolPart): number {
  const exit = meta(part, "exit");
  return typeof exit === "number" ? exit : 0;
}

function matches(part: ToolPart, name: string): JSX.Element {
  const n = meta(part, name);
  return typeof n === "number" ? count(n, "session.tool.matches.one", "session.tool.matches.many") : null;
}
