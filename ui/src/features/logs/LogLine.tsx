/** A line of output, with its colours and what was searched for in it. */
import { createMemo, For } from "solid-js";
import { t } from "../../i18n";
import { ansiRuns } from "../../lib/ansi";
import { markFound } from "./found-runs";
import type { LogRow } from "./log-window";
import "../../styles/text.css";

interface LogLineProps {
  row: LogRow;
  isWrapped: boolean;
  /** What is searched for; empty: nothing. */
  wanted: string;
  /** The find that one is at. */
  isCurrent: boolean;
}

const EDGE = { debug: "border-transparent", info: "border-transparent", warn: "border-warn", error: "border-bad" };

export function LogLine(props: LogLineProps) {
  const runs = createMemo(() => markFound(ansiRuns(props.row.text), props.wanted));
  return (
    <div
      data-row={props.row.id}
      aria-current={props.isCurrent ? "true" : undefined}
      class={`min-h-5 border-l-2 pr-4 pl-3 ${EDGE[props.row.level ?? "info"]} ${props.isWrapped ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : "whitespace-pre"} ${props.isCurrent ? "bg-accent-soft" : ""}`}
    >
      <For each={runs()}>
        {(run) => (
          <span
            class={
              `${run.classes} ${run.isFound ? "rounded-sm bg-warn-soft text-warn underline" : ""}`.trim() || undefined
            }
            style={{ color: run.color, "background-color": run.background }}
          >
            {run.text}
          </span>
        )}
      </For>
    </div>
  );
}

/** In place of output that is no longer there. */
export function TornLine() {
  return (
    <div class="my-1 flex items-center gap-2 px-3 font-sans text-sm text-warn">
      <span class="h-px grow bg-line-strong" />
      {t("logs.torn")}
      <span class="h-px grow bg-line-strong" />
    </div>
  );
}
