/**
 * The virtual list under every diff: only the rows on screen are in the document, so 100,000 lines scroll as ten do.
 * Rows have fixed heights. Long lines are reached by one bar below that moves the code of all rows at once.
 */
import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from "solid-js";
import type { DiffFile } from "../../lib/diff-patch";
import { type DiffMode, type Row, rowsOfFile, widestColumn } from "../../lib/diff-rows";
import { createColours } from "./colours";
import { copyRows, pinnedRow } from "./copy";
import { DiffRow, MAX_SHOWN } from "./DiffRow";
import "../../styles/text.css";
import "./diff.css";
import { type DiffEntry, isLarge, isMissing, parseEntry } from "./entries";
import { FileHeader } from "./FileHeader";

export interface DiffListProps {
  entries: DiffEntry[];
  /** Files parsed already, by entry id. Others are read when they are first shown. */
  parsed?: Map<string, DiffFile>;
  mode: DiffMode;
  headers: boolean;
  fill?: boolean;
  maxHeight?: number;
  label: string;
  /** Ids of folded files; without it the list keeps them itself. */
  collapsed?: ReadonlySet<string>;
  onCollapse?: (id: string, collapsed: boolean) => void;
  /** Controls at the end of a file's head. */
  actions?: (entry: DiffEntry) => JSX.Element;
  /** A handle to move the list with. */
  ref?: (handle: DiffListHandle) => void;
}

export interface DiffListHandle {
  /** Brings a file's head to the top. */
  showFile(id: string): void;
}

const ROW = 20;
const HEADER = 32;
const OVERSCAN = 24;
/** Rows of a selection that stay in the document while it is dragged beyond the screen. */
const MAX_PINNED = 2000;

export function DiffList(props: DiffListProps) {
  let scroller!: HTMLDivElement;
  let bar!: HTMLDivElement;
  const [top, setTop] = createSignal(0);
  const [height, setHeight] = createSignal(600);
  const [opened, setOpened] = createSignal<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = createSignal<ReadonlySet<string>>(new Set());
  const [ownCollapsed, setOwnCollapsed] = createSignal<ReadonlySet<string>>(new Set());
  const [pinned, setPinned] = createSignal<Row | null>(null);

  const collapsed = () => props.collapsed ?? ownCollapsed();
  const setCollapsed = (id: string, folded: boolean) => {
    if (props.onCollapse) props.onCollapse(id, folded);
    else setOwnCollapsed((before) => withMember(before, id, folded));
  };
  const entryOf = createMemo(() => new Map(props.entries.map((entry) => [entry.id, entry])));

  const files = new Cache<DiffFile>();
  const fileOf = (entry: DiffEntry) =>
    props.parsed?.get(entry.id) ?? files.take(entry.id, [entry.patch], () => parseEntry(entry));

  const fileRows = new Cache<Row[]>();
  const rows = createMemo(() => {
    const all: Row[] = [];
    for (const entry of props.entries) {
      if (props.headers) all.push({ type: "file", file: entry.id });
      if (props.headers && collapsed().has(entry.id)) continue;
      if (isLarge(entry) && !asked().has(entry.id)) {
        all.push({ type: "note", file: entry.id, note: "large" });
        continue;
      }
      const file = fileOf(entry);
      const folds = [...opened()].filter((id) => id.startsWith(`${entry.id}:`)).join();
      const own = fileRows.take(entry.id, [file, props.mode, folds], () =>
        isMissing(entry, file) ? [noteFor(entry)] : rowsOfFile(file, entry.id, props.mode, opened()),
      );
      for (const row of own) all.push(row);
    }
    files.keep(entryOf());
    fileRows.keep(entryOf());
    return all;
  });

  /** Where each row begins; one more than there are rows. */
  const offsets = createMemo(() => {
    const list = rows();
    const at = new Uint32Array(list.length + 1);
    for (let i = 0; i < list.length; i++) at[i + 1] = (at[i] ?? 0) + (list[i]?.type === "file" ? HEADER : ROW);
    return at;
  });
  const total = () => offsets()[rows().length] ?? 0;

  const range = createMemo(
    () => {
      const count = rows().length;
      let from = Math.max(0, rowAt(offsets(), top()) - OVERSCAN);
      let to = Math.min(count, rowAt(offsets(), top() + height()) + 1 + OVERSCAN);
      const pin = pinned() ? rows().indexOf(pinned() as Row) : -1;
      if (pin >= 0 && from - pin < MAX_PINNED && pin - to < MAX_PINNED) {
        from = Math.min(from, pin);
        to = Math.max(to, pin + 1);
      }
      // Whole steps, so that a pixel of scrolling does not touch the document.
      return [from - (from % 8), Math.min(count, to + 8 - (to % 8))] as const;
    },
    undefined,
    { equals: (a, b) => a[0] === b[0] && a[1] === b[1] },
  );
  const shown = createMemo(() => rows().slice(range()[0], range()[1]));
  const shownFile = (entry: DiffEntry): DiffFile | null =>
    collapsed().has(entry.id) || (isLarge(entry) && !asked().has(entry.id)) ? null : fileOf(entry);
  const colours = createColours();
  createEffect(() => {
    for (const id of new Set(shown().map((row) => row.file))) {
      const entry = entryOf().get(id);
      const file = entry && shownFile(entry);
      if (file) colours.ask(file, entry.path);
    }
  });
  const columns = createMemo(() =>
    Math.min(MAX_SHOWN + 24, widestColumn(props.entries.map((e) => shownFile(e)).filter((f) => f !== null))),
  );
  const digits = createMemo(() => {
    let last = 99;
    for (const row of rows()) {
      const line = row.type === "line" ? row.line : row.type === "pair" ? (row.right ?? row.left) : null;
      if (line) last = Math.max(last, line.new ?? 0, line.old ?? 0);
    }
    return String(last).length;
  });

  /** The head that stays on top while the lines of its file pass below. */
  const stuck = createMemo(() => {
    if (!props.headers) return null;
    const row = rows()[rowAt(offsets(), top())];
    return row && row.type !== "file" ? (entryOf().get(row.file) ?? null) : null;
  });

  const measure = () => {
    if (scroller.clientHeight > 0) setHeight(scroller.clientHeight);
    setTop(scroller.scrollTop);
  };
  onMount(() => {
    const watcher = new ResizeObserver(measure);
    watcher.observe(scroller);
    measure();
    const release = pinnedRow(scroller, setPinned);
    onCleanup(() => {
      watcher.disconnect();
      release();
    });
    props.ref?.({
      showFile: (id) => {
        const at = rows().findIndex((row) => row.type === "file" && row.file === id);
        if (at >= 0) scroller.scrollTop = offsets()[at] ?? 0;
        measure();
      },
    });
  });
  createEffect(() => {
    // Fewer rows may have moved the scroll position without an event.
    total();
    queueMicrotask(measure);
  });

  const shift = (by: number) => {
    bar.scrollLeft += by;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight") shift(48);
    else if (event.key === "ArrowLeft") shift(-48);
    else return;
    event.preventDefault();
  };

  return (
    <div
      class="diff"
      classList={{ "diff-fill": props.fill === true, "diff-split": props.mode === "split" }}
      style={{ "--columns": columns(), "--digits": digits() }}
    >
      <section
        ref={scroller}
        class="diff-scroller"
        aria-label={props.label}
        tabindex="0"
        style={props.fill ? {} : { "max-height": `${props.maxHeight ?? 360}px` }}
        on:scroll={{ handleEvent: measure, passive: true }}
        on:wheel={{
          handleEvent: (event: WheelEvent) => shift(event.shiftKey ? event.deltaY || event.deltaX : event.deltaX),
          passive: true,
        }}
        onKeyDown={onKeyDown}
        onCopy={(event) => copyRows(event, rows())}
      >
        <Show when={stuck()} keyed>
          {(entry) => (
            <div class="diff-stuck">
              <FileHeader
                entry={entry}
                collapsed={false}
                onToggle={() => {
                  const at = rows().findIndex((row) => row.type === "file" && row.file === entry.id);
                  setCollapsed(entry.id, true);
                  scroller.scrollTop = offsets()[at] ?? 0;
                }}
                actions={props.actions}
              />
            </div>
          )}
        </Show>
        <div class="diff-canvas" style={{ height: `${total()}px` }}>
          <div class="diff-rows selectable" style={{ top: `${offsets()[range()[0]] ?? 0}px` }}>
            <For each={shown()}>
              {(row) => {
                const entry = entryOf().get(row.file) as DiffEntry;
                return row.type === "file" ? (
                  <FileHeader
                    entry={entry}
                    collapsed={collapsed().has(row.file)}
                    onToggle={() => setCollapsed(row.file, !collapsed().has(row.file))}
                    actions={props.actions}
                  />
                ) : (
                  <DiffRow
                    row={row}
                    entry={entry}
                    file={row.type === "note" && row.note !== "large" ? fileOf(entry) : null}
                    colourOf={colours.of}
                    onOpenFold={(id) => setOpened((before) => withMember(before, id, true))}
                    onShowLarge={() => setAsked((before) => withMember(before, row.file, true))}
                  />
                );
              }}
            </For>
          </div>
        </div>
      </section>
      <div
        ref={bar}
        class="diff-bar"
        aria-hidden="true"
        on:scroll={{
          handleEvent: () => scroller.style.setProperty("--shift", `${bar.scrollLeft}px`),
          passive: true,
        }}
      >
        <div class="diff-bar-width" />
      </div>
    </div>
  );
}

function noteFor(entry: DiffEntry): Row {
  return { type: "note", file: entry.id, note: "missing" };
}

/** The last row that begins at or above a height. */
function rowAt(offsets: Uint32Array, y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

function withMember(set: ReadonlySet<string>, id: string, isMember: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isMember) next.add(id);
  else next.delete(id);
  return next;
}

/** Values by entry, made again only when what they were made from is another. */
class Cache<T> {
  private readonly held = new Map<string, { from: unknown[]; value: T }>();

  take(id: string, from: unknown[], make: () => T): T {
    const held = this.held.get(id);
    if (held?.from.every((part, at) => part === from[at])) return held.value;
    const value = make();
    this.held.set(id, { from, value });
    return value;
  }

  keep(ids: ReadonlyMap<string, unknown>): void {
    for (const id of this.held.keys()) if (!ids.has(id)) this.held.delete(id);
  }
}
