/** Which of the window's own dialogs is open: one at most, and about which instance. */
import { createSignal } from "solid-js";

const INSTANCE_QUESTIONS = [
  "rename",
  "group",
  "remove",
  "stop",
  "restart",
  "stop-external",
  "unlock",
  "change-address",
] as const;

/** Questions about one instance. */
export type InstanceQuestion = (typeof INSTANCE_QUESTIONS)[number];

export type DialogName = "palette" | "shortcuts" | "quit" | "add-address" | "stop-all" | InstanceQuestion;

interface OpenDialog {
  name: DialogName;
  /** The instance, or the group, that it is about. */
  subject: string | null;
}

const [current, setCurrent] = createSignal<OpenDialog | null>(null);

export const dialog = () => current()?.name ?? null;

/** What the open dialog is about. */
export const dialogSubject = () => current()?.subject ?? null;

export function openDialog(name: Exclude<DialogName, InstanceQuestion>, subject: string | null = null): void {
  setCurrent({ name, subject });
}

/** Asks about an instance. */
export function askAbout(name: InstanceQuestion, instance: string): void {
  setCurrent({ name, subject: instance });
}

export function closeDialog(): void {
  setCurrent(null);
}

export function isInstanceQuestion(name: DialogName): name is InstanceQuestion {
  return (INSTANCE_QUESTIONS as readonly string[]).includes(name);
}
