/** An instance's output: followed live, searched, filtered by level, scrolled back as far as it is kept. */
import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from "solid-js";
import { Virtualizer, type VirtualizerHandle } from "virtua/solid";
import { onInstanceAction } from "../../actions/instance";
import { t } from "../../i18n";
import { withoutAnsi } from "../../lib/ansi";
import { createKept } from "../../lib/persist";
import { isLive } from "../../model/selectors";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/CopyButton";
import { attempt, createAttempt, notify } from "../../ui/notices";
import { Empty, FailureNote, Skeleton } from "../../ui/states";
import type { InstanceView } from "../../wire/messages";
import { createLog } from "./createLog";
import { createSearch } from "./createSearch";
import { LogBar } from "./LogBar";
import { LogHead } from "./LogHead";
import { LogLine, TornLine } from "./LogLine";
import { filtered, type LevelFilter, type LogRow } from "./log-window";
import { saveLog } from "./logs.commands";
import { SavedNote } from "./SavedNote";
import { selectionIn, textBetween } from "./selection";

/** How near to the end counts as there. */
const NEAR_END_PX = 24;
/** From where on further output is read. */
const NEAR_EDGE_PX = 1_500;
/** How long after a wheel, a key or a drag a scroll is the person's. */
const MOVE_MS = 1_000;
const ROW_PX = 20;
/** The row that says what came before the first line. */
const HEAD: LogRow = { id: 0, text: "", level: null, isTorn: false };

const [isWrapped, setWrapped] = createKept("log.wrap", true);

export function LogTab(props: { instance: InstanceView }) {
  const instance = props.instance.id;
  const log = createLog({ instance, isLive: () => isLive(props.instance) });
  const search = createSearch({ instance, onGo: (place) => void goTo(place) });
  const [level, setLevel] = createSignal<LevelFilter>("all");
  const [current, setCurrent] = createSignal<number>();
  const [saved, setSaved] = createSignal<string>();
  const [isSaving, beginSaving] = createAttempt();
  const [kept, setKept] = createSignal<readonly number[]>([]);
  let scroller: HTMLDivElement | undefined;
  let searchField: HTMLInputElement | undefined;
  let list: VirtualizerHandle | undefined;
  let lastOffset = 0;
  let movedAt = -Infinity;
  let frame = 0;

  const lines = createMemo(() => filtered(log.rows(), level()));
  const rows = createMemo(() => [HEAD, ...lines()]);
  const wanted = createMemo(() => (search.matches() ? search.text().trim() : ""));

  /** One jump a frame, after everything of that frame has its size. */
  const toEnd = () => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (scroller && log.isFollowed() && !log.window()?.hasNewer) scroller.scrollTop = scroller.scrollHeight;
    });
  };
  /** What scrolls next is not the person's doing, even where it goes up. */
  const settle = () => {
    movedAt = -Infinity;
    lastOffset = scroller?.scrollTop ?? 0;
  };
  const follow = () => {
    settle();
    setCurrent(undefined);
    void log.follow().then(toEnd);
  };
  const onScroll = (offset: number) => {
    if (!scroller) return;
    const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    const isMoved = performance.now() - movedAt < MOVE_MS;
    if (isMoved && offset < lastOffset - 1) log.stopFollowing();
    else if (isMoved && offset > lastOffset && below < NEAR_END_PX && !log.isFollowed() && !log.window()?.hasNewer)
      follow();
    lastOffset = offset;
    if (isMoved && offset < NEAR_EDGE_PX) log.older();
    if (isMoved && below < NEAR_EDGE_PX && log.window()?.hasNewer) log.newer();
  };
  const moved = () => {
    movedAt = performance.now();
  };
  const goTo = async (place: string) => {
    const row = await log.around(place);
    if (row === undefined) return;
    settle();
    // A find of a lower level than what is shown would not be there to go to.
    if (!lines().some((one) => one.id === row)) setLevel("all");
    setCurrent(row);
    const index = rows().findIndex((one) => one.id === row);
    requestAnimationFrame(() => list?.scrollToIndex(index, { align: "center" }));
  };
  const save = () => beginSaving(async () => setSaved(await saveLog(instance)));
  const copy = async () => {
    const selected = scroller ? selectionIn(scroller) : null;
    const text = selected
      ? textBetween(lines(), selected.anchor, selected.focus)
      : lines()
          .map((row) => withoutAnsi(row.text))
          .join("\n");
    await copyText(text);
    notify({ level: "info", message: t(selected ? "logs.copied.selection" : "logs.copied.all") });
  };
  const focusSearch = () => {
    searchField?.focus();
    searchField?.select();
  };

  createEffect(on(lines, toEnd));
  // Lines that wrap get their height only when they are drawn.
  const resize = new ResizeObserver(toEnd);
  onCleanup(() => resize.disconnect());
  createEffect(
    on(
      () => props.instance.state.state,
      () => log.now(),
      { defer: true },
    ),
  );
  onCleanup(() => cancelAnimationFrame(frame));
  onCleanup(onInstanceAction("searchLog", focusSearch));
  onCleanup(onInstanceAction("followLog", () => (log.isFollowed() ? log.stopFollowing() : follow())));
  onCleanup(onInstanceAction("wrapLog", () => setWrapped(!isWrapped())));
  onCleanup(onInstanceAction("saveLog", save));
  onMount(() => {
    // The ends of a selection stay in the page however far they are scrolled away.
    const onSelect = () => {
      const selected = scroller ? selectionIn(scroller) : null;
      if (!selected) {
        if (kept().length > 0) setKept([]);
        return;
      }
      // What is being selected must not move.
      log.stopFollowing();
      const at = (id: number) => rows().findIndex((row) => row.id === id);
      setKept([at(selected.anchor.row), at(selected.focus.row)].filter((index) => index >= 0));
    };
    document.addEventListener("selectionchange", onSelect);
    onCleanup(() => document.removeEventListener("selectionchange", onSelect));
  });

  const onKeyDown = (event: KeyboardEvent) => {
    moved();
    if (event.key === "End" && !event.shiftKey) {
      event.preventDefault();
      follow();
    } else if ((event.key === "PageUp" || event.key === "ArrowUp") && (scroller?.scrollTop ?? 0) > 0) {
      // At once: a jump to the end that is on its way must not undo it, nor one whose scrolling is only told of now.
      log.stopFollowing();
      lastOffset = scroller?.scrollTop ?? 0;
    } else if (event.key === "Home" && !event.shiftKey) {
      event.preventDefault();
      log.stopFollowing();
      list?.scrollToIndex(0, { align: "start" });
      log.older();
    }
  };

  return (
    <div class="relative flex min-h-0 grow flex-col">
      <LogBar
        search={search}
        level={level()}
        onLevel={setLevel}
        isFollowed={log.isFollowed()}
        onFollow={(isOn) => (isOn ? follow() : log.stopFollowing())}
        isWrapped={isWrapped()}
        onWrap={setWrapped}
        onCopy={() => attempt(copy)}
        onSave={save}
        isSaving={isSaving()}
        searchRef={(field) => {
          searchField = field;
        }}
        onLeaveSearch={() => scroller?.focus()}
      />
      <Show when={saved()}>{(path) => <SavedNote path={path()} onDismiss={() => setSaved(undefined)} />}</Show>
      <FailureNote failure={log.failure() ?? search.failure()} class="p-3" />
      <Show
        when={log.window()}
        fallback={
          <Show when={!log.failure()}>
            <Skeleton lines={8} label={t("app.loading")} />
          </Show>
        }
      >
        <Show
          when={log.rows().length > 0}
          fallback={<Empty icon="list" title={t("logs.empty.title")} text={t("logs.empty.text")} />}
        >
          <div
            ref={(element) => {
              scroller = element;
              resize.observe(element);
            }}
            role="log"
            aria-live="off"
            aria-label={t("logs.label", { name: props.instance.name })}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard.
            tabIndex={0}
            on:wheel={{ handleEvent: moved, passive: true }}
            on:touchmove={{ handleEvent: moved, passive: true }}
            on:keydown={onKeyDown}
            on:pointerdown={(event) => {
              // The scroll bar.
              if (event.target === scroller) moved();
            }}
            on:pointermove={(event) => {
              if (event.buttons !== 0) moved();
            }}
            on:copy={(event) => {
              const selected = scroller ? selectionIn(scroller) : null;
              if (!selected || selected.anchor.row === selected.focus.row) return;
              event.preventDefault();
              event.clipboardData?.setData("text/plain", textBetween(lines(), selected.anchor, selected.focus));
            }}
            class="selectable min-h-0 grow overflow-auto overscroll-contain py-1 font-mono text-sm leading-5"
            style={{ "overflow-anchor": "none" }}
          >
            <Virtualizer
              ref={(handle) => {
                list = handle;
              }}
              data={rows()}
              itemSize={ROW_PX}
              shift={log.isGrownAtStart()}
              keepMounted={kept()}
              onScroll={onScroll}
              onResize={toEnd}
            >
              {(row) => (
                <Show
                  when={row.id !== 0}
                  fallback={
                    <LogHead
                      hasOlder={log.window()?.hasOlder ?? false}
                      isCut={log.window()?.isCutAtStart ?? false}
                      isReading={log.isReadingOlder()}
                      isFiltered={level() !== "all"}
                      onOlder={() => log.older()}
                    />
                  }
                >
                  <Show when={!row.isTorn} fallback={<TornLine />}>
                    <LogLine row={row} isWrapped={isWrapped()} wanted={wanted()} isCurrent={current() === row.id} />
                  </Show>
                </Show>
              )}
            </Virtualizer>
          </div>
        </Show>
      </Show>
      <Show when={!log.isFollowed() && log.rows().length > 0}>
        <div class="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            size="small"
            icon="arrow-down"
            class="pointer-events-auto rounded-full [box-shadow:var(--shadow)]"
            title={t("logs.follow.title")}
            onClick={follow}
          >
            {t("logs.toEnd")}
          </Button>
        </div>
      </Show>
    </div>
  );
}
