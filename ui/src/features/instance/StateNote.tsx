/** Why an instance is as it is, when that is not simply well: progress, reason, hint, last lines. */
import { createSignal, For, type JSX, Match, onCleanup, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { duration, quoted } from "../../lib/format";
import { markOf } from "../../model/marks";
import { instanceWord } from "../../model/selectors";
import { AnsiText } from "../../ui/AnsiText";
import { StateMark } from "../../ui/StateMark";
import type { InstanceView, StateView } from "../../wire/messages";

type Of<S extends StateView["state"]> = Extract<StateView, { state: S }>;

export function StateNote(props: { instance: InstanceView }) {
  const as = <S extends StateView["state"]>(name: S): Of<S> | false => {
    const { state } = props.instance;
    return state.state === name && (state as Of<S>);
  };
  return (
    <Switch>
      <Match when={as("starting")}>
        {(state) => (
          <Strip instance={props.instance} tone="bg-accent-soft">
            <span class="font-medium">{state().step}</span>
            <Elapsed since={state().since_ms} />
          </Strip>
        )}
      </Match>
      <Match when={as("stopping")}>
        <Strip instance={props.instance} tone="bg-panel">
          {t("instance.stopping")}
        </Strip>
      </Match>
      <Match when={as("crashed")}>
        {(state) => (
          <Strip instance={props.instance} tone="bg-bad-soft">
            <div class="flex min-w-0 flex-col gap-1">
              <span class="font-medium">{t("instance.crashed")}</span>
              <span class="selectable">{quoted(state().cause)}</span>
              <Show when={state().hint}>
                <span class="selectable text-muted">{quoted(state().hint ?? "")}</span>
              </Show>
              <Show when={state().last_lines.length > 0}>
                <span class="mt-1 text-sm text-muted">{t("instance.lastLines")}</span>
                <pre class="selectable max-h-40 overflow-auto rounded-md border border-line bg-canvas px-2 py-1 font-mono text-sm whitespace-pre-wrap break-words">
                  <For each={state().last_lines}>
                    {(line) => (
                      <div>
                        <AnsiText text={line} />
                      </div>
                    )}
                  </For>
                </pre>
              </Show>
            </div>
          </Strip>
        )}
      </Match>
      <Match when={as("degraded")}>
        {(state) => (
          <Strip instance={props.instance} tone="bg-warn-soft">
            <Two title={t("instance.degraded")} text={state().reason} />
          </Strip>
        )}
      </Match>
      <Match when={as("locked")}>
        <Strip instance={props.instance} tone="bg-warn-soft">
          <Two title={t("instance.locked.title")} text={t("instance.locked.text")} />
        </Strip>
      </Match>
      <Match when={as("unknown")}>
        {(state) => (
          <Strip instance={props.instance} tone="bg-panel">
            <Two title={t("instance.unknown")} text={state().reason} />
          </Strip>
        )}
      </Match>
      <Match when={as("asleep")}>
        <Strip instance={props.instance} tone="bg-panel">
          {t("instance.asleep")}
        </Strip>
      </Match>
    </Switch>
  );
}

function Strip(props: { instance: InstanceView; tone: string; children: JSX.Element }) {
  return (
    <section role="status" class={`flex shrink-0 gap-2.5 border-b border-line px-4 py-2.5 ${props.tone}`}>
      <span class="pt-[3px]">
        <StateMark mark={markOf(instanceWord(props.instance))} />
      </span>
      <div class="flex min-w-0 grow flex-wrap gap-x-2">{props.children}</div>
    </section>
  );
}

function Two(props: { title: string; text: string }) {
  return (
    <div class="flex min-w-0 flex-col">
      <span class="font-medium">{props.title}</span>
      <span class="selectable text-muted break-words">{quoted(props.text)}</span>
    </div>
  );
}

/** Counts while something starts, and only then. */
function Elapsed(props: { since: number }) {
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(timer));
  return (
    <span class="text-muted" aria-hidden="true">
      {t("instance.elapsed", { time: duration(now() - props.since) })}
    </span>
  );
}
