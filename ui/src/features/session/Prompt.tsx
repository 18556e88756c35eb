/** What the person asked: the text as it was typed, and what was attached. */
import type { FilePart, Part } from "@opencode-ai/sdk/v2/types";
import { createMemo, For, Show } from "solid-js";
import { t } from "../../i18n";
import { baseName } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { CopyButton } from "../../ui/CopyButton";
import { Icon } from "../../ui/Icon";
import { isShownInPrompt } from "./rows";
import { useScope } from "./scope";

export function Prompt(props: { message: string }) {
  const scope = useScope();
  const parts = createMemo<Part[]>(() => {
    const entry = scope.transcript()?.entries[props.message];
    return entry ? entry.partOrder.flatMap((id) => entry.parts[id] ?? []).filter(isShownInPrompt) : [];
  });
  const text = () =>
    parts()
      .flatMap((part) => (part.type === "text" ? [part.text] : part.type === "subtask" ? [part.prompt] : []))
      .join("\n\n");
  const files = () => parts().filter((part): part is FilePart => part.type === "file");
  return (
    <section
      aria-label={t("session.prompt")}
      class="group/prompt relative mt-3 mb-1 rounded-lg border border-line bg-panel px-3 py-2"
    >
      <div class="selectable whitespace-pre-wrap [overflow-wrap:anywhere] pr-6">{text()}</div>
      <Show when={files().length > 0}>
        <div class="mt-1.5 flex flex-wrap gap-1.5">
          <For each={files()}>
            {(file) => (
              <span class="inline-flex items-center gap-1 rounded border border-line bg-canvas px-1.5 py-0.5 text-sm text-muted">
                <Icon name={file.mime.startsWith("image/") ? "image" : "file"} size={12} />
                {file.filename ?? baseName(file.url)}
              </span>
            )}
          </For>
        </div>
      </Show>
      <Show when={isQueued(scope, props.message)}>
        <div class="mt-1.5 flex items-center gap-2 text-sm text-faint">
          <Badge tone="accent">{t("session.queued")}</Badge>
          {t("session.queued.hint")}
        </div>
      </Show>
      <div class="absolute top-1 right-1 opacity-0 group-hover/prompt:opacity-100 focus-within:opacity-100">
        <CopyButton text={text()} label={t("session.copyText")} />
      </div>
    </section>
  );
}

const NEWEST = 40;

/** Sent while an earlier turn still runs: opencode gets to it by itself. */
function isQueued(scope: ReturnType<typeof useScope>, id: string): boolean {
  if (!scope.isBusy()) return false;
  // Prompts that wait are among the newest messages; anything further up has been taken up long since.
  const newest = scope.messages().slice(-NEWEST);
  if (!newest.some((message) => message.id === id)) return false;
  let isOtherOpen = false;
  for (const message of newest) {
    if (message.role !== "assistant") continue;
    if (message.parentID === id) return false;
    if (message.time.completed === undefined) isOtherOpen = true;
  }
  return isOtherOpen;
}
