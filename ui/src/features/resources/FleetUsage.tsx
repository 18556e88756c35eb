/** The fleet's memory and processor in the status line; opened, those of each instance as bars. */
import { createMemo, createResource, createSignal, For, Show } from "solid-js";
import { openInstanceTab } from "../../actions/instance-tab";
import { go } from "../../app/place";
import { count, t } from "../../i18n";
import { bytes, percent } from "../../lib/format";
import { usage } from "../../model/selectors";
import { model } from "../../model/store";
import { Icon } from "../../ui/Icon";
import { Popover } from "../../ui/Popover";
import { fleetUsage, overBudget, type Share } from "./fleet-usage";
import { readResources } from "./resources.commands";
import { Sparkline } from "./Sparkline";

/** Courses are read of the greatest only. */
const MOST_COURSES = 12;
const COURSE_MS = 10 * 60_000;

export function FleetUsage() {
  const [isOpen, setOpen] = createSignal(false);
  const figures = createMemo(() => usage(model));
  const over = createMemo(() => overBudget(model));
  const text = () => t("app.usage", { memory: bytes(figures().memoryBytes), cpu: percent(figures().cpuPercent) });
  const overText = () => (over() > 0 ? count(over(), "resources.fleet.overOne", "resources.fleet.overMany") : "");
  return (
    <Popover
      label={`${t("resources.fleet.title")}: ${[text(), overText()].filter(Boolean).join(", ")}`}
      open={isOpen()}
      onOpenChange={setOpen}
      triggerClass="inline-flex h-5 items-center gap-1.5 rounded px-1 hover:bg-hover hover:text-ink"
      trigger={
        <>
          <Icon name="activity" size={12} />
          <span class="hidden sm:inline">{text()}</span>
          <Show when={over() > 0}>
            <span class="inline-flex items-center gap-1 text-warn" title={overText()}>
              <Icon name="triangle-alert" size={12} />
              {over()}
            </span>
          </Show>
        </>
      }
    >
      <Breakdown onGo={() => setOpen(false)} />
    </Popover>
  );
}

function Breakdown(props: { onGo: () => void }) {
  const shares = createMemo(() => fleetUsage(model));
  const show = (share: Share) => {
    props.onGo();
    openInstanceTab(share.id, "resources");
    go({ kind: "instance", id: share.id });
  };
  return (
    <div class="flex max-h-[60vh] w-80 max-w-[calc(100vw-32px)] flex-col gap-2 overflow-y-auto">
      <h2 class="px-1 text-sm font-semibold text-muted">{t("resources.fleet.title")}</h2>
      <Show when={shares().length > 0} fallback={<p class="px-1 text-muted">{t("resources.fleet.none")}</p>}>
        <ul aria-label={t("resources.fleet")} class="flex flex-col">
          <For each={shares().map((share) => share.id)}>
            {(id) => (
              <Show when={shares().find((share) => share.id === id)}>
                {(share) => (
                  <li>
                    <button
                      type="button"
                      class="flex w-full flex-col gap-1 rounded-md px-1 py-1 text-left hover:bg-hover"
                      onClick={() => show(share())}
                    >
                      <span class="flex w-full items-center gap-2">
                        <span class="min-w-0 grow truncate">{share().name}</span>
                        <Show when={share().isOverBudget}>
                          <span role="img" aria-label={t("resources.fleet.over")} class="inline-flex text-warn">
                            <Icon name="triangle-alert" size={12} />
                          </span>
                        </Show>
                        <Show when={shares().indexOf(share()) < MOST_COURSES}>
                          <Course share={share()} />
                        </Show>
                        <span class="shrink-0 text-sm text-muted">{used(share())}</span>
                      </span>
                      <Bar part={share().memoryPart} color={share().isOverBudget ? "bg-warn" : "bg-accent"} />
                      <Bar part={share().cpuPart} color="bg-good" />
                    </button>
                  </li>
                )}
              </Show>
            )}
          </For>
        </ul>
        <div class="flex gap-4 border-t border-line px-1 pt-1.5 text-xs text-muted">
          <Legend color="bg-accent" text={t("resources.memory")} />
          <Legend color="bg-good" text={t("resources.cpu.ofCore")} />
        </div>
      </Show>
    </div>
  );
}

function used(share: Share): string {
  const memory = share.memoryBytes === null ? [] : [bytes(share.memoryBytes)];
  const cpu = share.cpuPercent === null ? [] : [percent(share.cpuPercent)];
  return [...memory, ...cpu].join(" · ");
}

/** The course of its memory, read once when the breakdown is opened. */
function Course(props: { share: Share }) {
  const { id } = props.share;
  const [course] = createResource(async () => {
    const { recent } = await readResources(id);
    const to_ms = recent.at(-1)?.at_ms ?? 0;
    return {
      points: recent.map((sample) => ({ at_ms: sample.at_ms, value: sample.memory_bytes })),
      range: { from_ms: to_ms - COURSE_MS, to_ms },
    };
  });
  return (
    // Without it the row still says what it uses now.
    <Show when={course.state === "ready" && course()}>
      {(known) => (
        <Sparkline
          label={t("resources.fleet.course", { name: props.share.name })}
          points={known().points}
          range={known().range}
          gapMs={12_000}
          color={props.share.isOverBudget ? "text-warn" : "text-accent"}
        />
      )}
    </Show>
  );
}

function Bar(props: { part: number; color: string }) {
  return (
    <span aria-hidden="true" class="block h-1 w-full overflow-hidden rounded-full bg-active">
      <span class={`block h-full rounded-full ${props.color}`} style={{ width: `${Math.round(props.part * 100)}%` }} />
    </span>
  );
}

function Legend(props: { color: string; text: string }) {
  return (
    <span class="flex items-center gap-1.5">
      <span aria-hidden="true" class={`inline-block h-1 w-4 rounded-full ${props.color}`} />
      {props.text}
    </span>
  );
}
