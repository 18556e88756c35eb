/** The directory of this machine, typed, chosen in the native dialog, or dropped on the window. */
import { onCleanup, onMount, Show } from "solid-js";
import { backend } from "../../backend";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { pickDirectory } from "../../model/commands";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { attempt } from "../../ui/notices";
import { TextField } from "../../ui/TextField";
import type { Start } from "./createStart";

export function DirectoryField(props: { start: Start }) {
  let field!: HTMLDivElement;
  onMount(() => field.querySelector("input")?.focus());
  onCleanup(backend().onDrop((paths) => paths[0] && props.start.setText(paths[0])));
  const note = () => {
    const failed = props.start.problem();
    return failed ? quoted([failed.message, failed.hint].filter(Boolean).join(". ")) : undefined;
  };
  const hint = () => {
    const view = props.start.found();
    if (!view) return t("start.hint");
    const instance = props.start.running();
    return instance ? t("start.running", { name: instance.name }) : t("start.ok", { directory: view.directory });
  };
  return (
    <div ref={field} class="flex items-start gap-2">
      <div class="min-w-0 grow">
        <TextField
          label={t("start.directory")}
          placeholder={t("start.placeholder")}
          value={props.start.text()}
          onInput={(event) => props.start.setText(event.currentTarget.value)}
          error={note()}
          hint={hint()}
        />
      </div>
      <Show when={model.host.picks_directories}>
        <Button
          size="large"
          icon="folder-open"
          class="mt-5 !h-8 !px-3"
          onClick={() =>
            attempt(async () => {
              const directory = await pickDirectory();
              if (directory) props.start.setText(directory);
            })
          }
        >
          {t("start.browse")}
        </Button>
      </Show>
    </div>
  );
}
