/** The facts of an instance, each to be copied. */
import { createMemo, For, Show } from "solid-js";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { bytes, duration, percent } from "../../lib/format";
import { markOf } from "../../model/marks";
import { instanceWord } from "../../model/selectors";
import { CopyButton } from "../../ui/CopyButton";
import type { InstanceView } from "../../wire/messages";

interface Fact {
  label: string;
  value: string;
  /** A code or path: fixed width, and worth copying. */
  isCode?: boolean;
}

export function SummaryTab(props: { instance: InstanceView }) {
  const facts = createMemo((): Fact[] => {
    const view = props.instance;
    const list: (Fact | false | null)[] = [
      { label: t("instance.fact.state"), value: markOf(instanceWord(view)).word },
      { label: t("instance.fact.directory"), value: view.directory, isCode: true },
      view.port !== null && {
        label: t("instance.fact.address"),
        value: `http://127.0.0.1:${view.port}`,
        isCode: true,
      },
      view.attach_command !== null && {
        label: t("instance.fact.attach"),
        value: view.attach_command,
        isCode: true,
      },
      view.pid !== null && { label: t("instance.fact.pid"), value: String(view.pid), isCode: true },
      view.version !== null && { label: t("instance.fact.version"), value: view.version },
      view.started_at_ms !== null && {
        label: t("instance.fact.started"),
        value: duration(now() - view.started_at_ms),
      },
      view.memory_bytes !== null && { label: t("instance.fact.memory"), value: bytes(view.memory_bytes) },
      view.cpu_percent !== null && { label: t("instance.fact.cpu"), value: percent(view.cpu_percent) },
      { label: t("instance.fact.kind"), value: t(`instance.kind.${view.kind}`) },
      { label: t("instance.fact.owner"), value: t(`instance.owner.${view.owner}`) },
      view.log_path !== null && { label: t("instance.fact.log"), value: view.log_path, isCode: true },
      { label: t("instance.fact.id"), value: view.id, isCode: true },
    ];
    return list.filter((fact): fact is Fact => Boolean(fact));
  });
  return (
    <dl class="grid grid-cols-[minmax(110px,max-content)_1fr] gap-x-6 px-4 py-2">
      <For each={facts().map((fact) => fact.label)}>
        {(label) => (
          <Show when={facts().find((fact) => fact.label === label)}>
            {(fact) => (
              <>
                <dt class="border-b border-line py-1.5 text-muted">{fact().label}</dt>
                <dd class="flex min-w-0 items-center gap-1 border-b border-line py-1">
                  <span
                    class={`selectable min-w-0 break-words ${fact().isCode ? "font-mono text-sm [overflow-wrap:anywhere]" : ""}`}
                  >
                    {fact().value}
                  </span>
                  <Show when={fact().isCode}>
                    <CopyButton text={fact().value} label={t("instance.copy", { what: fact().label })} />
                  </Show>
                </dd>
              </>
            )}
          </Show>
        )}
      </For>
    </dl>
  );
}
