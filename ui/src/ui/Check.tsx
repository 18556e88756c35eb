/** A box to tick, with its text. */
import type { JSX } from "solid-js";

interface CheckProps {
  label: JSX.Element;
  checked: boolean;
  disabled?: boolean;
  onChange: (isChecked: boolean) => void;
}

export function Check(props: CheckProps) {
  return (
    <label class="flex w-fit items-center gap-2">
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}
