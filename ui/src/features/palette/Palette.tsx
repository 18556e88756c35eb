/** Ctrl/⌘+K: every action, instance and session, by a few letters. */
import { Dialog } from "@kobalte/core/dialog";
import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js";
import { allActions } from "../../actions/registry";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { markOf } from "../../model/marks";
import { instanceWord, sessionNeed } from "../../model/selectors";
import { model } from "../../model/store";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import { StateMark } from "../../ui/StateMark";
import { entries, type PaletteEntry, search } from "./entries";

export function Palette(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="fixed inset-0 z-40 bg-black/35" />
        <div class="fixed inset-0 z-50 flex items-start justify-center p-3 pt-[8vh]">
          <Dialog.Content
            aria-label={t("palette.title")}
            class="flex max-h-[70vh] w-[min(600px,100%)] flex-col overflow-hidden rounded-lg border border-line-strong bg-raised [box-shadow:var(--shadow)]"
          >
            <Finder onClose={props.onClose} />
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  );
}

function Finder(props: { onClose: () => void }) {
  const [query, setQuery] = createSignal("");
  const [at, setAt] = createSignal(0);
  const all = createMemo(() => entries(model, allActions()));
  const found = createMemo(() => search(all(), query()));
  let list!: HTMLDivElement;

  createEffect(on(query, () => setAt(0)));
  createEffect(() => {
    const entry = found()[at()];
    if (entry) list.querySelector(`#${CSS.escape(optionId(entry))}`)?.scrollIntoView({ block: "nearest" });
  });

  function run(entry: PaletteEntry | undefined) {
    if (!entry) return;
    props.onClose();
    const { target } = entry;
    // After the dialog gave the focus back, so that what runs may take it.
    requestAnimationFrame(() => {
      if ("action" in target) void target.action.run();
      else go(target.place);
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    const size = found().length;
    if (event.key === "ArrowDown" && size > 0) setAt((at() + 1) % size);
    else if (event.key === "ArrowUp" && size > 0) setAt((at() - 1 + size) % size);
    else if (event.key === "Home" && size > 0) setAt(0);
    else if (event.key === "End" && size > 0) setAt(size - 1);
    else if (event.key === "Enter" && !event.isComposing) run(found()[at()]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div class="flex items-center gap-2 border-b border-line px-3">
        <Icon name="search" class="text-muted" />
        <input
          role="combobox"
          aria-label={t("palette.placeholder")}
          aria-expanded="true"
          aria-controls="palette-results"
          aria-activedescendant={found()[at()] ? optionId(found()[at()] as PaletteEntry) : undefined}
          placeholder={t("palette.placeholder")}
          value={query()}
          autocomplete="off"
          spellcheck={false}
          autofocus
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          class="h-11 grow bg-transparent text-lg outline-none placeholder:text-faint"
        />
        <Kbd keys="Escape" />
      </div>
      <div
        ref={list}
        id="palette-results"
        role="listbox"
        aria-label={t("palette.results")}
        tabIndex={-1}
        class="min-h-0 overflow-y-auto p-1.5"
      >
        <For each={found()}>
          {(entry, i) => (
            <div
              id={optionId(entry)}
              role="option"
              tabIndex={-1}
              aria-selected={i() === at()}
              onMouseMove={() => setAt(i())}
              onClick={() => run(entry)}
              onKeyDown={() => {}}
              class="flex h-8 items-center gap-2 rounded-md px-2 aria-selected:bg-active"
            >
              <EntryMark entry={entry} />
              <span class="truncate">{entry.label}</span>
              <span class="min-w-0 flex-1 truncate text-sm text-faint">{entry.note}</span>
              <Show
                when={entry.keys}
                fallback={
                  <Show when={entry.kind !== "action" && entry.kind !== "directory"}>
                    <span class="text-xs text-faint">{t(`palette.kind.${entry.kind}`)}</span>
                  </Show>
                }
              >
                {(keys) => <Kbd keys={keys()} />}
              </Show>
            </div>
          )}
        </For>
        <Show when={found().length === 0}>
          <p class="px-2 py-6 text-center text-muted">{t("palette.none")}</p>
        </Show>
      </div>
    </>
  );
}

function EntryMark(props: { entry: PaletteEntry }) {
  const mark = () => {
    const { target } = props.entry;
    if (!("place" in target)) return undefined;
    if (target.place.kind === "instance") {
      const instance = model.instances[target.place.id];
      return instance && markOf(instanceWord(instance));
    }
    if (target.place.kind === "session") {
      const session = model.sessions[`${target.place.instance}/${target.place.session}`];
      return session && markOf(sessionNeed(model, session));
    }
    return undefined;
  };
  return (
    <span class="inline-flex w-4 justify-center">
      <Show
        when={mark()}
        fallback={<Icon name={props.entry.kind === "directory" ? "folder" : "command"} class="text-faint" />}
      >
        {(shown) => <StateMark mark={shown()} />}
      </Show>
    </span>
  );
}

function optionId(entry: PaletteEntry): string {
  return `palette-${entry.id.replace(/[^\w-]/g, "_")}`;
}
