/** The agent's plan, step by step. */
import { For, Show } from "solid-js";
import { t } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { Empty } from "../../ui/states";
import type { TodoItem, TodoState } from "./todos";

const LOOK: Record<TodoState, { icon: IconName; color: string }> = {
  pending: { icon: "circle", color: "text-faint" },
  in_progress: { icon: "circle-dot", color: "text-busy" },
  completed: { icon: "check", color: "text-good" },
  cancelled: { icon: "x", color: "text-faint" },
};

export function TodoList(props: { todos: TodoItem[] }) {
  const done = () => props.todos.filter((todo) => todo.state === "completed").length;
  return (
    <Show
      when={props.todos.length > 0}
      fallback={<Empty icon="list-todo" title={t("todo.empty")} text={t("todo.emptyText")} />}
    >
      <p class="px-3 pt-3 pb-1 text-sm text-muted">{t("todo.done", { done: done(), count: props.todos.length })}</p>
      <ol class="selectable flex flex-col px-1 pb-3">
        <For each={props.todos}>
          {(todo) => (
            <li class="flex items-start gap-2 px-2 py-1">
              <span role="img" aria-label={t(`todo.${todo.state}`)} title={t(`todo.${todo.state}`)} class="mt-[3px]">
                <Icon name={LOOK[todo.state].icon} class={LOOK[todo.state].color} />
              </span>
              <span
                class="min-w-0 break-words"
                classList={{
                  "text-muted line-through": todo.state === "cancelled",
                  "text-muted": todo.state === "completed",
                  "font-medium": todo.state === "in_progress",
                }}
              >
                {todo.content}
              </span>
            </li>
          )}
        </For>
      </ol>
    </Show>
  );
}
