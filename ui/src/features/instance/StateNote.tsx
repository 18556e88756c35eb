/** Why an instance is as it is, when that is not simply well, and what to do: progress, reason, password, restart. */
import { For, type JSX, Match, Show, Switch } from "solid-js";
import { carryOut } from "../../app/instanceMenu";
import { t } from "../../i18n";
import { createCountdown, secondsLeft } from "../../lib/countdown";
import { quoted } from "../../lib/format";
import { connectInstance } from "../../model/commands";
import { isHere } from "../../model/kinds";
import { markOf } from "../../model/marks";
import { instanceWord } from "../../model/selectors";
import { isAdded } from "../../model/verbs";
import { AnsiText } from "../../ui/AnsiText";
import { Button } from "../../ui/Button";
import { createAttempt } from "../../ui/notices";
import { StateMark } from "../../ui/StateMark";
import type { InstanceView, RestartView, StateView } from "../../wire/messages";
import { isChanged } from "../found/certificate";
import { ReasonWithCommands } from "../found/ReasonWithCommands";
import { UnlockForm } from "../found/UnlockForm";
import { UntrustedNote } from "../found/UntrustedNote";
import { Warnings } from "../found/Warnings";
import { Interrupted } from "./Interrupted";
import { Starting } from "./Starting";

type Of<S extends StateView["state"]> = Extract<StateView, { state: S }>;

export function StateNote(props: { instance: InstanceView }) {
  const as = <S extends StateView["state"]>(name: S): Of<S> | false => {
    const { state } = props.instance;
    return state.state === name && (state as Of<S>);
  };
  const isRemote = () => props.instance.kind === "remote";
  const [isConnecting, connect] = createAttempt();
  const degraded = () => {
    if (props.instance.kind === "docker") return t("instance.degraded.docker");
    return t(isHere(props.instance) ? "instance.degraded" : "instance.degraded.remote");
  };
  const unknown = () => {
    const { kind, ssh_host, host } = props.instance;
    if (kind === "docker") return t("instance.unknown.docker");
    return kind === "ssh" ? t("instance.unknown.ssh", { host: ssh_host ?? host }) : t("instance.unknown");
  };
  /** What we run ourselves is looked for until it is found, and goes on as it was. */
  const isAskedAgain = () => props.instance.kind === "docker" || props.instance.kind === "ssh";
  return (
    // Whatever there is to say, the page below keeps some room.
    <div class="max-h-[62%] shrink-0 overflow-y-auto">
      <Switch>
        <Match when={as("starting")}>
          {(state) => (
            <Strip instance={props.instance} tone="bg-accent-soft">
              <Starting instance={props.instance} state={state()} />
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
              <div class="flex min-w-0 grow flex-col gap-1">
                <span class="font-medium">{t("instance.crashed")}</span>
                <span class="selectable break-words">{quoted(state().cause)}</span>
                <Show when={state().hint}>
                  <ReasonWithCommands text={state().hint ?? ""} />
                </Show>
                <Show when={props.instance.restart}>
                  {(restart) => <Restart instance={props.instance} restart={restart()} />}
                </Show>
                <Show when={state().last_lines.length > 0}>
                  <LastLines lines={state().last_lines} />
                </Show>
              </div>
            </Strip>
          )}
        </Match>
        <Match when={as("degraded")}>
          {(state) => (
            <Strip instance={props.instance} tone="bg-warn-soft">
              <Two title={degraded()} text={state().reason} />
            </Strip>
          )}
        </Match>
        <Match when={as("locked")}>
          <Strip instance={props.instance} tone="bg-warn-soft">
            <div class="flex min-w-0 grow flex-col gap-2">
              <Two title={t("instance.locked.title")} text={t("unlock.where")} />
              <UnlockForm instance={props.instance.id} />
            </div>
          </Strip>
        </Match>
        <Match when={as("unreachable")}>
          {(state) => (
            <Show
              when={state().certificate}
              fallback={
                <Strip instance={props.instance} tone="bg-panel">
                  <div class="flex min-w-0 grow flex-col gap-1">
                    <span class="font-medium">
                      {t(isRemote() ? "found.unreachable.remote" : "found.unreachable.title")}
                    </span>
                    <ReasonWithCommands text={state().reason} />
                    <Show when={isAdded(props.instance)}>
                      <Button
                        size="small"
                        icon="plug"
                        class="mt-1 self-start"
                        onClick={() => carryOut("changeAddress", props.instance)}
                      >
                        {t("verb.changeAddress")}
                      </Button>
                    </Show>
                  </div>
                </Strip>
              }
            >
              {(certificate) => (
                <Strip instance={props.instance} tone={isChanged(certificate()) ? "bg-bad-soft" : "bg-warn-soft"}>
                  <UntrustedNote instance={props.instance.id} certificate={certificate()} />
                </Strip>
              )}
            </Show>
          )}
        </Match>
        <Match when={as("unknown")}>
          {(state) => (
            <Strip instance={props.instance} tone="bg-panel">
              <Two title={unknown()} text={state().reason}>
                <Show when={isAskedAgain()}>
                  <span class="text-muted">{t("instance.unknown.again")}</span>
                </Show>
                <Show when={props.instance.kind === "ssh"}>
                  <Button
                    class="mt-2 self-start"
                    busy={isConnecting()}
                    onClick={() => connect(() => connectInstance(props.instance.id))}
                  >
                    {t("instance.unknown.connect")}
                  </Button>
                </Show>
              </Two>
            </Strip>
          )}
        </Match>
        <Match when={as("stopped") && props.instance.last_end}>
          {(end) => (
            <Strip instance={props.instance} tone="bg-panel">
              <Two title={t("instance.ended")} text={end()} />
            </Strip>
          )}
        </Match>
        <Match when={as("asleep")}>
          <Strip instance={props.instance} tone="bg-panel">
            {t("instance.asleep")}
          </Strip>
        </Match>
      </Switch>
      {/* A crash tells of its restart itself; anything else that waits for one tells here. */}
      <Show when={props.instance.state.state !== "crashed" && props.instance.restart}>
        {(restart) => (
          <Strip instance={props.instance} tone="bg-warn-soft">
            <Restart instance={props.instance} restart={restart()} />
          </Strip>
        )}
      </Show>
      <Warnings instance={props.instance} />
      <Interrupted instance={props.instance} />
    </div>
  );
}

function Strip(props: { instance: InstanceView; tone: string; children: JSX.Element }) {
  return (
    <section role="status" class={`flex gap-2.5 border-b border-line px-4 py-2.5 ${props.tone}`}>
      <span class="pt-[3px]">
        <StateMark mark={markOf(instanceWord(props.instance))} />
      </span>
      <div class="flex min-w-0 grow flex-wrap gap-x-2">{props.children}</div>
    </section>
  );
}

function Two(props: { title: string; text: string; children?: JSX.Element }) {
  return (
    <div class="flex min-w-0 flex-col">
      <span class="font-medium">{props.title}</span>
      <span class="selectable text-muted break-words">{quoted(props.text)}</span>
      {props.children}
    </div>
  );
}

function LastLines(props: { lines: readonly string[] }) {
  return (
    <>
      <span class="mt-1 text-sm text-muted">{t("instance.lastLines")}</span>
      <pre class="selectable max-h-40 overflow-auto rounded-md border border-line bg-canvas px-2 py-1 font-mono text-sm whitespace-pre-wrap break-words">
        <For each={props.lines}>
          {(line) => (
            <div>
              <AnsiText text={line} />
            </div>
          )}
        </For>
      </pre>
    </>
  );
}

/** When it is started again, and how to have it otherwise. */
function Restart(props: { instance: InstanceView; restart: RestartView }) {
  const left = createCountdown(() => props.restart.at_ms);
  const tries = () => {
    const { attempt, attempts } = props.restart;
    return attempts === null
      ? t("instance.restart.try", { n: attempt })
      : t("instance.restart.tryOf", { n: attempt, of: attempts });
  };
  return (
    <div class="my-1 flex flex-wrap items-center gap-2">
      {/* Once a second is too often to be read out. */}
      <span aria-live="off" class="tabular-nums">
        {(left() ?? 0) > 0
          ? t("instance.restart.in", { time: `${secondsLeft(left() ?? 0)} s` })
          : t("instance.restart.now")}{" "}
        <span class="text-muted">({tries()})</span>
      </span>
      <Button size="small" icon="play" onClick={() => carryOut("start", props.instance)}>
        {t("instance.restart.start")}
      </Button>
      <Button size="small" icon="timer-off" onClick={() => carryOut("cancelRestart", props.instance)}>
        {t("verb.cancelRestart")}
      </Button>
    </div>
  );
}
