/** Says where the output was saved, and shows it there. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { openWith } from "../../model/commands";
import { model } from "../../model/store";
import { Button, IconButton } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Icon } from "../../ui/Icon";
import { attempt } from "../../ui/notices";

export function SavedNote(props: { path: string; onDismiss: () => void }) {
  return (
    <div role="status" class="flex shrink-0 items-center gap-2 border-b border-line bg-good-soft px-4 py-1.5">
      <Icon name="circle-check" class="text-good" />
      <span class="selectable min-w-0 grow truncate" title={props.path}>
        {t("logs.saved", { path: props.path })}
      </span>
      <Show when={model.host.opens_programs}>
        <Button size="small" icon="folder-open" onClick={() => attempt(() => openWith("files", props.path))}>
          {t("logs.show")}
        </Button>
      </Show>
      <CopyButton text={props.path} label={t("logs.copyPath")} />
      <IconButton icon="x" size={13} label={t("app.dismiss")} onClick={() => props.onDismiss()} />
    </div>
  );
}
