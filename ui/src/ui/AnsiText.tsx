/** Terminal output with its colours. */
import { createMemo, For } from "solid-js";
import { ansiRuns } from "../lib/ansi";
import "../styles/text.css";

export function AnsiText(props: { text: string }) {
  const runs = createMemo(() => ansiRuns(props.text));
  return (
    <For each={runs()}>
      {(run) => (
        <span class={run.classes || undefined} style={{ color: run.color, "background-color": run.background }}>
          {run.text}
        </span>
      )}
    </For>
  );
}
