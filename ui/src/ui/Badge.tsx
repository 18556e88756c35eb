/** A short word or a number in a pill. */
import { type JSX, Show } from "solid-js";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

const TONE: Record<Tone, string> = {
  neutral: "bg-hover text-muted",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

export function Badge(props: { tone?: Tone; label?: string; children: JSX.Element }) {
  return (
    <span
      title={props.label}
      class={`inline-flex h-4 min-w-4 shrink-0 items-center justify-center rounded-full px-1.5 text-xs font-medium whitespace-nowrap ${TONE[props.tone ?? "neutral"]}`}
    >
      <span aria-hidden={props.label ? "true" : undefined}>{props.children}</span>
      <Show when={props.label}>
        <span class="sr-only">{props.label}</span>
      </Show>
    </span>
  );
}
