/** How far an instance is that starts: what is being done, for how long, how much of it is left, and the way out. */
import { createMemo, createSignal, onCleanup, Show } from "solid-js";
import { carryOut } from "../../app/instanceMenu";
import { t } from "../../i18n";
import { duration } from "../../lib/format";
import { canStop } from "../../model/selectors";
import { Button } from "../../ui/Button";
import type { InstanceView, StateView } from "../../wire/messages";
import { stepOf } from "./step";

interface StartingProps {
  instance: InstanceView;
  state: Extract<StateView, { state: "starting" }>;
}

export function Starting(props: StartingProps) {
  const step = createMemo(() => stepOf(props.state.step));
  return (
    <div class="flex min-w-0 grow items-start gap-3">
      <div class="flex min-w-0 grow flex-col gap-1">
        <p class="flex flex-wrap gap-x-2">
          <span class="min-w-0 font-medium [overflow-wrap:anywhere]">{step().what}</span>
          <Elapsed since={props.state.since_ms} />
        </p>
        <Show when={step().portion !== null}>
          <Bar portion={step().portion ?? 0} label={step().what} />
        </Show>
        <Show when={step().progress}>{(line) => <LastLine line={line()} />}</Show>
      </div>
      <Show when={canStop(props.instance)}>
        <Button size="small" icon="x" onClick={() => carryOut("stop", props.instance)}>
          {t("instance.cancelStart")}
        </Button>
      </Show>
    </div>
  );
}

function Bar(props: { portion: number; label: string }) {
  const percent = () => Math.round(props.portion * 100);
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent()}
      class="h-1 max-w-md overflow-hidden rounded-full bg-line"
    >
      <div class="h-full rounded-full bg-accent" style={{ width: `${percent()}%` }} />
    </div>
  );
}

/** The last line of what takes long, the building of an image for one. Too quick to be read out. */
function LastLine(props: { line: string }) {
  return (
    <span
      aria-live="off"
      title={props.line}
      class="selectable line-clamp-2 min-w-0 font-mono text-sm leading-5 text-muted [overflow-wrap:anywhere]"
    >
      {props.line}
    </span>
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
