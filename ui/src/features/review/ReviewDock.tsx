/** The dock beside a session: tabs over what belongs to it. */
import { createEffect, createMemo, on, Show } from "solid-js";
import { t } from "../../i18n";
import { createKept } from "../../lib/persist";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { Tabs } from "../../ui/Tabs";
import { Review } from "./Review";
import { TodoList } from "./TodoList";
import { isOpen, todosOf } from "./todos";

export interface ReviewDockProps {
  instance: string;
  session?: string;
  /** The turn to review: the id of a user's message. */
  turn?: string;
}

export function ReviewDock(props: ReviewDockProps) {
  const [tab, setTab] = createKept<string>("dock.tab", "review");
  const todos = createMemo(() =>
    props.session ? todosOf(model.transcripts[sessionKey(props.instance, props.session)]?.todos) : [],
  );
  // To ask for a turn is to ask for the review.
  createEffect(
    on(
      () => props.turn,
      (turn) => turn && setTab("review"),
      { defer: true },
    ),
  );
  return (
    <section aria-label={t("dock.label")} class="flex h-full min-h-0 min-w-0 flex-col bg-panel">
      <Tabs
        label={t("dock.label")}
        tabs={[
          { id: "review", label: t("dock.review") },
          { id: "todo", label: t("dock.todo"), count: todos().filter(isOpen).length },
        ]}
        value={tab() === "todo" ? "todo" : "review"}
        onChange={setTab}
      >
        <Show when={tab() === "todo"} fallback={<Review {...props} />}>
          <TodoList todos={todos()} />
        </Show>
      </Tabs>
    </section>
  );
}
