/** The head of a file in a diff: fold, status, path, counts, and what the owner of the view adds. */
import { type JSX, Show } from "solid-js";
import { count, t } from "../../i18n";
import type { DiffEntry } from "./entries";
import { StatusLetter } from "./StatusLetter";

export interface FileHeaderProps {
  entry: DiffEntry;
  collapsed: boolean;
  onToggle: () => void;
  actions?: (entry: DiffEntry) => JSX.Element;
}

export function FileHeader(props: FileHeaderProps) {
  const cut = () => props.entry.path.lastIndexOf("/") + 1;
  return (
    <div class="diff-file">
      <button
        type="button"
        class="diff-file-toggle"
        aria-expanded={!props.collapsed}
        aria-label={t(props.collapsed ? "diff.expand" : "diff.collapse", { file: props.entry.path })}
        onClick={() => props.onToggle()}
      >
        <span class="diff-chevron" aria-hidden="true" />
        <StatusLetter status={props.entry.status} />
        <span class="diff-path" title={props.entry.path}>
          <span class="diff-folder">{props.entry.path.slice(0, cut())}</span>
          <span class="diff-name">{props.entry.path.slice(cut())}</span>
        </span>
      </button>
      <Counts additions={props.entry.additions} deletions={props.entry.deletions} />
      {props.actions?.(props.entry)}
    </div>
  );
}

/** How many lines were added and removed. */
export function Counts(props: { additions: number; deletions: number }) {
  return (
    <span class="diff-counts">
      <Show when={props.additions > 0}>
        <span class="text-good" title={count(props.additions, "diff.additionsOne", "diff.additions")}>
          +{props.additions}
        </span>
      </Show>
      <Show when={props.deletions > 0}>
        <span class="text-bad" title={count(props.deletions, "diff.deletionsOne", "diff.deletions")}>
          −{props.deletions}
        </span>
      </Show>
    </span>
  );
}
