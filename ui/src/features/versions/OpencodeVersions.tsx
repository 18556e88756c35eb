/** opencode's versions: installed and latest, looking for updates, and the course of an update. */
import { For, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { ago, quoted } from "../../lib/format";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { attempt, createAttempt } from "../../ui/notices";
import { isUpdating, newerVersion, STEPS, stepOf } from "./newer";
import { lookForVersions, updateOpencode } from "./versions.commands";

export function OpencodeVersions() {
  const [isLooking, beginLooking] = createAttempt();
  const newer = () => newerVersion(model.opencode, model.versions);
  const looked = () => {
    const at = model.versions.looked_at_ms;
    if (at === null) return "";
    const since = ago(at, now());
    return since === "now" ? t("versions.lookedNow") : t("versions.looked", { ago: since });
  };
  return (
    <div class="flex flex-col gap-2 py-2">
      <dl class="flex flex-wrap gap-x-8 gap-y-1">
        <div class="flex gap-2">
          <dt class="text-muted">{t("versions.installed")}</dt>
          <dd class="selectable">{model.opencode.opencode === "found" ? model.opencode.version : "–"}</dd>
        </div>
        <div class="flex gap-2">
          <dt class="text-muted">{t("versions.latest")}</dt>
          <dd class="selectable">
            {model.versions.latest ?? <span class="text-faint">{t("versions.unknown")}</span>}
            <Show when={model.versions.latest && looked()}>
              <span class="pl-2 text-sm text-faint">{looked()}</span>
            </Show>
          </dd>
        </div>
      </dl>
      <Show when={model.versions.look_error}>
        {(reason) => (
          <p role="alert" class="selectable text-sm text-warn">
            {t("versions.lookFailed")}: {quoted(reason())}
          </p>
        )}
      </Show>
      <Show
        when={
          model.opencode.opencode === "found" &&
          model.versions.latest !== null &&
          !newer() &&
          model.versions.update.update === "none"
        }
      >
        <p class="flex items-center gap-1.5 text-sm text-good">
          <Icon name="circle-check" size={13} />
          {t("versions.current")}
        </p>
      </Show>
      <Progress />
      <div class="flex flex-wrap gap-2">
        <Show when={newer()}>
          {(version) => (
            <Button variant="primary" icon="circle-arrow-up" onClick={() => attempt(() => updateOpencode(version()))}>
              {t("versions.update", { version: version() })}
            </Button>
          )}
        </Show>
        <Button
          icon="refresh-cw"
          busy={isLooking()}
          disabled={isUpdating(model.versions.update)}
          onClick={() => beginLooking(lookForVersions)}
        >
          {t(isLooking() ? "versions.looking" : "versions.look")}
        </Button>
      </div>
      <Show when={newer()}>
        <p class="text-sm text-faint">{t("versions.update.about")}</p>
      </Show>
    </div>
  );
}

function Progress() {
  const update = () => model.versions.update;
  const rolling = () => {
    const current = update();
    return current.update === "rolling_out" && current;
  };
  const label = (step: (typeof STEPS)[number]) => {
    const current = rolling();
    if (step === "installing") return t("versions.step.installing");
    if (step === "checking") return t("versions.step.checking");
    return current
      ? t("versions.step.rollingOf", { done: current.done, total: current.total })
      : t("versions.step.rolling");
  };
  const about = () => {
    const current = update();
    if (current.update === "installing") return current.line;
    if (current.update !== "rolling_out" || current.instance === null) return "";
    const name = model.instances[current.instance]?.name ?? current.instance;
    return t(current.is_waiting ? "versions.waitingFor" : "versions.restarting", { name });
  };
  const version = () => {
    const current = update();
    return current.update === "none" ? "" : current.version;
  };
  return (
    <div aria-live="polite">
      <Switch>
        <Match when={isUpdating(update())}>
          <div class="flex flex-col gap-1.5 rounded-md border border-line bg-panel px-3 py-2">
            <span class="font-medium">{t("versions.progress", { version: version() })}</span>
            <ol class="flex flex-col gap-1">
              <For each={STEPS}>
                {(step, i) => (
                  <li
                    aria-current={stepOf(update()) === i() ? "step" : undefined}
                    class={`flex items-center gap-2 ${stepOf(update()) === i() ? "" : "text-faint"}`}
                  >
                    <StepMark at={stepOf(update())} step={i()} />
                    {label(step)}
                  </li>
                )}
              </For>
            </ol>
            <Show when={rolling()}>
              {(current) => (
                <div
                  role="progressbar"
                  aria-label={t("versions.step.rolling")}
                  aria-valuemin={0}
                  aria-valuemax={current().total}
                  aria-valuenow={current().done}
                  class="h-1.5 overflow-hidden rounded-full bg-active"
                >
                  <div
                    class="h-full rounded-full bg-accent"
                    style={{ width: `${current().total ? (100 * current().done) / current().total : 0}%` }}
                  />
                </div>
              )}
            </Show>
            <Show when={about()}>
              <span class="selectable truncate text-sm text-muted" title={about()}>
                {about()}
              </span>
            </Show>
          </div>
        </Match>
        <Match when={update().update === "done"}>
          <p class="flex items-center gap-1.5 text-good">
            <Icon name="circle-check" />
            {t("versions.done", { version: version() })}
          </p>
        </Match>
        <Match when={rolledBack()}>
          {(back) => (
            <div role="alert" class="flex gap-2 rounded-md bg-warn-soft px-3 py-2">
              <Icon name="undo-2" class="mt-[3px] text-warn" />
              <div class="selectable min-w-0">
                <p class="font-medium">{t("versions.rolledBack", { version: back().version })}</p>
                <p class="break-words text-muted">{quoted(back().reason)}</p>
              </div>
            </div>
          )}
        </Match>
      </Switch>
    </div>
  );

  function rolledBack() {
    const current = update();
    return current.update === "rolled_back" && current;
  }
}

function StepMark(props: { at: number; step: number }) {
  const look = (): { icon: IconName; color: string } =>
    props.at > props.step
      ? { icon: "circle-check", color: "text-good" }
      : props.at === props.step
        ? { icon: "circle-dot", color: "text-busy" }
        : { icon: "circle", color: "text-faint" };
  return <Icon name={look().icon} class={look().color} />;
}
