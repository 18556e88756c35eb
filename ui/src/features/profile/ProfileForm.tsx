/**
 * How an instance is run and shown, as a form: a value and its change. Starting, saving and what follows from them are
 * whose form it is in; `checks.ts` says whether the value can be kept.
 */
import { createEffect, createMemo, createSignal, on, Show } from "solid-js";
import { t } from "../../i18n";
import { Check } from "../../ui/Check";
import { Choice } from "../../ui/Choice";
import { NumberField } from "../../ui/NumberField";
import { COLUMNS, Part } from "../../ui/Part";
import { Suggestions } from "../../ui/Suggestions";
import { TextArea, TextField } from "../../ui/TextField";
import type { LogLevelView, ProfileView, RestartPolicyView, SleepRuleView } from "../../wire/messages";
import { profileProblems, profileWarnings } from "./checks";
import { Environment } from "./Environment";
import { JsonText } from "./JsonText";
import { type Policy, permissionOf, policyOf } from "./permissions";

export interface ProfileFormProps {
  value: ProfileView;
  onChange: (value: ProfileView) => void;
  /** Groups that other instances are in. */
  groups: readonly string[];
  /** After how many idle minutes the settings put instances to sleep; 0: never. */
  sleepAfterMinutes: number;
}

export function ProfileForm(props: ProfileFormProps) {
  const problems = createMemo(() => profileProblems(props.value));
  const warnings = createMemo(() => profileWarnings(props.value));
  const change = (patch: Partial<ProfileView>) => props.onChange({ ...props.value, ...patch });
  const place = () => props.value.place.in;
  return (
    <div class="flex min-w-0 flex-col gap-5">
      <Part title={t("profile.list")}>
        <Check
          label={t("profile.pinned")}
          checked={props.value.is_pinned}
          onChange={(is_pinned) => change({ is_pinned })}
        />
        <Group value={props.value.group} groups={props.groups} onChange={(group) => change({ group })} />
      </Part>
      <Part title={t("profile.server")}>
        <div class={COLUMNS}>
          <NumberField
            label={t("profile.port")}
            hint={t("profile.port.hint")}
            warning={warnings().port}
            error={problems().port}
            value={props.value.port}
            onChange={(port) => change({ port })}
          />
          <Show when={place() === "process"}>
            <TextField
              label={t("profile.hostname")}
              placeholder="127.0.0.1"
              hint={t("profile.hostname.hint")}
              warning={warnings().hostname}
              error={problems().hostname}
              value={props.value.hostname ?? ""}
              onInput={(event) => change({ hostname: event.currentTarget.value || null })}
            />
          </Show>
          <Show when={place() !== "docker"}>
            <TextField
              label={t("profile.binary")}
              hint={t(place() === "ssh" ? "profile.binary.there" : "profile.binary.hint")}
              value={props.value.binary ?? ""}
              onInput={(event) => change({ binary: event.currentTarget.value || null })}
            />
          </Show>
          <Choice<LogLevelView>
            label={t("profile.log")}
            value={props.value.log_level}
            options={(["debug", "info", "warn", "error"] as const).map((value) => ({
              value,
              label: t(`profile.log.${value}`),
            }))}
            onChange={(log_level) => change({ log_level })}
          />
        </div>
        <Show when={place() !== "process"}>
          <p class="text-sm text-faint">{t(place() === "docker" ? "profile.server.docker" : "profile.server.ssh")}</p>
        </Show>
        <Lines
          label={t("profile.arguments")}
          hint={t("profile.arguments.hint")}
          warning={warnings().arguments}
          value={props.value.arguments}
          onChange={(list) => change({ arguments: list })}
        />
        <Environment
          value={props.value.environment}
          error={problems().environment}
          onChange={(environment) => change({ environment })}
        />
      </Part>
      <Part title={t("profile.config")}>
        <Permissions
          value={props.value.permission}
          error={problems().permission}
          onChange={(permission) => change({ permission })}
        />
        <JsonText
          label={t("profile.config.overrides")}
          hint={t("profile.config.hint")}
          placeholder={t("profile.config.placeholder")}
          error={problems().config}
          value={props.value.config}
          onChange={(config) => change({ config })}
        />
      </Part>
      <Part title={t("profile.keeping")}>
        <div class={COLUMNS}>
          <Choice<RestartPolicyView>
            label={t("profile.restart")}
            value={props.value.restart}
            options={[
              { value: "never", label: t("profile.restart.never") },
              {
                value: "on_failure",
                label: t("profile.restart.on_failure"),
                description: t("profile.restart.on_failure.about"),
              },
              { value: "always", label: t("profile.restart.always"), description: t("profile.restart.always.about") },
            ]}
            onChange={(restart) => change({ restart })}
          />
          <NumberField
            label={t("profile.budget")}
            hint={t("profile.budget.hint")}
            error={problems().memory_budget_mib}
            value={props.value.memory_budget_mib}
            onChange={(memory_budget_mib) => change({ memory_budget_mib })}
          />
          <Sleep
            value={props.value.sleep}
            error={problems().sleep}
            usualMinutes={props.sleepAfterMinutes}
            onChange={(sleep) => change({ sleep })}
          />
        </div>
      </Part>
    </div>
  );
}

function Group(props: { value: string | null; groups: readonly string[]; onChange: (group: string | null) => void }) {
  const others = () => props.groups.filter((group) => group !== props.value?.trim());
  let field: HTMLInputElement | undefined;
  return (
    <div class="flex flex-col gap-1.5">
      <TextField
        ref={(input) => {
          field = input;
        }}
        label={t("profile.group")}
        hint={t("profile.group.hint")}
        value={props.value ?? ""}
        onInput={(event) => props.onChange(event.currentTarget.value || null)}
      />
      <Suggestions
        label={t("profile.group.known")}
        values={others()}
        field={() => field}
        onChoose={(group) => props.onChange(group)}
      />
    </div>
  );
}

interface LinesProps {
  label: string;
  hint: string;
  warning: string | undefined;
  value: readonly string[];
  onChange: (list: string[]) => void;
}

/** A list, one a line. What is typed stays as typed: an empty line in the making is no argument yet. */
function Lines(props: LinesProps) {
  const [text, setText] = createSignal(props.value.join("\n"));
  const list = () => text().split("\n").filter(Boolean);
  createEffect(
    on(
      () => props.value.join("\n"),
      (value) => list().join("\n") !== value && setText(value),
      { defer: true },
    ),
  );
  return (
    <TextArea
      label={props.label}
      hint={props.hint}
      warning={props.warning}
      rows={Math.min(8, Math.max(2, text().split("\n").length))}
      spellcheck={false}
      autocomplete="off"
      wrap="off"
      class="overflow-auto font-mono text-sm"
      value={text()}
      onInput={(event) => {
        setText(event.currentTarget.value);
        props.onChange(list());
      }}
    />
  );
}

function Permissions(props: {
  value: string | null;
  error: string | undefined;
  onChange: (text: string | null) => void;
}) {
  // Rules that happen to say what a named policy says stay open while a person edits them.
  const [isOwn, setOwn] = createSignal(policyOf(props.value) === "own");
  const policy = (): Policy => (isOwn() ? "own" : policyOf(props.value));
  const choose = (next: Policy) => {
    setOwn(next === "own");
    props.onChange(permissionOf(next, props.value));
  };
  createEffect(
    on(
      () => policyOf(props.value),
      (next) => next === "own" && setOwn(true),
      { defer: true },
    ),
  );
  return (
    <>
      <Choice<Policy>
        label={t("profile.policy")}
        value={policy()}
        options={(["default", "ask", "allow", "own"] as const).map((value) => ({
          value,
          label: t(`profile.policy.${value}`),
          description: t(`profile.policy.${value}.about`),
        }))}
        hint={t(`profile.policy.${policy()}.about`)}
        onChange={choose}
      />
      <Show when={policy() === "own"}>
        <JsonText
          label={t("profile.policy.rules")}
          hint={t("profile.policy.rulesHint")}
          error={props.error}
          value={props.value}
          onChange={(text) => props.onChange(text)}
        />
      </Show>
    </>
  );
}

interface SleepProps {
  value: SleepRuleView;
  error: string | undefined;
  usualMinutes: number;
  onChange: (rule: SleepRuleView) => void;
}

function Sleep(props: SleepProps) {
  const usual = () =>
    props.usualMinutes > 0
      ? t("profile.sleep.defaultAfter", { minutes: props.usualMinutes })
      : t("profile.sleep.defaultNever");
  const choose = (rule: SleepRuleView["rule"]) =>
    props.onChange(rule === "after" ? { rule, minutes: props.usualMinutes || 30 } : { rule });
  return (
    <>
      <Choice<SleepRuleView["rule"]>
        label={t("profile.sleep")}
        value={props.value.rule}
        options={[
          { value: "default", label: t("profile.sleep.default"), description: usual() },
          { value: "never", label: t("profile.sleep.never") },
          { value: "after", label: t("profile.sleep.after") },
        ]}
        onChange={choose}
      />
      <Show when={props.value.rule === "after" && props.value}>
        {(rule) => (
          <NumberField
            label={t("profile.sleep.minutes")}
            error={props.error}
            value={rule().minutes}
            // Nothing typed is no time.
            onChange={(minutes) => props.onChange({ rule: "after", minutes: minutes ?? Number.NaN })}
          />
        )}
      </Show>
    </>
  );
}
