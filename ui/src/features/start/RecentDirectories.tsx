/** Directories of recent instances: a click starts. */
import { For, Show } from "solid-js";
import { t } from "../../i18n";
import { shortPath } from "../../lib/format";
import { model } from "../../model/store";
import { Icon } from "../../ui/Icon";
import { Section } from "../../ui/Page";

export function RecentDirectories(props: { isDisabled: boolean; onChoose: (directory: string) => void }) {
  return (
    <Section title={t("start.recent")}>
      <Show
        when={model.settings.recent_directories.length > 0}
        fallback={<p class="text-faint">{t("start.recentNone")}</p>}
      >
        <ul class="overflow-hidden rounded-lg border border-line">
          <For each={model.settings.recent_directories}>
            {(directory) => (
              <li class="border-b border-line last:border-0">
                <button
                  type="button"
                  disabled={props.isDisabled}
                  onClick={() => props.onChoose(directory)}
                  class="flex h-9 w-full items-center gap-2 px-3 text-left hover:bg-hover"
                >
                  <Icon name="folder" class="text-muted" />
                  <span class="min-w-0 grow truncate">{shortPath(directory, model.host.home)}</span>
                  <Icon name="play" class="text-faint" />
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={model.host.picks_directories}>
        <p class="text-sm text-faint">{t("start.drop")}</p>
      </Show>
    </Section>
  );
}
