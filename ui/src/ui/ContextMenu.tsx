/** A menu where the pointer is, or at the control that has the focus (the menu key, Shift+F10). */
import { ContextMenu as Base } from "@kobalte/core/context-menu";
import type { JSX } from "solid-js";
import { MENU_BOX, type MenuItem, MenuItems } from "./Menu";

interface ContextMenuProps {
  label: string;
  items: readonly MenuItem[];
  /** What was clicked on; false when there is no menu for it. */
  onAsk: (target: HTMLElement) => boolean;
  class?: string;
  children: JSX.Element;
}

export function ContextMenu(props: ContextMenuProps) {
  return (
    <Base>
      <Base.Trigger
        as="div"
        class={props.class}
        onContextMenu={(event: MouseEvent) => {
          // Prevented, it opens neither our menu nor the browser's.
          if (!(event.target instanceof HTMLElement) || !props.onAsk(event.target)) event.preventDefault();
        }}
      >
        {props.children}
      </Base.Trigger>
      <Base.Portal>
        <Base.Content aria-label={props.label} class={MENU_BOX}>
          <MenuItems items={props.items} />
        </Base.Content>
      </Base.Portal>
    </Base>
  );
}

/** Opens the context menu of an element under it: for a button that stands for a right click. */
export function openContextMenu(element: HTMLElement): void {
  const box = element.getBoundingClientRect();
  const at = { clientX: box.left, clientY: box.bottom };
  element.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, ...at }));
}
