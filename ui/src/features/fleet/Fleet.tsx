/** The left column: inbox and overview, then the fleet, searchable and walkable by keys. */
import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js";
import { Virtualizer, type VirtualizerHandle } from "virtua/solid";
import { openDialog } from "../../app/dialogs";
import { instanceMenu } from "../../app/instanceMenu";
import { go, place } from "../../app/place";
import { t } from "../../i18n";
import { createKept } from "../../lib/persist";
import { restartFailed, startAll } from "../../model/fleet-commands";
import { canStart, canStop, instances, isFailed, waitingCount } from "../../model/selectors";
import { model } from "../../model/store";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { ContextMenu } from "../../ui/ContextMenu";
import { Icon, type IconName } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { attempt } from "../../ui/notices";
import { Skeleton } from "../../ui/states";
import { FleetRow } from "./FleetRow";
import { type Row, rows } from "./rows";

/** A longer list is virtual. */
const VIRTUAL_FROM = 100;

export function Fleet() {
  const [query, setQuery] = createSignal("");
  const [unfolded, setUnfolded] = createKept<Record<string, boolean>>("fleet.unfolded", {});
  const [folded, setFolded] = createKept<Record<string, boolean>>("fleet.folded", {});
  const [full, setFull] = createSignal<Record<string, boolean>>({});
  const [active, setActive] = createSignal<string | null>(null);
  let tree: HTMLDivElement | undefined;
  let search: HTMLInputElement | undefined;
  let list: VirtualizerHandle | undefined;

  const all = createMemo(() => rows(model, { query: query(), unfolded: unfolded(), folded: folded(), full: full() }));
  const byKey = createMemo(() => new Map(all().map((row) => [row.key, row])));
  const keys = createMemo(() => all().map((row) => row.key));
  const walkable = createMemo(() => all().filter((row) => row.kind !== "none"));
  const firstOpenable = () => walkable().find((row) => row.kind !== "group") ?? walkable()[0];

  /** The row that the place names: the tab stop of the list until the keys moved. */
  const placeKey = createMemo(() => {
    const here = place();
    if (here.kind === "instance") return `i:${here.id}`;
    if (here.kind === "session") {
      const key = `s:${here.instance}/${here.session}`;
      return byKey().has(key) ? key : `i:${here.instance}`;
    }
    return null;
  });
  createEffect(on(placeKey, (key) => key && setActive(key)));
  const stop = () => {
    const key = active();
    return key && byKey().has(key) ? key : firstOpenable()?.key;
  };

  const fold = (id: string, isUnfolded: boolean) => setUnfolded({ ...unfolded(), [id]: isUnfolded });
  const foldGroup = (key: string, isFolded: boolean) => setFolded({ ...folded(), [key]: isFolded });

  /** The row that the context menu is about, and what it offers. */
  const [asked, setAsked] = createSignal<string | null>(null);
  const menu = createMemo((): MenuItem[] => {
    const row = byKey().get(asked() ?? "");
    if (row?.kind === "group" && row.title !== null) return manyMenu(row.title);
    const view = row?.kind === "instance" ? model.instances[row.id] : undefined;
    return view ? instanceMenu(view) : [];
  });
  const askMenu = (target: HTMLElement): boolean => {
    setAsked(target.closest<HTMLElement>("[data-key]")?.dataset.key ?? null);
    return menu().length > 0;
  };

  function focus(row: Row | undefined) {
    if (!row) return;
    setActive(row.key);
    list?.scrollToIndex(all().indexOf(row), { align: "nearest" });
    const element = () => tree?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`);
    // At once, for the next key is for it; one that is out of sight is drawn first.
    if (element()) element()?.focus();
    else requestAnimationFrame(() => element()?.focus());
  }

  function open(row: Row) {
    if (row.kind === "instance") go({ kind: "instance", id: row.id });
    else if (row.kind === "session") go({ kind: "session", instance: row.instance, session: row.id });
    else if (row.kind === "group") foldGroup(row.key, !row.isFolded);
    else if (row.kind === "more") setFull({ ...full(), [row.instance]: true });
  }

  function onKeyDown(event: KeyboardEvent) {
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-key]");
    // The row's own buttons take their keys themselves.
    if (!from || from !== event.target) return;
    const list = walkable();
    const at = list.findIndex((row) => row.key === from.dataset.key);
    const row = list[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const parent =
      row.kind === "session" || row.kind === "more"
        ? byKey().get(`i:${row.instance}`)
        : row.kind === "instance"
          ? byKey().get(row.group)
          : undefined;
    if (event.key === "ArrowDown") focus(list[at + 1]);
    else if (event.key === "ArrowUp") {
      if (at === 0) search?.focus();
      else focus(list[at - 1]);
    } else if (event.key === "Home") focus(list[0]);
    else if (event.key === "End") focus(list.at(-1));
    else if (event.key === "Enter" || event.key === " ") open(row);
    else if (event.key === "ArrowRight" && row.kind === "instance") {
      if (unfolded()[row.id]) focus(list[at + 1]);
      else fold(row.id, true);
    } else if (event.key === "ArrowRight" && row.kind === "group") {
      if (row.isFolded) foldGroup(row.key, false);
      else focus(list[at + 1]);
    } else if (event.key === "ArrowLeft") {
      if (row.kind === "instance" && unfolded()[row.id]) fold(row.id, false);
      else if (row.kind === "group") foldGroup(row.key, true);
      else focus(parent);
    } else if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)) {
      // Typing searches, from wherever the list has the focus.
      setQuery(query() + event.key);
      search?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onSearchKey(event: KeyboardEvent) {
    if (event.key === "Escape" && query()) setQuery("");
    else if (event.key === "ArrowDown") focus(firstOpenable());
    else if (event.key === "Enter") {
      const first = query().trim() ? firstMatch() : undefined;
      if (first) open(first);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function firstMatch(): Row | undefined {
    const text = query().trim().toLowerCase();
    const isNamed = (row: Row) => row.kind === "instance" && model.instances[row.id]?.name.toLowerCase().includes(text);
    return walkable().find(isNamed) ?? walkable().find((row) => row.kind === "session") ?? firstOpenable();
  }

  const renderRow = (key: string) => (
    <Show when={byKey().get(key)}>
      {(row) => (
        <FleetRow
          row={row()}
          isHere={placeKey() === key}
          isTabStop={stop() === key}
          isUnfolded={(id) => unfolded()[id] ?? false}
          onFold={fold}
          onOpen={() => open(row())}
        />
      )}
    </Show>
  );

  return (
    <div class="flex h-full min-h-0 flex-col bg-panel">
      <nav aria-label={t("app.fleet")} class="flex flex-col gap-px p-2 pb-1">
        <Entry icon="layout-grid" label={t("app.place.overview")} isHere={place().kind === "overview"} to="overview" />
        <Entry
          icon="inbox"
          label={t("app.place.inbox")}
          isHere={place().kind === "inbox"}
          to="inbox"
          count={waitingCount(model)}
        />
      </nav>
      <div class="flex items-center gap-1 px-2 pt-1 pb-2">
        <div class="relative grow">
          <Icon name="search" size={13} class="absolute top-2 left-2 text-faint" />
          <input
            ref={search}
            type="search"
            data-fleet-search
            aria-label={t("fleet.search")}
            placeholder={t("action.search")}
            value={query()}
            onInput={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={onSearchKey}
            class="h-7 w-full rounded-md border border-line bg-canvas pr-1 pl-7 text-sm text-ellipsis placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
          />
          <Show when={query()}>
            <span class="absolute top-0.5 right-0.5">
              <IconButton icon="x" size={13} label={t("fleet.clear")} onClick={() => setQuery("")} />
            </span>
          </Show>
        </div>
        <IconButton icon="plus" label={t("fleet.new")} keys="Mod+N" onClick={() => go({ kind: "new-instance" })} />
        <Menu label={t("fleet.more")} items={fleetMenu()} />
      </div>
      <ContextMenu label={t("app.more")} items={menu()} onAsk={askMenu} class="flex min-h-0 grow flex-col">
        <div
          ref={tree}
          role="tree"
          tabIndex={-1}
          aria-label={t("fleet.list")}
          onKeyDown={onKeyDown}
          class="min-h-0 grow overflow-y-auto px-2 pb-2 focus-visible:outline-none"
        >
          <Show when={model.loaded} fallback={<Skeleton lines={6} label={t("app.loading")} />}>
            <Show when={keys().length > VIRTUAL_FROM} fallback={<For each={keys()}>{(key) => renderRow(key)}</For>}>
              <Virtualizer ref={(handle) => (list = handle)} data={keys()} scrollRef={tree}>
                {(key) => renderRow(key)}
              </Virtualizer>
            </Show>
            <Show when={keys().length === 0}>
              <p class="px-2 py-6 text-center text-sm text-faint">
                {query() ? t("fleet.noMatch", { query: query() }) : t("fleet.none")}
              </p>
            </Show>
          </Show>
        </div>
      </ContextMenu>
      <div class="border-t border-line p-2">
        <Button icon="plus" class="w-full" onClick={() => go({ kind: "new-instance" })}>
          {t("fleet.new")}
        </Button>
      </div>
    </div>
  );
}

/** The menu of the whole list. */
function fleetMenu(): MenuItem[] {
  return [
    ...manyMenu(null),
    {
      label: t("action.addAddress"),
      icon: "plug",
      separated: true,
      run: () => openDialog("add-address"),
    },
  ];
}

/** What is done at once with one of the person's own groups; without one, with all of ours. */
function manyMenu(group: string | null): MenuItem[] {
  const members = instances(model).filter((instance) => group === null || instance.profile.group === group);
  return [
    {
      label: t("fleet.group.startAll"),
      icon: "play",
      disabled: !members.some(canStart),
      run: () => attempt(() => startAll(group)),
    },
    {
      label: t("fleet.group.stopAll"),
      icon: "square",
      disabled: !members.some(canStop),
      run: () => openDialog("stop-all", group),
    },
    {
      label: t("fleet.group.restartFailed"),
      icon: "list-restart",
      disabled: !members.some(isFailed),
      run: () => attempt(() => restartFailed(group)),
    },
  ];
}

function Entry(props: { icon: IconName; label: string; isHere: boolean; to: "overview" | "inbox"; count?: number }) {
  return (
    <a
      href={props.to === "inbox" ? "#/inbox" : "#/"}
      aria-current={props.isHere ? "page" : undefined}
      draggable={false}
      class="flex h-7 items-center gap-2 rounded-md px-2 hover:bg-hover aria-[current=page]:bg-active"
    >
      <Icon name={props.icon} size={15} class="text-muted" />
      <span class="grow">{props.label}</span>
      <Show when={props.count}>{(n) => <Badge tone="warn">{n()}</Badge>}</Show>
    </a>
  );
}
