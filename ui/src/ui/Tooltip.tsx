/** A short text over a control that is hovered or focused. The control has its own name; this repeats it for the eye. */
import { Tooltip as Base } from "@kobalte/core/tooltip";
import { type JSX, Show } from "solid-js";
import { Kbd } from "./Kbd";

export function Tooltip(props: { text: string; keys?: string; children: JSX.Element }) {
  return (
    <Base openDelay={600} closeDelay={0} gutter={6}>
      <Base.Trigger as="span" class="inline-flex" tabIndex={-1} role="presentation">
        {props.children}
      </Base.Trigger>
      <Base.Portal>
        <Base.Content class="z-60 flex max-w-80 items-center gap-2 rounded-md border border-line-strong bg-raised px-2 py-1 text-sm text-ink">
          {props.text}
          <Show when={props.keys}>{(keys) => <Kbd keys={keys()} />}</Show>
        </Base.Content>
      </Base.Portal>
    </Base>
  );
}
