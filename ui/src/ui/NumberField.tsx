/** A field for a number. What is typed and is none is given as `NaN`, so that the form can say so. */
import { createEffect, createSignal, on } from "solid-js";
import { TextField } from "./TextField";

interface NumberFieldProps {
  label: string;
  hideLabel?: boolean;
  /** With `decimals`, counted in the last of them: 150 for 1.5 where there are two. */
  value: number | null;
  /** How many may be typed; none by default. */
  decimals?: number;
  placeholder?: string;
  hint?: string;
  warning?: string;
  error?: string;
  onChange: (value: number | null) => void;
}

export function NumberField(props: NumberFieldProps) {
  const decimals = () => props.decimals ?? 0;
  const [text, setText] = createSignal(textOf(props.value, decimals()));
  createEffect(
    on(
      () => props.value,
      (value) => !Object.is(numberOf(text(), decimals()), value) && setText(textOf(value, decimals())),
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
      inputmode={decimals() > 0 ? "decimal" : "numeric"}
      value={text()}
      onInput={(event) => {
        setText(event.currentTarget.value);
        props.onChange(numberOf(text(), decimals()));
      }}
    />
  );
}

function numberOf(text: string, decimals: number): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  // A comma is what many people type.
  const [, whole, rest = ""] = /^(\d{1,15})(?:[.,](\d*))?$/.exec(trimmed) ?? [];
  if (whole === undefined || rest.length > decimals || (decimals === 0 && /[.,]/.test(trimmed))) return Number.NaN;
  return Number(whole + rest.padEnd(decimals, "0"));
}

function textOf(value: number | null, decimals: number): string {
  return value === null || Number.isNaN(value) ? "" : String(value / 10 ** decimals);
}
