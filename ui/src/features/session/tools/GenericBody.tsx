/** Input and output of a call, as they are. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { For, type JSX, Show } from "solid-js";
import { AnsiText } from "../../../ui/AnsiText";
import { input, outputOf } from "./call";

/** More is not drawn; it can be read in full on the server. */
const MOST_CHARACTERS = 40_000;

const BOX =
  "selectable max-h-80 overflow-auto bg-panel px-2.5 py-1.5 font-mono text-sm leading-[17px] whitespace-pre-wrap [overflow-wrap:anywhere]";

export function OutputBody(props: { part: ToolPart }) {
  return (
    <pre class={BOX}>
      <AnsiText text={outputOf(props.part).slice(0, MOST_CHARACTERS)} />
    </pre>
  );
}

/** What a sub-agent was told. */
export function PromptBody(props: { part: ToolPart }) {
  return (
    <div class="selectable max-h-60 overflow-auto px-2.5 py-1.5 text-sm whitespace-pre-wrap text-muted [overflow-wrap:anywhere]">
      {input(props.part, "prompt")}
    </div>
  );
}

export function GenericBody(props: { part: ToolPart }): JSX.Element {
  const inputs = () => Object.entries((props.part.state.input as Record<string, unknown> | undefined) ?? {});
  return (
    <>
      <Show when={inputs().length > 0}>
        <dl class="selectable grid max-h-60 grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 overflow-auto px-2.5 py-1.5 text-sm">
          <For each={inputs()}>
            {([name, value]) => (
              <>
                <dt class="text-faint">{name}</dt>
                <dd class="font-mono whitespace-pre-wrap [overflow-wrap:anywhere]">
                  {typeof value === "string" ? value : JSON.stringify(value, null, 1)}
                </dd>
              </>
            )}
          </For>
        </dl>
      </Show>
      <Show when={outputOf(props.part) !== ""}>
        <OutputBody part={props.part} />
      </Show>
    </>
  );
}
