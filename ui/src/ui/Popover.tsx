/** A panel beside the control that opens it. */
import { Popover as Base } from "@kobalte/core/popover";
import type { JSX } from "solid-js";

interface PopoverProps {
  label: string;
  trigger: JSX.Element;
  triggerClass?: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: JSX.Element;
}

export function Popover(props: PopoverProps) {
  return (
    <Base gutter={4} open={props.open} onOpenChange={props.onOpenChange}>
      <Base.Trigger aria-label={props.label} class={props.triggerClass}>
        {props.trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Content class="z-50 rounded-lg border border-line-strong bg-raised p-2 [box-shadow:var(--shadow)] focus:outline-none">
          {props.children}
        </Base.Content>
      </Base.Portal>
    </Base>
  );
}
