/** A directory of another machine: typed, or found by looking into those that are there. */
import { createEffect, createSignal, For, on, onCleanup, Show } from "solid-js";
import { Virtualizer } from "virtua/solid";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Suggestions } from "../../ui/Suggestions";
import { ErrorNote, Skeleton } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { SshDirectoryView } from "../../wire/messages";
import { ReasonWithCommands } from "../found/ReasonWithCommands";
import { remoteDirectoryProblem } from "./checks";
import { createAsked, listSshDirectory } from "./place.commands";

interface SshDirectoryProps {
  host: string;
  value: string;
  /** Those that were used last there. */
  recent: readonly string[];
  onChange: (directory: string) => void;
}

/** How long typing rests before the directory is looked at. */
const REST_MS = 400;
/** The height of a line of the list; a longer list is virtual. */
const ROW = 28;
const VIRTUAL_FROM = 100;

export function SshDirectory(props: SshDirectoryProps) {
  const [isOpen, setOpen] = createSignal(false);
  /** The path that was asked about last, as it was typed. */
  let asked = "";
  const listed = createAsked(() => {
    asked = props.value.trim();
    return listSshDirectory(props.host.trim(), asked);
  });
  const problem = () => remoteDirectoryProblem(props.value);
  /** What the list shows belongs to what is typed. */
  const view = () => (listed.failure() ? undefined : listed.view());
  const browse = () => {
    setOpen(true);
    listed.ask();
  };
  let field: HTMLInputElement | undefined;
  let panel: HTMLDivElement | undefined;
  /** A step was made in the list: what was pressed for it may be gone when the next listing comes. */
  let isStep = false;
  const step = (path: string) => {
    isStep = true;
    into(path);
  };
  const keepFocus = () => {
    const active = document.activeElement;
    const isRow = panel?.querySelector("ul")?.contains(active);
    // The button for the way up stays, unless there is none any more; what has the focus elsewhere keeps it.
    const isLost = active === null || active === document.body || isRow || active.matches(":disabled");
    if (!panel || !isStep || !isLost) return;
    const list = panel.querySelector("ul");
    list?.scrollTo({ top: 0 });
    const first = list?.querySelector("button") ?? panel.querySelector<HTMLElement>("button:not([disabled])");
    first?.focus();
  };
  createEffect(
    on(listed.isAsking, (isAsking) => {
      if (isAsking) return;
      keepFocus();
      isStep = false;
    }),
  );
  const into = (path: string) => {
    props.onChange(path);
    // A machine that was not asked yet is not asked for this.
    if (isOpen()) listed.ask();
  };
  // Another machine is asked only when it is wanted: it may ask for a key, or take long.
  createEffect(
    on(
      () => props.host,
      () => setOpen(false),
      { defer: true },
    ),
  );
  createEffect(
    on(
      () => props.value,
      () => {
        if (!isOpen() || problem() !== null) return;
        const timer = setTimeout(() => props.value.trim() !== asked && listed.ask(), REST_MS);
        onCleanup(() => clearTimeout(timer));
      },
      { defer: true },
    ),
  );
  // The machine says what `~` is there, and how it writes the path; what was typed meanwhile stays.
  createEffect(
    on(
      listed.view,
      (next) => {
        if (!next || !isOpen() || props.value.trim() !== asked) return;
        asked = next.path;
        props.onChange(next.path);
      },
      { defer: true },
    ),
  );
  return (
    <div class="flex min-w-0 flex-col gap-2">
      <div class="flex items-start gap-2">
        <div class="min-w-0 grow">
          <TextField
            ref={(input) => {
              field = input;
            }}
            label={t("place.there")}
            placeholder="~/projects/app"
            hint={t("place.there.hint")}
            error={problem() ?? undefined}
            value={props.value}
            onInput={(event) => props.onChange(event.currentTarget.value)}
          />
        </div>
        <Button
          size="large"
          icon="folder-open"
          class="mt-5 !h-8 !px-3"
          disabled={!props.host.trim() || problem() !== null}
          busy={listed.isAsking()}
          onClick={browse}
        >
          {t("place.there.browse")}
        </Button>
      </div>
      <Suggestions
        label={t("place.there.recent")}
        field={() => field}
        values={props.recent.filter((directory) => directory !== props.value.trim())}
        onChoose={into}
      />
      <Show when={isOpen()}>
        <div ref={panel} class="flex min-w-0 flex-col overflow-hidden rounded-lg border border-line">
          <Show when={view()}>
            {(one) => (
              <Listed
                host={props.host}
                view={one()}
                isAsking={listed.isAsking()}
                onOpen={step}
                onClose={() => setOpen(false)}
              />
            )}
          </Show>
          <Show when={listed.failure()}>
            {(failure) => (
              <div class="p-2">
                <ErrorNote error={failure()}>
                  <Button icon="refresh-cw" busy={listed.isAsking()} onClick={listed.ask}>
                    {t("place.there.retry")}
                  </Button>
                  <Button variant="quiet" onClick={() => setOpen(false)}>
                    {t("place.there.close")}
                  </Button>
                </ErrorNote>
              </div>
            )}
          </Show>
          <Show when={listed.isAsking() && !view()}>
            <Skeleton lines={4} label={t("place.there.loading", { host: props.host })} />
          </Show>
        </div>
      </Show>
    </div>
  );
}

interface ListedProps {
  host: string;
  view: SshDirectoryView;
  isAsking: boolean;
  onOpen: (path: string) => void;
  onClose: () => void;
}

function Listed(props: ListedProps) {
  const parent = () => (props.view.path === "/" ? null : props.view.path.replace(/\/[^/]+\/?$/, "") || "/");
  let scroller!: HTMLUListElement;
  const below = (name: string) => `${props.view.path.replace(/\/$/, "")}/${name}`;
  const line = (name: string) => (
    <button
      type="button"
      aria-label={t("place.there.open", { name })}
      onClick={() => props.onOpen(below(name))}
      class="flex h-7 w-full items-center gap-2 px-3 text-left hover:bg-hover"
    >
      <Icon name="folder" class="text-muted" />
      <span class="min-w-0 grow truncate">{name}</span>
      <Icon name="chevron-right" class="text-faint" />
    </button>
  );
  return (
    <>
      <div class="flex min-w-0 items-center gap-1.5 border-b border-line bg-panel px-2 py-1">
        <IconButton
          icon="folder-up"
          label={t("place.there.up", { path: parent() ?? "/" })}
          disabled={parent() === null}
          onClick={() => props.onOpen(parent() ?? "/")}
        />
        <span class="selectable min-w-0 grow truncate font-mono text-sm" title={props.view.path}>
          {props.view.path}
        </span>
        <IconButton icon="x" size={13} label={t("place.there.close")} onClick={() => props.onClose()} />
      </div>
      <ul
        ref={scroller}
        aria-label={t("place.there.list", { path: props.view.path })}
        aria-busy={props.isAsking}
        class={`max-h-56 overflow-y-auto ${props.isAsking ? "opacity-60" : ""}`}
      >
        <Show
          when={props.view.directories.length > VIRTUAL_FROM}
          fallback={<For each={props.view.directories}>{(name) => <li>{line(name)}</li>}</For>}
        >
          <Virtualizer data={props.view.directories} scrollRef={scroller} itemSize={ROW} item="li">
            {(name) => line(name)}
          </Virtualizer>
        </Show>
      </ul>
      <Show when={props.view.directories.length === 0}>
        <p class="px-3 py-2 text-muted">{t("place.there.none")}</p>
      </Show>
      <Show when={props.view.is_cut}>
        <p class="border-t border-line px-3 py-1.5 text-sm text-muted">{t("place.there.cut")}</p>
      </Show>
      <div
        role="status"
        class={`flex items-center gap-1.5 border-t border-line bg-panel px-3 py-1.5 text-sm ${props.view.opencode ? "text-muted" : "text-warn"}`}
      >
        <Icon name={props.view.opencode ? "circle-check" : "triangle-alert"} size={13} />
        <Show
          when={props.view.opencode}
          fallback={<ReasonWithCommands text={t("place.there.noOpencode", { host: props.host })} />}
        >
          {(version) => <span class="selectable">{t("place.there.opencode", { version: version() })}</span>}
        </Show>
      </div>
    </>
  );
}
