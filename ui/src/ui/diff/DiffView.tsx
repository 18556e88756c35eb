/**
 * Shows a unified patch of one or several files. The patch is shown as given; a text that is none is shown as it is.
 */
import { createMemo, Show } from "solid-js";
import { t } from "../../i18n";
import type { DiffMode } from "../../lib/diff-rows";
import { visible } from "../../lib/diff-visible";
import { DiffList } from "./DiffList";
import { entriesOf } from "./entries";

export interface DiffViewProps {
  /** Unified patch text: git's, or a plain one. */
  patch: string;
  /** The path to name when the patch tells none; it also tells the language. */
  file?: string;
  mode?: DiffMode;
  /** Whether each file has a head with its name and counts; by default only when there are several. */
  headers?: boolean;
  /** Fills the height of its parent. Else it is as high as its lines, up to `maxHeight`. */
  fill?: boolean;
  /** In pixels; 360 unless told. */
  maxHeight?: number;
  /** Accessible name. */
  label?: string;
}

/** A diff in a box of its own that scrolls. */
export function DiffView(props: DiffViewProps) {
  const read = createMemo(() => entriesOf(props.patch, props.file ?? ""));
  return (
    <Show when={read().entries.length > 0} fallback={<Unreadable text={props.patch} maxHeight={props.maxHeight} />}>
      <DiffList
        entries={read().entries}
        parsed={read().parsed}
        mode={props.mode ?? "unified"}
        headers={props.headers ?? read().entries.length > 1}
        fill={props.fill}
        maxHeight={props.maxHeight}
        label={props.label ?? t("diff.label")}
      />
    </Show>
  );
}

function Unreadable(props: { text: string; maxHeight?: number }) {
  return (
    <Show when={props.text.trim()} fallback={<p class="px-2 py-1 text-muted">{t("diff.nothing")}</p>}>
      <p class="px-2 py-1 text-muted">{t("diff.raw")}</p>
      <pre
        class="selectable overflow-auto px-2 py-1 font-mono text-sm"
        style={{ "max-height": `${props.maxHeight ?? 360}px` }}
      >
        {visible(props.text.slice(0, 100_000))}
      </pre>
    </Show>
  );
}
