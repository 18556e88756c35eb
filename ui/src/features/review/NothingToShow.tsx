/** Why there is no diff, in words that say what to do. */
import { t } from "../../i18n";
import { Empty } from "../../ui/states";

export type Reason = "not_running" | "not_ready" | "no_turns" | "turn_runs" | "turn_empty" | "no_git" | "clean";

interface NothingToShowProps {
  reason: Reason;
  directory: string;
  instance: string;
}

export function NothingToShow(props: NothingToShowProps) {
  const words = (): [title: string, text: string] => {
    switch (props.reason) {
      case "not_running":
        return [t("review.notRunning", { name: props.instance }), t("review.notRunningText")];
      case "not_ready":
        return [t("review.notReady", { name: props.instance }), t("review.notReadyText")];
      case "no_turns":
        return [t("review.noTurns"), t("review.noTurnsText")];
      case "turn_runs":
        return [t("review.turnRuns"), t("review.turnRunsText")];
      case "turn_empty":
        return [t("review.turnEmpty"), t("review.turnEmptyText")];
      case "no_git":
        return [t("review.noGit"), t("review.noGitText", { directory: props.directory })];
      case "clean":
        return [t("review.clean"), t("review.cleanText")];
    }
  };
  return <Empty icon={props.reason === "no_git" ? "folder-git-2" : "file-diff"} title={words()[0]} text={words()[1]} />;
}
