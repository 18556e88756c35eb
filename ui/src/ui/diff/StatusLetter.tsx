/** What happened to a file, as one letter with its word behind it. */
import { t } from "../../i18n";
import type { FileStatus } from "../../lib/diff-patch";

const LETTERS: Record<FileStatus, string> = { modified: "M", added: "A", deleted: "D", renamed: "R", copied: "C" };

export function StatusLetter(props: { status: FileStatus }) {
  return (
    <span
      class="diff-letter"
      data-status={props.status}
      role="img"
      aria-label={t(`diff.status.${props.status}`)}
      title={t(`diff.status.${props.status}`)}
    >
      {LETTERS[props.status]}
    </span>
  );
}
