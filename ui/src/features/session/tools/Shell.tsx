/** The frame of a tool call: what it does in one line, its state, and what it shows when it is unfolded. */
import { type JSX, Show } from "solid-js";
import { t } from "../../../i18n";
import { took } from "../../../lib/format-usage";
import { Icon, type IconName } from "../../../ui/Icon";
import type { CallState } from "./call";

interface ShellProps {
  icon: IconName;
  label: string;
  subject: string;
  /** The subject is code or a path. */
  isMono?: boolean;
  state: CallState;
  tookMs: number | null;
  /** Beside the state: an exit code, counts. */
  aside?: JSX.Element;
  /** Whether that says how the call ended. */
  hasVerdict?: boolean;
  isOpen: boolean;
  onToggle: () => void;
  /** Whether there is something to unfold. */
  hasBody: boolean;
  children?: JSX.Element;
  /** Always shown: a question, a permission to give, an error. */
  below?: JSX.Element;
}

export const STATE_LOOK = {
  pending: { icon: "circle-dashed", color: "text-faint", word: "session.tool.pending" },
  running: { icon: "circle-dot", color: "text-busy", word: "session.tool.running" },
  waiting: { icon: "hand", color: "text-warn", word: "session.tool.waiting" },
  done: { icon: "check", color: "text-faint", word: "session.tool.done" },
  failed: { icon: "circle-x", color: "text-bad", word: "session.tool.failed" },
} as const satisfies Record<CallState, { icon: IconName; color: string; word: string }>;

/** A call shorter than this is not worth a time. */
const LEAST_SHOWN_MS = 500;

export function Shell(props: ShellProps) {
  return (
    <section
      aria-label={`${props.label} ${props.subject}`.trim()}
      class={`overflow-hidden rounded-md border bg-canvas ${props.state === "waiting" ? "border-warn" : "border-line"}`}
    >
      <button
        type="button"
        aria-expanded={props.hasBody ? props.isOpen : undefined}
        disabled={!props.hasBody}
        onClick={() => props.onToggle()}
        class="flex h-8 w-full items-center gap-2 px-2.5 text-left enabled:hover:bg-hover"
      >
        <Icon name={props.icon} size={14} class="text-muted" />
        <span class="shrink-0 font-medium">{props.label}</span>
        <span
          class={`min-w-0 grow truncate text-muted ${props.isMono ? "font-mono text-sm" : ""}`}
          title={props.subject}
        >
          {props.subject}
        </span>
        <span class="flex shrink-0 items-center gap-2 text-sm text-faint">
          {props.aside}
          <Show when={props.tookMs !== null && props.tookMs >= LEAST_SHOWN_MS}>
            <span>{took(props.tookMs ?? 0)}</span>
          </Show>
          <Show when={!props.hasVerdict}>
            <StateOfCall state={props.state} />
          </Show>
          <Show when={props.hasBody}>
            <Icon name={props.isOpen ? "chevron-down" : "chevron-right"} size={13} />
          </Show>
        </span>
      </button>
      <Show when={props.isOpen && props.hasBody}>
        <div class="border-t border-line">{props.children}</div>
      </Show>
      {props.below}
    </section>
  );
}

export function StateOfCall(props: { state: CallState }) {
  const look = () => STATE_LOOK[props.state];
  return (
    <span class={`inline-flex items-center gap-1 ${look().color}`}>
      <span role="img" aria-label={t(look().word)} title={t(look().word)} class="inline-flex">
        <Icon name={look().icon} size={13} />
      </span>
      <Show when={props.state !== "done"}>
        <span aria-hidden="true">{t(look().word)}</span>
      </Show>
    </span>
  );
}

/** An error's text, as it came. */
export function CallError(props: { text: string }) {
  return (
    <div class="selectable max-h-60 overflow-auto border-t border-line bg-bad-soft px-2.5 py-1.5 text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">
      {props.text}
    </div>
  );
}
