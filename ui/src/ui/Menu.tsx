/** A menu under a button. */
import { DropdownMenu } from "@kobalte/core/dropdown-menu";
import { createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { Icon, type IconName } from "./Icon";
import { Kbd } from "./Kbd";

export interface MenuItem {
  label: string;
  icon?: IconName;
  keys?: string;
  disabled?: boolean;
  danger?: boolean;
  /** Under it: why it cannot be done. */
  note?: string;
  /** A line above it. */
  separated?: boolean;
  run: () => void;
}

export const MENU_BOX =
  "z-50 min-w-44 max-h-[80vh] overflow-y-auto rounded-lg border border-line-strong bg-raised p-1 [box-shadow:var(--shadow)] focus:outline-none";

interface MenuProps {
  /** The name of the button. */
  label: string;
  items: readonly MenuItem[];
  /** What the button shows; an ellipsis by default. */
  trigger?: JSX.Element;
  triggerClass?: string;
}

export function Menu(props: MenuProps) {
  const [isOpen, setOpen] = createSignal(false);
  return (
    <DropdownMenu placement="bottom-end" gutter={4} open={isOpen()} onOpenChange={setOpen}>
      <DropdownMenu.Trigger
        aria-label={props.label}
        // It would lie over the menu.
        title={isOpen() ? undefined : props.label}
        class={
          props.triggerClass ??
          "inline-flex size-6 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink data-[expanded]:bg-active data-[expanded]:text-ink"
        }
      >
        {props.trigger ?? <Icon name="ellipsis" size={15} />}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class={MENU_BOX}>
          <MenuItems items={props.items} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  );
}

let openMenus = 0;
let isOutsideAsked = false;
// A right click closes an open menu before it asks for another: then it is for neither ours nor the web view's own.
addEventListener("pointerdown", ({ button }) => (isOutsideAsked = button === 2 && openMenus > 0), { capture: true });
addEventListener(
  "contextmenu",
  (event) => {
    if (openMenus > 0 || isOutsideAsked) event.preventDefault();
    isOutsideAsked = false;
  },
  { capture: true },
);

/** The items of a menu, wherever it hangs. */
export function MenuItems(props: { items: readonly MenuItem[] }) {
  openMenus += 1;
  onCleanup(() => {
    openMenus -= 1;
  });
  // While it is open its instance may change: what has the focus is not drawn anew then, and becomes no other thing.
  const byName = createMemo(() => {
    const named = new Map<string, MenuItem>();
    for (const item of props.items) {
      let name = item.label;
      while (named.has(name)) name += " ";
      named.set(name, item);
    }
    return named;
  });
  return (
    <For each={[...byName().keys()]}>
      {(name, at) =>
        draw(
          createMemo((last) => byName().get(name) ?? (last as MenuItem)),
          at,
        )
      }
    </For>
  );

  function draw(item: () => MenuItem, at: () => number) {
    return (
      <>
        <Show when={item().separated && at() > 0}>
          <DropdownMenu.Separator class="my-1 border-line" />
        </Show>
        <DropdownMenu.Item
          // What says why it cannot be done is reached by the keyboard, too, so that it is read.
          disabled={(item().disabled ?? false) && !item().note}
          aria-disabled={item().disabled ? true : undefined}
          closeOnSelect={!item().disabled}
          onSelect={() => !item().disabled && item().run()}
          class={`flex min-h-7 items-center gap-2 rounded-md px-2 outline-none data-[highlighted]:bg-hover ${item().note ? "" : "data-[disabled]:opacity-45"} ${item().danger ? "text-bad" : ""}`}
        >
          <span class={`inline-flex w-4 justify-center ${item().danger ? "" : "text-muted"}`}>
            <Show when={item().icon}>{(name) => <Icon name={name()} />}</Show>
          </span>
          <Show when={item().note} fallback={<span class="grow">{item().label}</span>}>
            {/* What cannot be done is faint; why not is to be read. */}
            <span class="flex max-w-64 grow flex-col py-1">
              <span class="text-faint">{item().label}</span>
              <span class="text-sm text-muted">{item().note}</span>
            </span>
          </Show>
          <Show when={item().keys}>{(keys) => <Kbd keys={keys()} />}</Show>
        </DropdownMenu.Item>
      </>
    );
  }
}
