/** A choice of one out of a few. */
import { Select as Base } from "@kobalte/core/select";
import { createMemo, createSignal, Show } from "solid-js";
import { Icon } from "./Icon";

export interface Option<V extends string> {
  value: V;
  label: string;
  description?: string;
  disabled?: boolean;
}

interface SelectProps<V extends string> {
  label: string;
  /** The label is shown before the choice. */
  showLabel?: boolean;
  value: V | undefined;
  placeholder?: string;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  disabled?: boolean;
  class?: string;
}

export function Select<V extends string>(props: SelectProps<V>) {
  const [isOpen, setOpen] = createSignal(false);
  // Kobalte closes a list whose options change; and what is chosen from should not move under the pointer.
  const heldWhileOpen = <T,>(read: () => T) => createMemo<T>((before) => (isOpen() ? (before as T) : read()));
  const options = heldWhileOpen(() => [...props.options]);
  const value = heldWhileOpen(() => props.value);
  const chosen = () => options().find((option) => option.value === value());
  return (
    <Base<Option<V>>
      options={options()}
      optionValue="value"
      optionTextValue="label"
      optionDisabled="disabled"
      value={chosen() ?? null}
      // When the options change it chooses again what is chosen already: no person did that.
      onChange={(option) => option && option.value !== props.value && props.onChange(option.value)}
      onOpenChange={setOpen}
      disallowEmptySelection
      disabled={props.disabled}
      placeholder={props.placeholder}
      gutter={4}
      sameWidth={false}
      class="inline-flex min-w-0 items-center gap-2"
      itemComponent={(item) => (
        <Base.Item
          item={item.item}
          class="flex items-center gap-2 rounded-md px-2 py-1 outline-none data-[disabled]:opacity-45 data-[highlighted]:bg-hover"
        >
          <span class="inline-flex w-4 justify-center text-accent">
            <Base.ItemIndicator>
              <Icon name="check" />
            </Base.ItemIndicator>
          </span>
          <span class="flex max-w-96 flex-col">
            <Base.ItemLabel>{item.item.rawValue.label}</Base.ItemLabel>
            <Show when={item.item.rawValue.description}>
              <span class="text-sm text-faint">{item.item.rawValue.description}</span>
            </Show>
          </span>
        </Base.Item>
      )}
    >
      <Base.Label class={props.showLabel ? "text-sm font-medium text-muted" : "sr-only"}>{props.label}</Base.Label>
      <Base.Trigger
        aria-label={props.label}
        class={`inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md border border-line-strong bg-raised px-2 hover:bg-hover disabled:opacity-50 ${props.class ?? ""}`}
      >
        <Base.Value<Option<V>> class="truncate">{(state) => state.selectedOption().label}</Base.Value>
        <Icon name="chevrons-up-down" size={12} class="text-faint" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Content class="z-50 rounded-lg border border-line-strong bg-raised p-1 [box-shadow:var(--shadow)]">
          <Base.Listbox class="max-h-80 overflow-auto outline-none" />
        </Base.Content>
      </Base.Portal>
    </Base>
  );
}
