/** Fields for text, with their label, hint and error. */
import { createUniqueId, type JSX, Show, splitProps } from "solid-js";

interface FieldProps {
  label: string;
  /** The label is read out but not shown. */
  hideLabel?: boolean;
  hint?: string;
  error?: string;
}

const BOX =
  "selectable w-full rounded-md border border-line-strong bg-canvas px-2 text-ink placeholder:text-faint disabled:opacity-60 aria-invalid:border-bad";

interface TextFieldProps extends FieldProps, Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "id"> {}

export function TextField(props: TextFieldProps) {
  const [field, rest] = splitProps(props, ["label", "hideLabel", "hint", "error", "class"]);
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
        aria-describedby={field.error || field.hint ? `${id}-note` : undefined}
        class={`h-8 ${BOX} ${field.class ?? ""}`}
      />
    </Field>
  );
}

interface TextAreaProps extends FieldProps, Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> {}

export function TextArea(props: TextAreaProps) {
  const [field, rest] = splitProps(props, ["label", "hideLabel", "hint", "error", "class"]);
  const id = createUniqueId();
  return (
    <Field {...field} id={id}>
      <textarea
        {...rest}
        id={id}
        aria-invalid={field.error ? "true" : undefined}
        aria-describedby={field.error || field.hint ? `${id}-note` : undefined}
        class={`resize-none py-1.5 ${BOX} ${field.class ?? ""}`}
      />
    </Field>
  );
}

function Field(props: FieldProps & { id: string; children: JSX.Element }) {
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <label for={props.id} class={props.hideLabel ? "sr-only" : "text-sm font-medium text-muted"}>
        {props.label}
      </label>
      {props.children}
      <Show when={props.error || props.hint}>
        <p
          id={`${props.id}-note`}
          aria-live="polite"
          class={`selectable text-sm break-words ${props.error ? "text-bad" : "text-faint"}`}
        >
          {props.error || props.hint}
        </p>
      </Show>
    </div>
  );
}
