/** Every request of every instance, oldest first, to be answered one after the other with the keyboard alone. */
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show, untrack } from "solid-js";
import { createStore, reconcile, unwrap } from "solid-js/store";
import { setRequestList } from "../../actions/request";
import { go } from "../../app/place";
import { count, t } from "../../i18n";
import { createKept } from "../../lib/persist";
import { takesAnswers } from "../../model/requests";
import { requests } from "../../model/selectors";
import { model } from "../../model/store";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Kbd } from "../../ui/Kbd";
import { Empty, Skeleton } from "../../ui/states";
import { RequestCard } from "./RequestCard";
import { forget } from "./request.commands";
import { type Card, LINGER_MS, moved, neighbour, nextCards } from "./waiting";

export function Inbox() {
  let root!: HTMLElement;
  let heading!: HTMLHeadingElement;
  const [isGrouped, setGrouped] = createKept("inbox.grouped", true);
  const [marked, setMarked] = createSignal<string | null>(null);
  const [state, setState] = createStore<{ cards: Card[] }>({ cards: [] });

  const refresh = () => {
    const before = unwrap(state).cards;
    // A copy: the model's own object is emptied when the request is gone.
    const waiting = requests(model).map((request) => structuredClone(unwrap(request)));
    const next = nextCards(before, waiting, Date.now());
    for (const card of before) if (!next.some((one) => one.key === card.key)) forget(card.request);
    setState("cards", reconcile(next, { key: "key", merge: true }));
    if (next.some((card) => card.gone !== null)) later();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => untrack(refresh), LINGER_MS + 20);
  };
  onCleanup(() => clearTimeout(timer));

  const waitingCards = createMemo(() => state.cards.filter((card) => card.gone === null));
  const groups = createMemo(() => {
    if (!isGrouped()) return [{ instance: null, keys: state.cards.map((card) => card.key) }];
    const byInstance = new Map<string, string[]>();
    for (const card of state.cards) {
      const keys = byInstance.get(card.request.instance);
      if (keys) keys.push(card.key);
      else byInstance.set(card.request.instance, [card.key]);
    }
    return [...byInstance].map(([instance, keys]) => ({ instance: instance as string | null, keys }));
  });
  /** As on screen, from top to bottom. */
  const order = createMemo(() => {
    const byKey = new Map(state.cards.map((card) => [card.key, card]));
    return groups().flatMap((group) => group.keys.flatMap((key) => byKey.get(key) ?? []));
  });

  const isMarked = (card: Card) => marked() === card.key && card.gone === null;
  const elementOf = (key: string) => root.querySelector<HTMLElement>(`[data-card="${CSS.escape(key)}"] [data-request]`);
  const goTo = (key: string | null) => {
    setMarked(key);
    const element = key ? elementOf(key) : heading;
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
  };

  createEffect(
    on(
      () => requests(model).map((request) => ({ ...request })),
      () => {
        const focusIsHere = root?.contains(document.activeElement) || document.activeElement === document.body;
        refresh();
        // The marked card left: the next one takes its place, and the focus if it was on this page.
        const key = marked();
        const isLeft = key === null || !waitingCards().some((card) => card.key === key);
        if (!isLeft) return;
        const next = key === null ? (waitingCards()[0]?.key ?? null) : neighbour(order(), key);
        if (key !== null && focusIsHere) goTo(next);
        else setMarked(next);
      },
    ),
  );

  onMount(() => {
    setRequestList({ move: (by) => goTo(moved(order(), marked(), by)) });
    onCleanup(() => setRequestList(null));
    if (document.activeElement === document.body && marked()) goTo(marked());
  });

  return (
    <section ref={root} aria-label={t("inbox.title")} class="flex min-h-0 grow flex-col">
      <header class="flex h-11 shrink-0 items-center gap-2 border-b border-line px-4">
        <h1 ref={heading} tabindex="-1" class="text-lg font-semibold outline-none">
          {t("inbox.title")}
        </h1>
        <p aria-live="polite" class="min-w-0 grow truncate text-sm text-muted">
          <Show when={model.loaded}>
            {waitingCards().length === 0
              ? t("inbox.countNone")
              : count(waitingCards().length, "inbox.countOne", "inbox.count")}
          </Show>
        </p>
        <Show when={waitingCards().length > 0}>
          <span aria-hidden="true" class="hidden items-center gap-1 text-xs text-faint lg:inline-flex">
            <Kbd keys="j" />
            <Kbd keys="k" />
            <Kbd keys="a" />
            <Kbd keys="Shift+A" />
            <Kbd keys="d" />
            <Kbd keys="m" />
          </span>
        </Show>
        <IconButton
          icon="layout-grid"
          label={t("inbox.grouped")}
          pressed={isGrouped()}
          onClick={() => setGrouped(!isGrouped())}
        />
      </header>
      <div class="min-h-0 grow overflow-auto">
        <Show when={model.loaded} fallback={<Skeleton label={t("inbox.loading")} lines={6} />}>
          <Show
            when={state.cards.length > 0}
            fallback={<Empty icon="inbox" title={t("inbox.empty")} text={t("inbox.emptyText")} />}
          >
            <div class="mx-auto flex max-w-3xl flex-col gap-3 p-4">
              <For each={groups().map((group) => group.instance)}>
                {(instance) => (
                  <>
                    <Show when={instance}>{(id) => <GroupHead instance={id()} />}</Show>
                    <ul class="flex flex-col gap-3">
                      <For each={groups().find((group) => group.instance === instance)?.keys ?? []}>
                        {(key) => (
                          <Show when={state.cards.find((card) => card.key === key)}>
                            {(card) => (
                              <li data-card={key}>
                                <RequestCard
                                  request={card().request}
                                  leaving={card().gone !== null}
                                  marked={isMarked(card())}
                                  onOpen={() =>
                                    go({
                                      kind: "session",
                                      instance: card().request.instance,
                                      session: card().request.session,
                                    })
                                  }
                                  onFocus={() => setMarked(key)}
                                />
                              </li>
                            )}
                          </Show>
                        )}
                      </For>
                    </ul>
                  </>
                )}
              </For>
            </div>
          </Show>
        </Show>
      </div>
    </section>
  );
}

function GroupHead(props: { instance: string }) {
  const instance = () => model.instances[props.instance];
  return (
    <h2 class="flex items-center gap-2 pt-1 text-sm font-semibold text-muted">
      <Icon name="server" size={13} />
      <span>{instance()?.name ?? props.instance}</span>
      <Show when={instance() && !takesAnswers(instance())}>
        <Icon name="triangle-alert" size={13} class="text-warn" />
      </Show>
      <span class="truncate font-normal text-faint">{instance()?.directory}</span>
    </h2>
  );
}
