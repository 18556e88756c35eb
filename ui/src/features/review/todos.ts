/** The agent's todo list, as it comes: from the outside, so nothing of it is taken for granted. */

export const TODO_STATES = ["pending", "in_progress", "completed", "cancelled"] as const;
export type TodoState = (typeof TODO_STATES)[number];

export interface TodoItem {
  content: string;
  state: TodoState;
}

/** The items that can be read; an unknown state counts as not begun. */
export function todosOf(todos: readonly unknown[] | undefined): TodoItem[] {
  return (todos ?? []).flatMap((todo) => {
    if (typeof todo !== "object" || todo === null) return [];
    const { content, status } = todo as Record<string, unknown>;
    if (typeof content !== "string") return [];
    return [{ content, state: TODO_STATES.find((state) => state === status) ?? "pending" }];
  });
}

export function isOpen(todo: TodoItem): boolean {
  return todo.state === "pending" || todo.state === "in_progress";
}
