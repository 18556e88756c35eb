/** Variables as rows of a name and a value. A value that the core keeps back stays as it is until it is replaced. */
import { createUniqueId, Index, Show } from "solid-js";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import type { VariableView } from "../../wire/messages";
import { isSecretName } from "./checks";

interface EnvironmentProps {
  value: readonly VariableView[];
  error?: string;
  onChange: (value: VariableView[]) => void;
}

const BOX =
  "selectable h-8 min-w-0 rounded-md border border-line-strong bg-canvas px-2 font-mono text-sm placeholder:font-sans placeholder:text-faint";

export function Environment(props: EnvironmentProps) {
  const note = createUniqueId();
  let rows!: HTMLDivElement;
  const change = (at: number, variable: VariableView) =>
    props.onChange(props.value.map((old, i) => (i === at ? variable : old)));
  const focus = (at: number) =>
    requestAnimationFrame(() => rows.querySelectorAll<HTMLInputElement>("input[data-name]")[at]?.focus());
  const add = () => {
    props.onChange([...props.value, { name: "", value: "" }]);
    focus(props.value.length - 1);
  };
  const remove = (at: number) => {
    props.onChange(props.value.filter((_, i) => i !== at));
    focus(Math.max(0, at - 1));
  };
  return (
    <fieldset aria-describedby={note} class="flex min-w-0 flex-col gap-2">
      <legend class="mb-1 text-sm font-medium text-muted">{t("profile.env")}</legend>
      <div ref={rows} class="flex flex-col gap-1.5 empty:hidden">
        <Index each={props.value}>
          {(variable, at) => {
            const isKept = () => variable().value === null;
            return (
              <div class="flex items-center gap-1.5">
                <input
                  data-name
                  aria-label={t("profile.env.name", { n: at + 1 })}
                  value={variable().name}
                  // Another name would lose the value that is kept under this one.
                  readOnly={isKept()}
                  placeholder="NAME"
                  autocomplete="off"
                  spellcheck={false}
                  onInput={(event) => change(at, { ...variable(), name: event.currentTarget.value })}
                  class={`${BOX} w-2/5 read-only:bg-panel read-only:text-muted`}
                />
                <input
                  aria-label={
                    variable().name
                      ? t("profile.env.value", { name: variable().name })
                      : t("profile.env.valueOf", { n: at + 1 })
                  }
                  type={isSecretName(variable().name) ? "password" : "text"}
                  value={variable().value ?? ""}
                  placeholder={isKept() ? t("profile.env.kept") : ""}
                  autocomplete="off"
                  spellcheck={false}
                  onInput={(event) => change(at, { ...variable(), value: event.currentTarget.value })}
                  class={`${BOX} grow`}
                />
                <IconButton
                  icon="x"
                  size={13}
                  label={
                    variable().name
                      ? t("profile.env.remove", { name: variable().name })
                      : t("profile.env.removeOne", { n: at + 1 })
                  }
                  onClick={() => remove(at)}
                />
              </div>
            );
          }}
        </Index>
      </div>
      <div>
        <Button size="small" icon="plus" onClick={add}>
          {t("profile.env.add")}
        </Button>
      </div>
      <p id={note} aria-live="polite" class={`text-sm ${props.error ? "text-bad" : "text-faint"}`}>
        <Show when={props.error} fallback={t("profile.env.hint")}>
          {props.error}
        </Show>
      </p>
    </fieldset>
  );
}
