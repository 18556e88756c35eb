/** A choice of one out of a few, as a field of a form: label above, note below. */
import { Show } from "solid-js";
import { type Option, Select } from "./Select";

interface ChoiceProps<V extends string> {
  label: string;
  value: V;
  options: readonly Option<V>[];
  hint?: string | undefined;
  /** Better known before. */
  warning?: string | undefined;
  disabled?: boolean;
  onChange: (value: V) => void;
}

export function Choice<V extends string>(props: ChoiceProps<V>) {
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <span aria-hidden="true" class="text-sm font-medium text-muted">
        {props.label}
      </span>
      <Select
        label={props.label}
        value={props.value}
        options={props.options}
        disabled={props.disabled ?? false}
        onChange={(value) => props.onChange(value)}
        class="!h-8 w-full justify-between"
      />
      <Show when={props.warning ?? props.hint}>
        <p class={`selectable text-sm [overflow-wrap:anywhere] ${props.warning ? "text-warn" : "text-faint"}`}>
          {props.warning ?? props.hint}
        </p>
      </Show>
    </div>
  );
}
