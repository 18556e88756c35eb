/** The agent's list of tasks. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { For } from "solid-js";
import { Icon, type IconName } from "../../../ui/Icon";
import { inputValue, meta } from "./call";

export interface Todo {
  content: string;
  status: string;
}

const LOOK: Record<string, { icon: IconName; class: string }> = {
  completed: { icon: "check", class: "text-faint line-through" },
  in_progress: { icon: "circle-dot", class: "font-medium" },
  cancelled: { icon: "x", class: "text-faint line-through" },
  pending: { icon: "circle", class: "text-muted" },
};

export function todosOf(part: ToolPart): Todo[] {
  const list = meta(part, "todos") ?? inputValue(part, "todos");
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const { content, status } = (typeof item === "object" && item !== null ? item : {}) as Partial<Todo>;
    return typeof content === "string" ? [{ content, status: typeof status === "string" ? status : "pending" }] : [];
  });
}

export function TodoBody(props: { part: ToolPart }) {
  return (
    <ul class="selectable flex flex-col gap-0.5 px-2.5 py-1.5">
      <For each={todosOf(props.part)}>
        {(todo) => {
          const look = LOOK[todo.status] ?? { icon: "circle" as const, class: "text-muted" };
          return (
            <li class={`flex gap-2 ${look.class}`} aria-label={`${todo.content}: ${todo.status.replace("_", " ")}`}>
              <Icon name={look.icon} size={13} class={`mt-[4px] ${todo.status === "in_progress" ? "text-busy" : ""}`} />
              <span class="min-w-0 [overflow-wrap:anywhere]">{todo.content}</span>
            </li>
          );
        }}
      </For>
    </ul>
  );
}
