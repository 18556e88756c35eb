/** The files of a review with their status and counts; a click shows a file's diff. */
import { VList } from "virtua/solid";
import { t } from "../../i18n";
import type { DiffEntry } from "../../ui/diff/entries";
import { Counts } from "../../ui/diff/FileHeader";
import { StatusLetter } from "../../ui/diff/StatusLetter";

const ROW = 24;
/** Rows before the list scrolls. */
const MOST_ROWS = 8;

interface FileListProps {
  entries: DiffEntry[];
  onChoose: (id: string) => void;
}

export function FileList(props: FileListProps) {
  const height = () => Math.min(props.entries.length, MOST_ROWS) * ROW;
  return (
    <nav aria-label={t("review.list")} class="shrink-0 border-b border-line py-1">
      <VList data={props.entries} itemSize={ROW} style={{ height: `${height()}px`, "overflow-x": "hidden" }}>
        {(entry) => (
          <button
            type="button"
            title={entry.path}
            class="flex h-6 w-full min-w-0 items-center gap-1.5 px-3 text-left text-sm hover:bg-hover"
            onClick={() => props.onChoose(entry.id)}
          >
            <StatusLetter status={entry.status} />
            <span class="min-w-0 shrink truncate">{nameOf(entry.path)}</span>
            <span class="min-w-0 grow truncate text-xs text-faint">{folderOf(entry.path)}</span>
            <Counts additions={entry.additions} deletions={entry.deletions} />
          </button>
        )}
      </VList>
    </nav>
  );
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
