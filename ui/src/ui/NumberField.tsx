/** A field for a whole number. What is typed and is none is given as `NaN`, so that the form can say so. */
import { createEffect, createSignal, on } from "solid-js";
import { TextField } from "./TextField";

interface NumberFieldProps {
  label: string;
  hideLabel?: boolean;
  value: number | null;
  placeholder?: string;
  hint?: string;
  warning?: string;
  error?: string;
  onChange: (value: number | null) => void;
}

export function NumberField(props: NumberFieldProps) {
  const [text, setText] = createSignal(textOf(props.value));
  createEffect(
    on(
      () => props.value,
      (value) => !Object.is(numberOf(text()), value) && setText(textOf(value)),
      { defer: true },
    ),
  );
  return (
    <TextField
      label={props.label}
      hideLabel={props.hideLabel}
      hint={props.hint}
      warning={props.warning}
      error={props.error}
      placeholder={props.placeholder}
      inputmode="numeric"
      value={text()}
      onInput={(event) => {
        setText(event.currentTarget.value);
        props.onChange(numberOf(text()));
      }}
    />
  );
}

function numberOf(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return /^\d{1,15}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

function textOf(value: number | null): string {
  return value === null || Number.isNaN(value) ? "" : String(value);
}
