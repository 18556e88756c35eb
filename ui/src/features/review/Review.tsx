/** What changed: in a turn, or in the work tree since the last commit. */
import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from "solid-js";
import { setCurrentReview } from "../../actions/review";
import { count, t } from "../../i18n";
import type { DiffMode } from "../../lib/diff-rows";
import { createKept } from "../../lib/persist";
import { isAtRest, isReady } from "../../model/selectors";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { hasChanges, turnsOf } from "../../model/turns";
import { IconButton } from "../../ui/Button";
import { DiffList, type DiffListHandle } from "../../ui/diff/DiffList";
import { Counts } from "../../ui/diff/FileHeader";
import { reportFailure } from "../../ui/notices";
import { ErrorNote, Skeleton } from "../../ui/states";
import { createChanges, type Loader } from "./changes";
import { FileList } from "./FileList";
import { NothingToShow, type Reason } from "./NothingToShow";
import type { ReviewDockProps } from "./ReviewDock";
import { openInEditor, readTurn, readWorkTree } from "./review.commands";
import { type Scope, ScopePicker } from "./ScopePicker";

export function Review(props: ReviewDockProps) {
  const [keptScope, setScope] = createKept<Scope>("review.scope", "turn");
  const [mode, setMode] = createKept<DiffMode>("review.mode", "unified");
  const [showsList, setShowsList] = createKept("review.list", true);
  const [filter, setFilter] = createSignal("");
  const [collapsed, setCollapsed] = createSignal<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = createSignal<string | null>(props.turn ?? null);
  let list: DiffListHandle | undefined;

  const instance = () => model.instances[props.instance];
  const session = () => (props.session ? model.sessions[sessionKey(props.instance, props.session)] : undefined);
  const directory = () => session()?.directory ?? instance()?.directory ?? "";
  /** Without a session there is only the work tree. */
  const scope = (): Scope => (props.session ? keptScope() : "tree");
  const turns = createMemo(() =>
    props.session ? turnsOf(model.transcripts[sessionKey(props.instance, props.session)]) : [],
  );
  const turn = createMemo(() => chosen() ?? turns().findLast(hasChanges)?.message ?? null);
  const isLast = () => turns().at(-1)?.message === turn();
  const isBusy = () => (session()?.status.status ?? "idle") !== "idle";
  /** Grows whenever a turn of this instance ends: files may have changed then. */
  const ends = createMemo<{ running: string[]; times: number }>(
    (before) => {
      const running = Object.values(model.sessions)
        .filter((one) => one.instance === props.instance && one.status.status !== "idle")
        .map((one) => one.id);
      const hasEnded = before.running.some((id) => !running.includes(id));
      return { running, times: before.times + (hasEnded ? 1 : 0) };
    },
    { running: [], times: 0 },
  );

  const loader = createMemo((): Loader | null => {
    const { instance: id, session: own } = props;
    const where = directory();
    if (!isReady(instance()) || !where) return null;
    if (scope() === "tree") {
      return { key: `tree ${id} ${where}`, version: ends().times, read: () => readWorkTree(id, where) };
    }
    const message = turn();
    if (!own || !message) return null;
    const known = turns().find((one) => one.message === message)?.diffs;
    const told = known?.map((diff) => ({ ...diff }));
    // What the message tells is the whole truth of it; without that the server is asked, again when a turn ends.
    const version = known ? JSON.stringify(known.map((diff) => [diff.file, diff.patch?.length])) : ends().times;
    return { key: `turn ${id} ${own} ${message}`, version, read: () => readTurn(id, where, own, message, told) };
  });
  const [loaded, reload] = createChanges(loader);

  const entries = createMemo(() => loaded().changes?.entries ?? []);
  const shown = createMemo(() => {
    const wanted = filter().trim().toLowerCase();
    return wanted ? entries().filter((entry) => entry.path.toLowerCase().includes(wanted)) : entries();
  });
  const total = createMemo(() => ({
    additions: shown().reduce((sum, entry) => sum + entry.additions, 0),
    deletions: shown().reduce((sum, entry) => sum + entry.deletions, 0),
  }));
  const areFolded = () => shown().length > 0 && shown().every((entry) => collapsed().has(entry.id));

  createEffect(
    on(
      () => props.turn,
      (asked) => {
        if (!asked) return;
        setChosen(asked);
        setScope("turn");
      },
    ),
  );
  createEffect(
    on(
      () => `${props.instance}/${props.session}`,
      () => {
        setChosen(props.turn ?? null);
        setCollapsed(new Set<string>());
        setFilter("");
      },
      { defer: true },
    ),
  );

  const fold = (id: string, folded: boolean) =>
    setCollapsed((before) => {
      const next = new Set(before);
      if (folded) next.add(id);
      else next.delete(id);
      return next;
    });
  const toggleFolds = () => setCollapsed(areFolded() ? new Set<string>() : new Set(shown().map((entry) => entry.id)));
  const toggleSplit = () => setMode(mode() === "split" ? "unified" : "split");
  onMount(() => {
    setCurrentReview({ refresh: reload, toggleSplit, toggleFolds });
    onCleanup(() => setCurrentReview(null));
  });

  const reason = (): Reason | null => {
    const server = instance();
    if (server && !isReady(server)) return isAtRest(server) ? "not_running" : "not_ready";
    if (scope() === "turn") {
      if (!turn()) return isBusy() ? "turn_runs" : "no_turns";
      if (loaded().changes && entries().length === 0) {
        if (isBusy() && isLast()) return "turn_runs";
        return loaded().changes?.ground.isGit === false ? "no_git" : "turn_empty";
      }
      return null;
    }
    if (loaded().changes?.ground.isGit === false) return "no_git";
    return loaded().changes && entries().length === 0 ? "clean" : null;
  };

  return (
    <div class="flex min-h-0 grow flex-col">
      <div class="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-2 py-1.5">
        <ScopePicker
          scope={scope()}
          hasSession={props.session !== undefined}
          onScope={setScope}
          turns={turns().filter((one) => hasChanges(one) || one.message === chosen())}
          turn={turn()}
          onTurn={setChosen}
        />
        <span class="ml-auto inline-flex items-center">
          <IconButton
            icon="list"
            label={t(showsList() ? "review.list.hide" : "review.list.show")}
            pressed={showsList()}
            onClick={() => setShowsList(!showsList())}
          />
          <IconButton icon="columns-2" label={t("review.split")} pressed={mode() === "split"} onClick={toggleSplit} />
          <IconButton
            icon={areFolded() ? "chevrons-up-down" : "chevrons-down-up"}
            label={t(areFolded() ? "review.expandAll" : "review.collapseAll")}
            onClick={toggleFolds}
          />
          <IconButton icon="refresh-cw" label={t("review.refresh")} disabled={loaded().isLoading} onClick={reload} />
        </span>
      </div>
      <Show when={entries().length > 0}>
        <div class="flex h-8 shrink-0 items-center gap-2 border-b border-line px-3 text-sm">
          <span aria-live="polite" class="shrink-0 text-muted">
            {filter().trim()
              ? t("review.filesOf", { shown: shown().length, count: entries().length })
              : count(entries().length, "review.filesOne", "review.files")}
          </span>
          <Counts {...total()} />
          <input
            type="search"
            aria-label={t("review.filter")}
            placeholder={t("review.filter")}
            class="selectable ml-auto h-6 w-40 min-w-0 rounded-md border border-line-strong bg-canvas px-2 text-sm placeholder:text-faint"
            value={filter()}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
        <Show when={showsList() && shown().length > 1}>
          <FileList
            entries={shown()}
            onChoose={(id) => {
              fold(id, false);
              list?.showFile(id);
            }}
          />
        </Show>
      </Show>
      <Show when={loaded().error}>
        <div class="shrink-0 p-3">
          <ErrorNote error={loaded().error}>
            <button type="button" class="text-accent underline" onClick={reload}>
              {t("review.retry")}
            </button>
          </ErrorNote>
        </div>
      </Show>
      <Show
        when={!reason()}
        fallback={
          <NothingToShow reason={reason() ?? "clean"} directory={directory()} instance={instance()?.name ?? ""} />
        }
      >
        <Show
          when={loaded().changes}
          fallback={
            <Show when={loaded().isLoading}>
              <Skeleton label={t("review.loading")} lines={8} />
            </Show>
          }
        >
          {(changes) => (
            <Show
              when={shown().length > 0}
              fallback={<p class="p-4 text-center text-muted">{t("review.noFilter", { filter: filter().trim() })}</p>}
            >
              <div class="min-h-0 grow" aria-busy={loaded().isLoading ? "true" : undefined}>
                <DiffList
                  ref={(handle) => {
                    list = handle;
                  }}
                  entries={shown()}
                  mode={mode()}
                  headers
                  fill
                  label={t("review.diffs")}
                  collapsed={collapsed()}
                  onCollapse={fold}
                  actions={(entry) => (
                    <Show when={model.host.opens_programs && entry.status !== "deleted"}>
                      <IconButton
                        icon="external-link"
                        label={t("review.open", { file: entry.path })}
                        size={13}
                        onClick={() => {
                          openInEditor(`${changes().ground.root}/${entry.path}`).catch(reportFailure);
                        }}
                      />
                    </Show>
                  )}
                />
              </div>
            </Show>
          )}
        </Show>
      </Show>
    </div>
  );
}
