/** Values that a field may be given with a click, under it. */
import { For, Show } from "solid-js";

interface SuggestionsProps {
  /** What they are, for whoever does not see them. */
  label: string;
  values: readonly string[];
  /** The field: it has the focus then, since what was clicked may be gone. */
  field: () => HTMLElement | undefined;
  onChoose: (value: string) => void;
}

export function Suggestions(props: SuggestionsProps) {
  return (
    <Show when={props.values.length > 0}>
      <ul aria-label={props.label} class="flex max-h-24 flex-wrap gap-1.5 overflow-y-auto">
        <For each={props.values}>
          {(value) => (
            <li class="min-w-0">
              <button
                type="button"
                title={value}
                onClick={() => {
                  props.onChoose(value);
                  props.field()?.focus();
                }}
                class="h-6 max-w-72 truncate rounded-full border border-line-strong px-2.5 text-sm text-muted hover:bg-hover hover:text-ink"
              >
                {value}
              </button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}
