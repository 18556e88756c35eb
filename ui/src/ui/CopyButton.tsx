/** Copies a text; shows for a moment that it did. */
import { createSignal, onCleanup } from "solid-js";
import { t } from "../i18n";
import { IconButton } from "./Button";

export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

export function CopyButton(props: { text: string; label?: string }) {
  const [isDone, setDone] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const copy = async () => {
    await copyText(props.text);
    setDone(true);
    clearTimeout(timer);
    timer = setTimeout(() => setDone(false), 1500);
  };
  return (
    <IconButton
      icon={isDone() ? "check" : "copy"}
      label={isDone() ? t("app.copied") : (props.label ?? t("app.copy"))}
      size={13}
      onClick={() => void copy()}
    />
  );
}
