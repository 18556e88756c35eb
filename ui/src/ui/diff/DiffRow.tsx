/** One row of a diff: a line, a pair of lines, a hunk's head, a fold or a note. */
import { For, type JSX, Match, Show, Switch } from "solid-js";
import { count, t } from "../../i18n";
import { paint } from "../../lib/diff-paint";
import type { DiffFile, DiffLine } from "../../lib/diff-patch";
import type { Row } from "../../lib/diff-rows";
import { visible, withoutReturn } from "../../lib/diff-visible";
import { type Piece, wordMarks } from "../../lib/diff-words";
import type { ColourOf } from "./colours";
import { nameCode, nameRow } from "./copy";
import type { DiffEntry } from "./entries";

/** Characters of a line that are put into the document; the rest is only counted, and copied. */
export const MAX_SHOWN = 4000;

export interface DiffRowProps {
  row: Exclude<Row, { type: "file" }>;
  entry: DiffEntry;
  /** The parsed file, for notes that name what it was. */
  file: DiffFile | null;
  colourOf: ColourOf;
  onOpenFold: (id: string) => void;
  onShowLarge: () => void;
}

export function DiffRow(props: DiffRowProps) {
  // A row never changes its type, so this is decided once.
  const row = props.row;
  switch (row.type) {
    case "line":
      return <UnifiedRow row={row} colourOf={props.colourOf} />;
    case "pair":
      return <SplitRow row={row} colourOf={props.colourOf} />;
    case "hunk":
      return (
        <div class="diff-row diff-hunk" ref={(element) => nameRow(element, row)}>
          <span class="diff-hunk-text">
            @@ −{row.hunk.oldStart} +{row.hunk.newStart} @@ {visible(row.hunk.section)}
          </span>
        </div>
      );
    case "fold":
      return (
        <div class="diff-row diff-fold" ref={(element) => nameRow(element, row)}>
          <button
            type="button"
            onClick={() => props.onOpenFold(row.id)}
            aria-label={count(row.count, "diff.showUnchangedOne", "diff.showUnchanged")}
          >
            {count(row.count, "diff.unchangedOne", "diff.unchanged")}
          </button>
        </div>
      );
    case "note":
      return (
        <div class="diff-row diff-note" ref={(element) => nameRow(element, row)}>
          <Note {...props} note={row.note} />
        </div>
      );
  }
}

function Note(props: DiffRowProps & { note: Extract<Row, { type: "note" }>["note"] }): JSX.Element {
  const old = () => visible(props.file?.oldPath ?? "");
  return (
    <Switch fallback={<span>{t(`diff.note.${props.note as "binary" | "empty" | "missing"}`)}</span>}>
      <Match when={props.note === "large"}>
        <span>
          {t("diff.note.large", {
            size: `${Math.ceil(props.entry.size / 1024).toLocaleString()} KiB`,
            count: (props.entry.additions + props.entry.deletions).toLocaleString(),
          })}
        </span>{" "}
        <button type="button" onClick={() => props.onShowLarge()}>
          {t("diff.showLarge")}
        </button>
      </Match>
      <Match when={props.note === "mode"}>
        <span>{t("diff.note.mode", { old: props.file?.oldMode ?? "", new: props.file?.newMode ?? "" })}</span>
      </Match>
      <Match when={props.note === "renamed"}>
        <span>{t("diff.note.renamed", { old: old() })}</span>
      </Match>
      <Match when={props.note === "copied"}>
        <span>{t("diff.note.copied", { old: old() })}</span>
      </Match>
    </Switch>
  );
}

function UnifiedRow(props: { row: Extract<Row, { type: "line" }>; colourOf: ColourOf }) {
  const line = props.row.line;
  return (
    <div class="diff-row" data-kind={line.kind} ref={(element) => nameRow(element, props.row)}>
      <span class="diff-number">{line.old}</span>
      <span class="diff-number">{line.new}</span>
      <Code line={line} other={props.row.pair} colourOf={props.colourOf} />
    </div>
  );
}

function SplitRow(props: { row: Extract<Row, { type: "pair" }>; colourOf: ColourOf }) {
  const { left, right } = props.row;
  const side = (line: DiffLine | null, other: DiffLine | null, name: "left" | "right") => (
    <span class="diff-side" data-side={name} data-kind={line ? line.kind : "none"}>
      <span class="diff-number">{line ? (name === "left" ? line.old : line.new) : ""}</span>
      <Show when={line}>
        {(own) => <Code line={own()} other={own().kind === "context" ? null : other} colourOf={props.colourOf} />}
      </Show>
    </span>
  );
  return (
    <div class="diff-row" ref={(element) => nameRow(element, props.row)}>
      {side(left, right, "left")}
      {side(right, left, "right")}
    </div>
  );
}

const SIGNS = { added: "+", removed: "−", context: " " } as const;

function Code(props: { line: DiffLine; other: DiffLine | null; colourOf: ColourOf }) {
  const line = props.line;
  const pieces = piecesOf(line, props.other);
  const spans = () => paint(pieces, props.colourOf(line) ?? []);
  const hidden = line.text.length - MAX_SHOWN;
  return (
    <>
      <span class="diff-sign">{SIGNS[line.kind]}</span>
      <span class="diff-code">
        <span class="diff-text" ref={(element) => nameCode(element, line)}>
          <For each={spans()}>
            {(span) => (
              <Switch fallback={visible(span.text)}>
                <Match when={span.marked}>
                  <mark style={{ color: span.color || undefined }}>{visible(span.text)}</mark>
                </Match>
                <Match when={span.color}>
                  <span style={{ color: span.color }}>{visible(span.text)}</span>
                </Match>
              </Switch>
            )}
          </For>
        </span>
        <Show when={hidden > 0}>
          <span class="diff-remark"> … {t("diff.cut", { count: hidden.toLocaleString() })}</span>
        </Show>
        <Show when={line.endsFile}>
          <span class="diff-remark" role="img" aria-label={t("diff.noNewline")} title={t("diff.noNewline")}>
            {" "}
            ⊘
          </span>
        </Show>
      </span>
    </>
  );
}

function piecesOf(line: DiffLine, other: DiffLine | null): Piece[] {
  const marks =
    other === null
      ? null
      : line.kind === "removed"
        ? wordMarks(line.text, other.text)
        : wordMarks(other.text, line.text);
  const pieces = marks ? marks[line.kind === "removed" ? "removed" : "added"] : null;
  if (!pieces) return [{ text: withoutReturn(line.text.slice(0, MAX_SHOWN), other?.text ?? null), marked: false }];
  return pieces.map((piece) => ({ ...piece, text: piece.text.replace("\r", piece.marked ? "␍" : "") }));
}
