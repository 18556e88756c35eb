/** A choice out of many, found by typing. */
import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, Show } from "solid-js";
import { t } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { Popover } from "../../ui/Popover";
import { FailureNote, Skeleton } from "../../ui/states";

export interface Offer {
  id: string;
  label: string;
  /** Beside the label; searched too. */
  note: string;
}

interface PickerProps {
  /** The name of the control. */
  label: string;
  icon: IconName;
  /** What is chosen now, as shown. */
  value: string;
  chosen: string | null;
  search: string;
  empty: string;
  offers: readonly Offer[] | undefined;
  error: unknown;
  disabled?: boolean;
  onOpen: () => void;
  onChoose: (id: string) => void;
}

/** More than these are found by typing. */
const MOST_SHOWN = 100;

export function Picker(props: PickerProps): JSX.Element {
  const [isOpen, setOpen] = createSignal(false);
  const [query, setQuery] = createSignal("");
  const [active, setActive] = createSignal(0);
  const listId = createUniqueId();
  let list: HTMLDivElement | undefined;
  const found = createMemo(() => {
    const words = query().toLowerCase().split(/\s+/).filter(Boolean);
    const all = props.offers ?? [];
    return all
      .filter((offer) => words.every((word) => `${offer.label} ${offer.note} ${offer.id}`.toLowerCase().includes(word)))
      .slice(0, MOST_SHOWN);
  });
  createEffect(on(query, () => setActive(0)));
  createEffect(on(active, (at) => list?.children[at]?.scrollIntoView({ block: "nearest" })));
  const open = (next: boolean) => {
    setOpen(next);
    if (!next) return;
    setQuery("");
    setActive(
      Math.max(
        0,
        found().findIndex((offer) => offer.id === props.chosen),
      ),
    );
    props.onOpen();
  };
  const choose = (id: string | undefined) => {
    if (id === undefined) return;
    props.onChoose(id);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found().length - 1;
    if (event.key === "ArrowDown") setActive((at) => Math.min(last, at + 1));
    else if (event.key === "ArrowUp") setActive((at) => Math.max(0, at - 1));
    else if (event.key === "Enter" && !event.isComposing) choose(found()[active()]?.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Popover
      label={`${props.label}: ${props.value}`}
      open={isOpen()}
      onOpenChange={(next) => !props.disabled && open(next)}
      triggerClass="inline-flex h-6 min-w-0 items-center gap-1 rounded-md px-1.5 text-sm text-muted hover:bg-hover hover:text-ink data-[expanded]:bg-active"
      trigger={
        <>
          <Icon name={props.icon} size={13} />
          <span class="max-w-48 truncate">{props.value}</span>
          <Icon name="chevron-down" size={11} class="text-faint" />
        </>
      }
    >
      <div class="flex w-80 max-w-[90vw] flex-col gap-1.5">
        <input
          ref={(element) => queueMicrotask(() => element.focus())}
          type="text"
          role="combobox"
          aria-label={props.search}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found().length > 0 ? `${listId}-${active()}` : undefined}
          placeholder={props.search}
          autocomplete="off"
          spellcheck={false}
          value={query()}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          class="selectable h-7 rounded-md border border-line-strong bg-canvas px-2 placeholder:text-faint"
        />
        <FailureNote failure={props.error} />
        <Show
          when={props.offers}
          fallback={
            <Show when={!props.error}>
              <Skeleton lines={3} label={props.search} />
            </Show>
          }
        >
          <div ref={list} id={listId} role="listbox" aria-label={props.label} class="max-h-72 overflow-auto">
            <For
              each={found()}
              fallback={
                <p class="px-2 py-1.5 text-muted">{props.offers?.length === 0 ? props.empty : t("session.noMatch")}</p>
              }
            >
              {(offer, at) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are taken by the search field.
                // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the search field.
                <div
                  id={`${listId}-${at()}`}
                  role="option"
                  aria-selected={offer.id === props.chosen}
                  onClick={() => choose(offer.id)}
                  onPointerMove={() => setActive(at())}
                  class={`flex items-center gap-2 rounded-md px-2 py-1 ${at() === active() ? "bg-hover" : ""}`}
                >
                  <span class="inline-flex w-3.5 text-accent">
                    <Show when={offer.id === props.chosen}>
                      <Icon name="check" size={13} />
                    </Show>
                  </span>
                  <span class="min-w-0 shrink-0 truncate">{offer.label}</span>
                  <span class="min-w-0 grow truncate text-sm text-faint">{offer.note}</span>
                </div>
              )}
            </For>
          </div>
        </Show>
      </div>
    </Popover>
  );
}
