/** Chooses what to review: a turn, and which, or the work tree. */
import { createUniqueId, For, Show } from "solid-js";
import { t } from "../../i18n";
import type { Turn } from "../../model/turns";
import { Select } from "../../ui/Select";

export type Scope = "turn" | "tree";

interface ScopePickerProps {
  scope: Scope;
  hasSession: boolean;
  onScope: (scope: Scope) => void;
  /** Turns to choose from, oldest first. */
  turns: Turn[];
  turn: string | null;
  onTurn: (message: string) => void;
}

const SCOPES: Scope[] = ["turn", "tree"];

export function ScopePicker(props: ScopePickerProps) {
  const name = createUniqueId();
  const titleOf = (turn: Turn) =>
    turn.title || t("review.turn.untitled", { time: new Date(turn.created).toLocaleTimeString() });
  return (
    <>
      <div role="radiogroup" aria-label={t("review.scope")} class="inline-flex rounded-md border border-line-strong">
        <For each={props.hasSession ? SCOPES : (["tree"] as Scope[])}>
          {(scope) => (
            <label class="px-2 py-0.5 text-muted first:rounded-l-md last:rounded-r-md has-checked:bg-active has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent">
              <input
                type="radio"
                name={name}
                class="sr-only"
                checked={props.scope === scope}
                onChange={() => props.onScope(scope)}
              />
              {t(`review.scope.${scope}`)}
            </label>
          )}
        </For>
      </div>
      <Show when={props.scope === "turn" && props.turns.length > 0}>
        <Select
          label={t("review.turn")}
          value={props.turn ?? undefined}
          options={[...props.turns].reverse().map((turn) => ({
            value: turn.message,
            label: titleOf(turn),
            description: new Date(turn.created).toLocaleString(),
          }))}
          onChange={props.onTurn}
          class="max-w-56"
        />
      </Show>
    </>
  );
}
