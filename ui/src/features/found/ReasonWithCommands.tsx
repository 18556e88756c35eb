/** A reason of the core, with the commands that it names to be copied. */
import { createMemo, For, Show } from "solid-js";
import { CopyButton } from "../../ui/CopyButton";
import { commandsIn } from "./reason";

export function ReasonWithCommands(props: { text: string }) {
  const parts = createMemo(() => commandsIn(props.text));
  return (
    <p class="selectable min-w-0 leading-6 break-words text-muted">
      <For each={parts()}>
        {(part) => (
          <Show when={part.isCommand} fallback={part.text}>
            <span class="inline-flex max-w-full items-center gap-0.5 align-middle">
              <code class="min-w-0 rounded bg-hover px-1.5 font-mono text-sm text-ink [overflow-wrap:anywhere]">
                {part.text}
              </code>
              <CopyButton text={part.text} />
            </span>
          </Show>
        )}
      </For>
    </p>
  );
}
