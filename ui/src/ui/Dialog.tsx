/** A dialog over the window. The focus goes in, stays, and returns. */
import { Dialog as Base } from "@kobalte/core/dialog";
import { createComputed, createEffect, type JSX, on, Show } from "solid-js";
import { t } from "../i18n";
import { IconButton } from "./Button";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  /** `alertdialog` for a question that must be answered. */
  role?: "dialog" | "alertdialog";
  width?: string;
  /** A click beside it does not close it: what was typed in it stays. */
  isKept?: boolean;
  /** The focus stays where it is for now; once this is over, it goes in. */
  isWaiting?: boolean;
  /** Buttons, the main one last. */
  actions?: JSX.Element;
  children?: JSX.Element;
}

/**
 * What had the focus last that is no part of what lies over the window. A dialog that a menu opens must return the focus
 * to where the menu was asked for, and the menu is gone by then.
 */
let lastInWindow: HTMLElement | null = null;
addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && document.getElementById("app")?.contains(target)) lastInWindow = target;
});

const FIELD = "[data-body] input:not([disabled]), [data-body] textarea:not([disabled])";
/** The main button is last, so the first is the one that does nothing. */
const SAFE_BUTTON = "footer button:not([disabled])";

/** What has the focus at first: what asks for it, a field, or the button that does nothing; of a question never a field. */
function firstIn(dialog: HTMLElement, isQuestion: boolean): HTMLElement | null {
  const order = isQuestion ? ["[autofocus]", SAFE_BUTTON] : ["[autofocus]", FIELD, SAFE_BUTTON];
  for (const selector of order) {
    const found = dialog.querySelector<HTMLElement>(selector);
    if (found) return found;
  }
  return null;
}

export function Dialog(props: DialogProps) {
  let before: HTMLElement | null = null;
  let content: HTMLElement | undefined;
  const focusFirst = () => {
    const first = content && firstIn(content, props.role === "alertdialog");
    first?.focus();
    return first;
  };
  createEffect(
    on(
      () => props.isWaiting === true,
      (isWaiting, was) => {
        if (was && !isWaiting && props.open) focusFirst();
      },
    ),
  );
  createComputed(
    on(
      () => props.open,
      (isOpen, wasOpen) => {
        if (isOpen && !wasOpen) before = lastInWindow;
      },
    ),
  );
  return (
    <Base open={props.open} onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Base.Portal>
        <Base.Overlay class="fixed inset-0 z-40 bg-black/35" />
        <div class="fixed inset-0 z-50 flex items-start justify-center p-4 pt-[10vh]">
          <Base.Content
            ref={(element: HTMLElement) => {
              content = element;
            }}
            onOpenAutoFocus={(event: Event) => {
              if (props.isWaiting || focusFirst()) event.preventDefault();
            }}
            onInteractOutside={(event: Event) => {
              if (props.isKept) event.preventDefault();
            }}
            onCloseAutoFocus={() => before?.isConnected && before.focus({ preventScroll: true })}
            role={props.role ?? "dialog"}
            class="flex max-h-[80vh] flex-col overflow-hidden rounded-lg border border-line-strong bg-raised [box-shadow:var(--shadow)]"
            style={{ width: `min(${props.width ?? "440px"}, 100%)` }}
          >
            <header class="flex items-center gap-2 px-4 pt-3">
              <Base.Title class="grow text-lg font-semibold">{props.title}</Base.Title>
              <IconButton icon="x" label={t("app.close")} onClick={() => props.onClose()} />
            </header>
            <div data-body class="min-h-0 grow overflow-auto px-4 pt-1 pb-4">
              <Show when={props.description}>
                <Base.Description class="text-muted">{props.description}</Base.Description>
              </Show>
              {props.children}
            </div>
            <Show when={props.actions}>
              <footer class="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-panel px-4 py-3">
                {props.actions}
              </footer>
            </Show>
          </Base.Content>
        </div>
      </Base.Portal>
    </Base>
  );
}
