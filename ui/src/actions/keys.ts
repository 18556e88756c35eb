/** From key presses to actions: single shortcuts and sequences such as `g i`. */
import { isMac } from "../lib/platform";
import { type Action, possibleActions } from "./registry";

/** How long the second key of a sequence may take. */
const SEQUENCE_MS = 900;

/** The press in our notation; null for a modifier alone. */
export function pressOf(event: KeyboardEvent, onMac = isMac): string | null {
  if (["Control", "Shift", "Alt", "Meta", "Dead", "Process"].includes(event.key)) return null;
  const isMod = onMac ? event.metaKey : event.ctrlKey;
  const isLetter = event.key.length === 1 && /\p{L}/u.test(event.key);
  const parts = [];
  if (isMod) parts.push("Mod");
  if (onMac ? event.ctrlKey : event.metaKey) parts.push("Super");
  if (event.altKey) parts.push("Alt");
  // Shift is already in what `?` or `+` is.
  if (event.shiftKey && (isLetter || event.key.length > 1)) parts.push("Shift");
  const key = isLetter ? (parts.length > 0 ? event.key.toUpperCase() : event.key) : event.key;
  parts.push(key === " " ? "Space" : key);
  return parts.join("+");
}

/** Whether typing goes into a text there, so that plain keys are not ours. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, [role='textbox']");
}

/** Follows the keyboard of the window. */
export function listenToKeys(): () => void {
  let first: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const press = pressOf(event);
    if (!press) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !/^F\d+$/.test(event.key);
    if (isPlain && (isTyping(event.target) || isInDialog(event.target))) return;
    const possible = possibleActions();
    const sequence = first ? `${first} ${press}` : null;
    first = null;
    clearTimeout(timer);
    const found = (sequence && find(possible, sequence)) || find(possible, press);
    if (found) {
      event.preventDefault();
      void found.run();
      return;
    }
    if (isPlain && possible.some((action) => action.keys?.some((keys) => keys.startsWith(`${press} `)))) {
      first = press;
      timer = setTimeout(() => {
        first = null;
      }, SEQUENCE_MS);
    }
  };
  addEventListener("keydown", onKeyDown);
  return () => {
    clearTimeout(timer);
    removeEventListener("keydown", onKeyDown);
  };
}

function find(actions: readonly Action[], keys: string): Action | undefined {
  return actions.find((action) => action.keys?.includes(keys));
}

function isInDialog(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("[role='dialog'], [role='alertdialog'], [role='menu']") !== null
  );
}

/** A shortcut as the keyboard names it: `Ctrl+Shift+N`, `⌘K`. */
export function keysLabel(keys: string, onMac = isMac): string {
  const names: Record<string, string> = onMac
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥", Super: "⌃" }
    : { Mod: "Ctrl", Super: "Super" };
  return keys
    .split(" ")
    .map((press) =>
      press === "+"
        ? "+"
        : press
            .split("+")
            .map((part) => names[part] ?? (part.length === 1 && press.length > 1 ? part.toUpperCase() : part))
            .join(onMac ? "" : "+"),
    )
    .join(" ");
}
