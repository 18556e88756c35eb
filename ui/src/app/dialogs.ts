/** Which of the window's own dialogs is open: one at most. */
import { createSignal } from "solid-js";

export type DialogName = "palette" | "shortcuts" | "quit";

const [current, setCurrent] = createSignal<DialogName | null>(null);

export const dialog = current;

export function openDialog(name: DialogName): void {
  setCurrent(name);
}

export function closeDialog(): void {
  setCurrent(null);
}
