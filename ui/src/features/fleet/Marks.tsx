/** What is worth a look about an instance beside its state: small marks with their meaning as text. */
import { createMemo, Show } from "solid-js";
import { t } from "../../i18n";
import { createCountdown, secondsLeft } from "../../lib/countdown";
import { sharers } from "../../model/selectors";
import { model } from "../../model/store";
import { isOpen, isUnsafe } from "../../model/verbs";
import { Icon, type IconName } from "../../ui/Icon";
import type { InstanceView } from "../../wire/messages";

export function Marks(props: { instance: InstanceView }) {
  const view = () => props.instance;
  const sharing = createMemo(() => sharers(model, view()).length);
  return (
    <>
      <Show when={view().restart}>{(restart) => <RestartMark at={restart().at_ms} />}</Show>
      <Show when={isUnsafe(view())}>
        <Mark icon="shield-alert" color="text-bad" text={t("fleet.unsafe", { version: view().version ?? "" })} />
      </Show>
      <Show when={isOpen(view())}>
        <Mark icon="shield-off" color="text-warn" text={t("fleet.open")} />
      </Show>
      <Show when={view().is_over_budget}>
        <Mark icon="gauge" color="text-warn" text={t("fleet.overBudget")} />
      </Show>
      <Show when={sharing() > 0}>
        <Mark icon="layers-2" color="text-faint" text={t("fleet.sharing", { count: sharing() + 1 })} />
      </Show>
    </>
  );
}

function Mark(props: { icon: IconName; color: string; text: string }) {
  return (
    <span role="img" aria-label={props.text} title={props.text} class={`inline-flex shrink-0 ${props.color}`}>
      <Icon name={props.icon} size={12} />
    </span>
  );
}

/** Counts down to a restart. */
export function RestartMark(props: { at: number }) {
  const left = createCountdown(() => props.at);
  const seconds = () => `${secondsLeft(left() ?? 0)} s`;
  return (
    <span
      title={t("fleet.restartIn", { time: seconds() })}
      class="inline-flex shrink-0 items-center gap-0.5 text-xs whitespace-nowrap text-warn"
    >
      <Icon name="timer" size={12} />
      <span aria-hidden="true">{seconds()}</span>
      <span class="sr-only">{t("fleet.restartIn", { time: seconds() })}</span>
    </span>
  );
}
