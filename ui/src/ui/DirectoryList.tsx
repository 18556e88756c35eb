/** Directories, one to a line: a click chooses. */
import { For, Show } from "solid-js";
import { shortPath } from "../lib/format";
import { Icon } from "./Icon";

interface DirectoryListProps {
  directories: readonly string[];
  /** The person's home folder, shown as `~`. */
  home: string;
  isDisabled?: boolean;
  /** Whether a click starts something there; it does unless told otherwise. */
  starts?: boolean;
  onChoose: (directory: string) => void;
}

export function DirectoryList(props: DirectoryListProps) {
  return (
    <ul class="overflow-hidden rounded-lg border border-line">
      <For each={props.directories}>
        {(directory) => (
          <li class="border-b border-line last:border-0">
            <button
              type="button"
              disabled={props.isDisabled ?? false}
              onClick={() => props.onChoose(directory)}
              class="flex h-9 w-full items-center gap-2 px-3 text-left hover:bg-hover"
            >
              <Icon name="folder" class="text-muted" />
              <span class="min-w-0 grow truncate">{shortPath(directory, props.home)}</span>
              <Show when={props.starts ?? true}>
                <Icon name="play" class="text-faint" />
              </Show>
            </button>
          </li>
        )}
      </For>
    </ul>
  );
}
