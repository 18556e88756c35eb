/** What the process tree of an instance uses, now and over time, and what to do when it is too much. */
import { batch, createMemo, createSignal, For, Show } from "solid-js";
import { count, t } from "../../i18n";
import { bytes, percent } from "../../lib/format";
import { createKept } from "../../lib/persist";
import { createPoll } from "../../model/poll";
import { isLive } from "../../model/selectors";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Icon } from "../../ui/Icon";
import { Section } from "../../ui/Page";
import { Empty, FailureNote, Skeleton } from "../../ui/states";
import type { InstanceView, ProcessView, ResourcesView } from "../../wire/messages";
import { Plot } from "./Plot";
import { ProcessTable } from "./ProcessTable";
import { below } from "./processes";
import { endChild, readResources } from "./resources.commands";

const EVERY_MS = 3_000;
const MIB = 1024 * 1024;
const SPANS = {
  recent: { ms: 10 * 60_000, gapMs: 12_000 },
  hours: { ms: 12 * 3_600_000, gapMs: 150_000 },
} as const;
type Span = keyof typeof SPANS;

const [span, setSpan] = createKept<Span>("resources.span", "recent");

interface ResourcesTabProps {
  instance: InstanceView;
  onRestart: () => void;
  /** To where the budget is set. */
  onProfile: () => void;
}

export function ResourcesTab(props: ResourcesTabProps) {
  const [resources, setResources] = createSignal<ResourcesView>();
  const [failure, setFailure] = createSignal<unknown>(null);
  const [now, setNow] = createSignal(Date.now());
  const [at, setAt] = createSignal<number>();
  const [ending, setEnding] = createSignal<ProcessView>();

  const polled = createPoll(
    async () => {
      try {
        const next = await readResources(props.instance.id);
        batch(() => {
          setResources(next);
          setNow(Date.now());
          setFailure(null);
        });
      } catch (error) {
        setFailure(error);
      }
    },
    () => EVERY_MS,
  );

  const budget = () => {
    const mib = props.instance.profile.memory_budget_mib;
    return mib === null ? undefined : mib * MIB;
  };
  const range = createMemo(() => ({ from_ms: now() - SPANS[span()].ms, to_ms: now() }));
  const samples = createMemo(() => resources()?.[span()] ?? []);
  const memory = createMemo(() => samples().map((one) => ({ at_ms: one.at_ms, value: one.memory_bytes })));
  const cpu = createMemo(() => samples().map((one) => ({ at_ms: one.at_ms, value: one.cpu_percent })));
  /** Only of a process of this machine the tree below it is seen; all else is counted as one. */
  const hasTree = () => props.instance.kind === "process";
  const isMeasured = () => props.instance.kind !== "remote";
  /** Said in place of its processes while it runs: what of it is measured. */
  const whole = () => {
    const { kind } = props.instance;
    if (!isLive(props.instance)) return null;
    return kind === "docker" ? t("resources.inside") : kind === "ssh" ? t("resources.there") : null;
  };
  const memoryTitle = ({ measure }: ResourcesView) => {
    if (props.instance.kind === "docker") return t("resources.memory.container");
    return t(measure === "pss" ? "resources.memory" : "resources.memory.rss");
  };
  const withoutProcesses = () => {
    if (!isLive(props.instance)) return { title: t("resources.none"), text: t("resources.none.text") };
    return { title: t("resources.none.live") };
  };
  const question = () => {
    const process = ending();
    if (!process) return "";
    const children = below(resources()?.processes ?? [], process.pid);
    const name = t("resources.end.text", {
      command: process.command,
      pid: process.pid,
      part: t(`resources.part.${process.part}`),
    });
    return [
      name,
      children > 0 ? count(children, "resources.end.child", "resources.end.children") : "",
      t(`resources.end.after.${process.part}`),
    ]
      .filter(Boolean)
      .join(" ");
  };

  return (
    <div class="flex min-h-0 grow flex-col gap-4 overflow-y-auto p-4">
      <FailureNote failure={failure()} />
      <Show when={props.instance.is_over_budget && budget()}>
        {(limit) => (
          <div role="alert" class="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-warn-soft px-3 py-2">
            <span class="min-w-48 grow basis-64">
              <Icon name="triangle-alert" class="mr-2 inline-block align-[-2px] text-warn" />
              <span class="font-medium">
                {t("resources.over", { used: bytes(props.instance.memory_bytes ?? 0), budget: bytes(limit()) })}
              </span>{" "}
              <span class="text-muted">{t(hasTree() ? "resources.over.hint" : "resources.over.hint.whole")}</span>
            </span>
            <Button size="small" icon="rotate-cw" onClick={() => props.onRestart()}>
              {t("instance.restart")}
            </Button>
            <Button size="small" icon="pencil" onClick={() => props.onProfile()}>
              {t("resources.over.change")}
            </Button>
          </div>
        )}
      </Show>
      <Show
        when={isMeasured() && resources()}
        fallback={
          <Show
            when={isMeasured()}
            fallback={<Empty icon="activity" title={t("resources.elsewhere")} text={t("resources.elsewhere.text")} />}
          >
            <Show when={!failure()}>
              <Skeleton lines={6} label={t("app.loading")} />
            </Show>
          </Show>
        }
      >
        {(known) => (
          <>
            <Section
              title={t("resources.course")}
              end={
                <fieldset aria-label={t("resources.span")} class="flex rounded-md border border-line-strong">
                  <For each={Object.keys(SPANS) as Span[]}>
                    {(name) => (
                      <button
                        type="button"
                        aria-pressed={span() === name}
                        class="h-6 px-2 text-sm text-muted first:rounded-l-md last:rounded-r-md hover:bg-hover aria-pressed:bg-active aria-pressed:text-ink"
                        onClick={() => setSpan(name)}
                      >
                        {t(`resources.span.${name}`)}
                      </button>
                    )}
                  </For>
                </fieldset>
              }
            >
              <div class="grid gap-x-6 gap-y-4 [grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr))]">
                <Plot
                  title={memoryTitle(known())}
                  points={memory()}
                  range={range()}
                  gapMs={SPANS[span()].gapMs}
                  format={bytes}
                  leastMax={100_000_000}
                  budget={budget()}
                  at={at()}
                  onAt={setAt}
                  color="text-accent"
                />
                <Plot
                  title={t("resources.cpu.ofCore")}
                  points={cpu()}
                  range={range()}
                  gapMs={SPANS[span()].gapMs}
                  format={percent}
                  leastMax={10}
                  at={at()}
                  onAt={setAt}
                  color="text-good"
                />
              </div>
            </Section>
            <Section title={t("resources.processes")}>
              <Show
                when={hasTree() && known().processes.length > 0}
                fallback={
                  <Show when={whole()} fallback={<Empty icon="activity" {...withoutProcesses()} />}>
                    <p class="text-muted">{whole()}</p>
                  </Show>
                }
              >
                <ProcessTable processes={known().processes} now={now()} onEnd={setEnding} />
              </Show>
            </Section>
          </>
        )}
      </Show>
      <ConfirmDialog
        open={ending() !== undefined}
        title={t("resources.end.title")}
        text={question()}
        confirm={t("resources.end.confirm")}
        onClose={() => setEnding(undefined)}
        onConfirm={async () => {
          const process = ending();
          if (process) await endChild(props.instance.id, process);
          polled.now();
        }}
      />
    </div>
  );
}
