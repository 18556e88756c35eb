/** What of the person's a container gets, each with what that means. */
import { createEffect, createSignal, createUniqueId, on } from "solid-js";
import { t } from "../../i18n";
import { TextField } from "../../ui/TextField";
import type { DockerPlaceView } from "../../wire/messages";

type Passed = Pick<DockerPlaceView, "passes_auth" | "passes_git" | "passes_ssh_agent" | "passes_variables">;

interface PassedInProps {
  value: Passed;
  /** What is wrong with the names of variables. */
  error: string | undefined;
  onChange: (patch: Partial<Passed>) => void;
}

export function PassedIn(props: PassedInProps) {
  return (
    <fieldset class="flex min-w-0 flex-col gap-2.5">
      <legend class="text-sm font-medium text-muted">
        {t("place.passes")} <span class="font-normal text-faint">· {t("place.passes.none")}</span>
      </legend>
      <div class="mt-1 flex flex-col gap-2">
        <Passing
          label={t("place.passes.auth")}
          about={t("place.passes.auth.about")}
          checked={props.value.passes_auth}
          onChange={(passes_auth) => props.onChange({ passes_auth })}
        />
        <Passing
          label={t("place.passes.git")}
          about={t("place.passes.git.about")}
          checked={props.value.passes_git}
          onChange={(passes_git) => props.onChange({ passes_git })}
        />
        <Passing
          label={t("place.passes.ssh")}
          about={t("place.passes.ssh.about")}
          checked={props.value.passes_ssh_agent}
          onChange={(passes_ssh_agent) => props.onChange({ passes_ssh_agent })}
        />
      </div>
      <Names
        value={props.value.passes_variables}
        error={props.error}
        onChange={(passes_variables) => props.onChange({ passes_variables })}
      />
      <p class="text-sm text-faint">{t("place.passes.config")}</p>
    </fieldset>
  );
}

function Passing(props: { label: string; about: string; checked: boolean; onChange: (isPassed: boolean) => void }) {
  const id = createUniqueId();
  return (
    <div class="flex items-start gap-2">
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        aria-describedby={`${id}-about`}
        class="mt-[3px]"
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <div class="min-w-0">
        <label for={id}>{props.label}</label>
        <p id={`${id}-about`} class="text-sm text-faint">
          {props.about}
        </p>
      </div>
    </div>
  );
}

/** Names with spaces between them. What is typed stays as typed: a space in the making is no name yet. */
function Names(props: { value: readonly string[]; error: string | undefined; onChange: (names: string[]) => void }) {
  const [text, setText] = createSignal(props.value.join(" "));
  const names = () => [
    ...new Set(
      text()
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
  ];
  createEffect(
    on(
      () => props.value.join(" "),
      (value) => names().join(" ") !== value && setText(value),
      { defer: true },
    ),
  );
  return (
    <TextField
      label={t("place.variables")}
      placeholder="GITHUB_TOKEN NPM_TOKEN"
      hint={t("place.variables.hint")}
      error={props.error}
      class="font-mono text-sm placeholder:font-sans"
      value={text()}
      onInput={(event) => {
        setText(event.currentTarget.value);
        props.onChange(names());
      }}
    />
  );
}
