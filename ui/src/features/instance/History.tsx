/** What happened to an instance, newest first; read again when its state changes. */
import { createEffect, createResource, createSignal, For, on, Show } from "solid-js";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { ago, quoted } from "../../lib/format";
import { markOf } from "../../model/marks";
import { instanceWord } from "../../model/selectors";
import { Button } from "../../ui/Button";
import { Section } from "../../ui/Page";
import { StateMark } from "../../ui/StateMark";
import { FailureNote, Skeleton } from "../../ui/states";
import type { InstanceView } from "../../wire/messages";
import { markOfWord, readHistory } from "./instance.commands";

/** Shown at first; who looks for more asks. */
const SHOWN = 20;

export function History(props: { instance: InstanceView }) {
  const [history, { refetch }] = createResource(() => props.instance.id, readHistory);
  const [isWhole, setWhole] = createSignal(false);
  createEffect(
    on(
      () => instanceWord(props.instance),
      () => void refetch(),
      { defer: true },
    ),
  );
  const entries = () => (history.state === "errored" ? undefined : history.latest);
  const shown = () => (isWhole() ? entries() : entries()?.slice(0, SHOWN));
  return (
    <Section title={t("instance.history")}>
      <FailureNote failure={history.error} />
      <Show
        when={entries()}
        fallback={
          <Show when={!history.error}>
            <Skeleton lines={4} label={t("app.loading")} />
          </Show>
        }
      >
        {(all) => (
          <Show when={all().length > 0} fallback={<p class="text-muted">{t("instance.history.none")}</p>}>
            <ol aria-label={t("instance.history")} class="flex flex-col">
              <For each={shown()}>
                {(entry) => (
                  <li class="flex items-start gap-3 border-b border-line py-1.5 last:border-0">
                    <time
                      datetime={new Date(entry.at_ms).toISOString()}
                      title={new Date(entry.at_ms).toLocaleString()}
                      class="w-16 shrink-0 text-right text-sm leading-5 text-faint"
                    >
                      {when(entry.at_ms, now())}
                    </time>
                    <span class="flex h-5 w-32 shrink-0 items-center">
                      <StateMark
                        mark={markOfWord(entry.state) ?? { ...markOf("unknown"), word: entry.state }}
                        withWord
                      />
                    </span>
                    <span class="selectable min-w-0 grow break-words">{quoted(entry.reason)}</span>
                  </li>
                )}
              </For>
            </ol>
            <Show when={!isWhole() && all().length > SHOWN}>
              <Button size="small" variant="quiet" class="self-start" onClick={() => setWhole(true)}>
                {t("instance.history.more", { count: all().length - SHOWN })}
              </Button>
            </Show>
          </Show>
        )}
      </Show>
    </Section>
  );
}

function when(at_ms: number, now_ms: number): string {
  const since = ago(at_ms, now_ms);
  return since === "now" ? t("instance.history.now") : t("instance.history.ago", { time: since });
}
