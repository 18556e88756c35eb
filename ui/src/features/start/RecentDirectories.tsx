/** Directories of recent instances: a click starts, or fills in the directory where more is said. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { model } from "../../model/store";
import { DirectoryList } from "../../ui/DirectoryList";
import { Section } from "../../ui/Page";

interface RecentDirectoriesProps {
  isDisabled: boolean;
  /** Whether a click starts. */
  starts: boolean;
  onChoose: (directory: string) => void;
}

export function RecentDirectories(props: RecentDirectoriesProps) {
  return (
    <Section title={t("start.recent")}>
      <Show
        when={model.settings.recent_directories.length > 0}
        fallback={<p class="text-faint">{t("start.recentNone")}</p>}
      >
        <DirectoryList
          directories={model.settings.recent_directories}
          home={model.host.home}
          isDisabled={props.isDisabled}
          starts={props.starts}
          onChoose={props.onChoose}
        />
      </Show>
      <Show when={model.host.picks_directories}>
        <p class="text-sm text-faint">{t("start.drop")}</p>
      </Show>
    </Section>
  );
}
