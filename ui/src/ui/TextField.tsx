/** Fields for text, with their label, hint and error. */
import { createUniqueId, type JSX, Show, splitProps } from "solid-js";

interface FieldProps {
  label: string;
  /** The label is read out but not shown. */
  hideLabel?: boolean;
  hint?: string;
  /** Possible, but better known before. */
  warning?: string;
  error?: string;
}

const BOX =
  "selectable w-full rounded-md border border-line-strong bg-canvas px-2 text-ink placeholder:text-faint disabled:opacity-60 aria-invalid:border-bad";

interface TextFieldProps extends FieldProps, Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "id"> {}

export function TextField(props: TextFieldProps) {
  const [field, rest] = splitProps(props, ["label", "hideLabel", "hint", "warning", "error", "class"]);
  const id = createUniqueId();
  return (
    <Field {...field} id={id}>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        {...rest}
        id={id}
        aria-invalid={field.error ? "true" : undefined}
        aria-describedby={note(field) ? `${id}-note` : undefined}
        class={`h-8 ${BOX} ${field.class ?? ""}`}
      />
    </Field>
  );
}

interface TextAreaProps extends FieldProps, Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> {}

export function TextArea(props: TextAreaProps) {
  const [field, rest] = splitProps(props, ["label", "hideLabel", "hint", "warning", "error", "class"]);
  const id = createUniqueId();
  return (
    <Field {...field} id={id}>
      <textarea
        {...rest}
        id={id}
        aria-invalid={field.error ? "true" : undefined}
        aria-describedby={note(field) ? `${id}-note` : undefined}
        class={`resize-none py-1.5 ${BOX} ${field.class ?? ""}`}
      />
    </Field>
  );
}

const note = (field: FieldProps) => field.error || field.warning || field.hint;

/** A field's label above it and its note below; for a control that is no text, too. */
export function Field(props: FieldProps & { id: string; children: JSX.Element }) {
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <label for={props.id} class={props.hideLabel ? "sr-only" : "text-sm font-medium text-muted"}>
        {props.label}
      </label>
      {props.children}
      <Show when={note(props)}>
        <p
          id={`${props.id}-note`}
          aria-live="polite"
          class={`selectable text-sm break-words ${props.error ? "text-bad" : props.warning ? "text-warn" : "text-faint"}`}
        >
          {note(props)}
        </p>
      </Show>
    </div>
  );
}
