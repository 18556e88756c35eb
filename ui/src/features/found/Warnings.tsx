/** What is not safe about an instance that somebody else started, and about the way to it. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { isOpen, isUnsafe, SAFE_SINCE } from "../../model/verbs";
import { Icon, type IconName } from "../../ui/Icon";
import type { InstanceView } from "../../wire/messages";

export function Warnings(props: { instance: InstanceView }) {
  return (
    <>
      <Show when={isUnsafe(props.instance)}>
        <Warning
          icon="shield-alert"
          tone="bg-bad-soft"
          color="text-bad"
          title={t("found.unsafe.title", { version: props.instance.version ?? "" })}
          text={t("found.unsafe.text", { since: SAFE_SINCE })}
        />
      </Show>
      <Show when={props.instance.way.is_overheard}>
        <Warning
          icon="lock-open"
          tone="bg-warn-soft"
          color="text-warn"
          title={t("overheard.title")}
          text={t("overheard.text")}
        />
      </Show>
      <Show when={isOpen(props.instance)}>
        <Warning
          icon="shield-off"
          tone="bg-warn-soft"
          color="text-warn"
          title={t("found.open.title")}
          text={t("found.open.text")}
        />
      </Show>
    </>
  );
}

function Warning(props: { icon: IconName; tone: string; color: string; title: string; text: string }) {
  return (
    <section role="note" class={`flex gap-2.5 border-b border-line px-4 py-2 ${props.tone}`}>
      <Icon name={props.icon} class={`mt-[3px] ${props.color}`} />
      <p class="selectable min-w-0">
        <span class="font-medium">{props.title}.</span> <span class="text-muted">{props.text}</span>
      </p>
    </section>
  );
}
