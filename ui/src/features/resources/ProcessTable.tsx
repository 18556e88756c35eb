/** The processes of an instance: what each is for, what it uses, and a way to end it. */
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { count, t } from "../../i18n";
import { bytes, duration, percent } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import type { PartView, ProcessView } from "../../wire/messages";
import {
  canEnd,
  nextSort,
  type ProcessRow,
  processRows,
  type Sort,
  type SortKey,
  shortCommand,
  TREE,
} from "./processes";

const PART_ICON: Record<PartView, IconName> = {
  server: "server",
  mcp: "plug",
  lsp: "braces",
  terminal: "square-terminal",
  tool: "wrench",
};

interface ProcessTableProps {
  processes: readonly ProcessView[];
  /** When they were looked at: ages count up to then. */
  now: number;
  onEnd: (process: ProcessView) => void;
}

export function ProcessTable(props: ProcessTableProps) {
  const [sort, setSort] = createSignal<Sort>(TREE);
  const rows = createMemo(() => processRows(props.processes, sort()));
  const totals = createMemo(() => ({
    memory: props.processes.reduce((sum, process) => sum + process.memory_bytes, 0),
    cpu: props.processes.reduce((sum, process) => sum + process.cpu_percent, 0),
  }));
  return (
    <div class="overflow-x-auto rounded-md border border-line">
      <table class="w-full min-w-[430px] border-collapse text-left">
        <caption class="sr-only">{t("resources.processes")}</caption>
        <thead class="bg-panel text-sm text-muted">
          <tr>
            <th scope="col" class="px-3 py-1.5 font-medium">
              {t("resources.process")}
            </th>
            <SortHead key="memory" sort={sort()} onSort={setSort}>
              {t("resources.memory")}
            </SortHead>
            <SortHead key="cpu" sort={sort()} onSort={setSort}>
              {t("resources.cpu")}
            </SortHead>
            <SortHead key="age" sort={sort()} onSort={setSort}>
              {t("resources.age")}
            </SortHead>
            <th scope="col" class="w-px px-2">
              <span class="sr-only">{t("resources.endColumn")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={rows().map((row) => `${row.process.pid} ${row.process.started_at}`)}>
            {(key) => {
              const row = () => rows().find((one) => `${one.process.pid} ${one.process.started_at}` === key);
              return (
                <Show when={row()}>
                  {(one) => <ProcessLine row={one()} now={props.now} onEnd={() => props.onEnd(one().process)} />}
                </Show>
              );
            }}
          </For>
        </tbody>
        <tfoot class="border-t border-line-strong bg-panel text-sm">
          <tr>
            <th scope="row" class="px-3 py-1.5 text-left font-medium">
              {count(props.processes.length, "resources.sum.one", "resources.sum.many")}
            </th>
            <td class="px-2 py-1.5 text-right font-medium whitespace-nowrap">{bytes(totals().memory)}</td>
            <td class="px-2 py-1.5 text-right font-medium whitespace-nowrap">{percent(totals().cpu)}</td>
            <td colSpan={2} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function ProcessLine(props: { row: ProcessRow; now: number; onEnd: () => void }) {
  const process = () => props.row.process;
  const part = () => t(`resources.part.${process().part}`);
  return (
    <tr class="group border-t border-line hover:bg-hover">
      <th scope="row" class="max-w-0 min-w-40 px-3 py-1 font-normal" style={{ width: "99%" }}>
        <span class="flex min-w-0 items-start gap-2" style={{ "padding-left": `${props.row.depth * 16}px` }}>
          <Icon name={PART_ICON[process().part]} class="mt-[3px] text-muted" />
          <span class="min-w-0">
            <span class="block truncate font-mono text-sm selectable" title={process().command}>
              {shortCommand(process().command)}
            </span>
            <span class="block text-xs text-muted">
              {t("resources.partAndPid", { part: part(), pid: process().pid })}
            </span>
          </span>
        </span>
      </th>
      <td class="px-2 py-1 text-right whitespace-nowrap">{bytes(process().memory_bytes)}</td>
      <td class="px-2 py-1 text-right whitespace-nowrap">{percent(process().cpu_percent)}</td>
      <td class="px-2 py-1 text-right whitespace-nowrap text-muted">
        <Show when={process().started_at_ms}>
          {(at) => <span title={new Date(at()).toLocaleString()}>{duration(props.now - at())}</span>}
        </Show>
      </td>
      <td class="py-1 pr-1 text-right">
        <Show when={canEnd(process())}>
          <Button
            size="small"
            variant="quiet"
            aria-label={t("resources.endLabel", { command: process().command })}
            onClick={() => props.onEnd()}
          >
            {t("resources.end")}
          </Button>
        </Show>
      </td>
    </tr>
  );
}

interface SortHeadProps {
  key: Exclude<SortKey, "tree">;
  sort: Sort;
  onSort: (sort: Sort) => void;
  children: JSX.Element;
}

function SortHead(props: SortHeadProps) {
  const isOn = () => props.sort.key === props.key;
  const order = () => (isOn() ? (props.sort.isDescending ? "descending" : "ascending") : "none");
  return (
    <th scope="col" aria-sort={order()} class="py-0.5 text-right font-medium">
      <button
        type="button"
        class={`inline-flex h-6 items-center gap-1 rounded-md px-2 whitespace-nowrap hover:bg-hover hover:text-ink ${isOn() ? "text-ink" : ""}`}
        onClick={() => props.onSort(nextSort(props.sort, props.key))}
      >
        <Show when={isOn()}>
          <Icon name={props.sort.isDescending ? "arrow-down" : "arrow-up"} size={11} />
        </Show>
        {props.children}
      </button>
    </th>
  );
}
