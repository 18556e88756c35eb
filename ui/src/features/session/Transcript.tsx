/**
 * The turns of a session in a virtual list. While the person is at the end it follows; anywhere else nothing moves.
 */
import { createEffect, createMemo, createSignal, mapArray, on, onCleanup, onMount, Show } from "solid-js";
import { Virtualizer, type VirtualizerHandle } from "virtua/solid";
import { onSessionAction } from "../../actions/session";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { RowView } from "./RowView";
import { areSameRows, type Row, RowCache, rowsOfTurn } from "./rows";
import { useScope } from "./scope";
import { isSameTurn, type Turn, turnsOf } from "./turns";

interface TranscriptProps {
  /** The newest turn runs. */
  isBusy: boolean;
  /** The last failure that belongs to no message. */
  hasFailure: boolean;
  /** Something waits for an answer further down. */
  isWaiting: boolean;
  onOlder: () => void;
}

/** How near to the end counts as there. */
const NEAR_END_PX = 32;
/** How long after a wheel, a key or a drag a scroll is the person's: smooth scrolling goes on for a while. */
const MOVE_MS = 1_000;
/** From where on earlier messages are read. */
const NEAR_START_PX = 1_500;
/** Drawn beyond what is seen, so that fast scrolling shows no blank. */
const BUFFER_PX = 1_200;

export function Transcript(props: TranscriptProps) {
  const scope = useScope();
  const rows = createRows(props);
  const [isAtEnd, setAtEnd] = createSignal(true);
  let scroller!: HTMLDivElement;
  let list: VirtualizerHandle | undefined;
  let lastOffset = 0;
  let movedAt = -Infinity;
  let frame = 0;

  /** What a pointer is down on, and where that stands. */
  let pressed: { element: Element; top: number } | undefined;

  const topOf = (element: Element) => element.getBoundingClientRect().top;
  const toEnd = () => {
    if (!pressed?.element.isConnected) scroller.scrollTop = scroller.scrollHeight;
    // It would not be clicked if it moved away before the pointer is up.
    else scroller.scrollTop += topOf(pressed.element) - pressed.top;
  };
  /** Before it is painted: nothing is to be seen elsewhere for a frame, and pressed there. */
  const settle = () => {
    if (isAtEnd()) toEnd();
  };
  /** One jump a frame, after everything of that frame has its size. */
  const follow = () => {
    if (!isAtEnd() || frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      settle();
    });
  };
  const onScroll = (offset: number) => {
    if (!list) return;
    // The page's own measures: the list's lag behind by a frame when a row grows.
    const isNear = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - NEAR_END_PX;
    // Growth below and the list's own corrections are no scrolling away: only the person's going up is.
    if (isNear) setAtEnd(true);
    else if (offset < lastOffset - 1 && performance.now() - movedAt < MOVE_MS) setAtEnd(false);
    lastOffset = offset;
    // A person may scroll while they press, as when they mark text.
    if (pressed) pressed.top = topOf(pressed.element);
    if (offset < NEAR_START_PX) props.onOlder();
  };
  const moved = () => {
    movedAt = performance.now();
  };
  const press = (event: PointerEvent) => {
    // The scroll bar; a click on a button in a row moves nothing.
    if (event.target === scroller) moved();
    else if (event.button === 0 && event.target instanceof Element) {
      const element = event.target.closest("button") ?? event.target;
      pressed = { element, top: topOf(element) };
    }
  };
  const release = () => {
    if (!pressed) return;
    pressed = undefined;
    follow();
  };
  const jump = () => {
    setAtEnd(true);
    list?.scrollToIndex(rows().list.length - 1, { align: "end" });
    follow();
  };

  onCleanup(onSessionAction("newest", jump));
  createEffect(on(rows, follow));
  // A page that does not fill the view leaves nothing to scroll: the next one is asked for.
  createEffect(
    on([rows, () => scope.transcript()?.loading], () => {
      requestAnimationFrame(() => {
        if (list && list.viewportSize > 0 && scroller.scrollHeight <= scroller.clientHeight * 1.5) props.onOlder();
      });
    }),
  );
  onMount(() => {
    const resize = new ResizeObserver(settle);
    resize.observe(scroller);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, release);
    onCleanup(() => {
      resize.disconnect();
      for (const end of ["pointerup", "pointercancel"]) removeEventListener(end, release);
      cancelAnimationFrame(frame);
    });
  });

  return (
    <div class="relative min-h-0 grow">
      <div
        ref={scroller}
        role="log"
        aria-label={t("session.answers")}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the keys.
        tabIndex={0}
        on:wheel={{ handleEvent: moved, passive: true }}
        on:touchmove={{ handleEvent: moved, passive: true }}
        on:keydown={(event) => {
          if (!(event.target instanceof HTMLTextAreaElement)) moved();
        }}
        on:pointerdown={press}
        on:pointermove={(event) => {
          if (event.buttons !== 0) moved();
          else release();
        }}
        // The list takes no pointer while it scrolls, and following is scrolling: nothing could be pressed meanwhile.
        class="transcript h-full overflow-x-hidden overflow-y-auto overscroll-contain focus-visible:outline-none *:pointer-events-auto!"
        style={{ contain: "strict", "overflow-anchor": "none" }}
      >
        <Virtualizer
          ref={(handle) => {
            list = handle;
          }}
          data={rows().list}
          shift={rows().isGrownAtStart}
          bufferSize={BUFFER_PX}
          onScroll={onScroll}
          onResize={settle}
        >
          {(row) => <RowView row={row} />}
        </Virtualizer>
      </div>
      <Show when={scope.transcript()?.loading === "older"}>
        <div class="pointer-events-none absolute inset-x-0 top-2 flex justify-center" role="status">
          <span class="rounded-full border border-line bg-raised px-3 py-0.5 text-sm text-muted">
            {t("session.loadingOlder")}
          </span>
        </div>
      </Show>
      <Show when={!isAtEnd()}>
        <div class="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            size="small"
            class={`pointer-events-auto [box-shadow:var(--shadow)] ${props.isWaiting ? "!text-warn" : ""}`}
            onClick={jump}
          >
            <Icon name={props.isWaiting ? "hand" : "arrow-down"} size={13} />
            {t(props.isWaiting ? "session.jump.waiting" : "session.jump")}
          </Button>
        </div>
      </Show>
    </div>
  );
}

interface Rows {
  list: Row[];
  /** Rows were put before the first one: the list keeps what is seen where it is. */
  isGrownAtStart: boolean;
}

function createRows(props: TranscriptProps): () => Rows {
  const scope = useScope();
  const known = new Map<string, Turn>();
  const turns = createMemo<Turn[]>(() => {
    return turnsOf(scope.messages()).map((turn) => {
      const before = known.get(turn.id);
      if (before && isSameTurn(before, turn)) return before;
      known.set(turn.id, turn);
      return turn;
    });
  });
  const perTurn = mapArray(turns, (turn) =>
    createMemo<Row[]>(() => rowsOfTurn(turn, scope.transcript()?.entries ?? {}), [], { equals: areSameRows }),
  );
  const cache = new RowCache();
  return createMemo<Rows>(
    (before) => {
      const all = turns();
      const list: Row[] = [];
      perTurn().forEach((turnRows, at) => {
        const turn = all[at];
        if (!turn) return;
        list.push(...turnRows());
        const isLast = at === all.length - 1;
        const isSummed = turn.answers.length > 0 && !(isLast && props.isBusy) && turn.isOver;
        if (isSummed) list.push({ kind: "sum", key: `s:${turn.id}`, turn });
      });
      if (props.hasFailure) list.push({ kind: "failure", key: "failure" });
      if (props.isBusy) list.push({ kind: "working", key: "working" });
      const kept = cache.keep(list);
      const [first, last] = [before.list[0], before.list.at(-1)];
      const isGrownAtStart =
        first !== undefined &&
        kept.length > before.list.length &&
        kept[0]?.key !== first.key &&
        kept.at(-1)?.key === last?.key;
      return { list: kept, isGrownAtStart };
    },
    { list: [], isGrownAtStart: false },
  );
}
