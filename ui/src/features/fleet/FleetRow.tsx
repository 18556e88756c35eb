/** One row of the fleet: a group's heading, an instance, one of its sessions. */
import { createMemo, For, Match, type ParentProps, Show, Switch } from "solid-js";
import { carryOut, iconOf } from "../../app/instanceMenu";
import { type TextKey, t } from "../../i18n";
import { now } from "../../lib/clock";
import { ago, bytes } from "../../lib/format";
import { kindMark, whereOf } from "../../model/kinds";
import { markOf } from "../../model/marks";
import { instanceWord, sessionNeed } from "../../model/selectors";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { type Verb, verbsOf } from "../../model/verbs";
import { Badge } from "../../ui/Badge";
import { IconButton } from "../../ui/Button";
import { openContextMenu } from "../../ui/ContextMenu";
import { Icon } from "../../ui/Icon";
import { PathText } from "../../ui/PathText";
import { Sign } from "../../ui/Sign";
import { StateMark } from "../../ui/StateMark";
import type { InstanceView, SessionView } from "../../wire/messages";
import { Marks } from "./Marks";
import type { Row } from "./rows";

interface FleetRowProps {
  row: Row;
  isHere: boolean;
  isTabStop: boolean;
  isUnfolded: (instance: string) => boolean;
  onFold: (instance: string, isUnfolded: boolean) => void;
  onOpen: () => void;
}

/**
 * What a row offers at once; the rest is in its menu. No more than that: the middle of a row belongs to opening it.
 * What comes and goes by itself is first, so that the others stay under the pointer.
 */
const AT_HAND: readonly { verb: Verb; label: TextKey; class?: string }[] = [
  { verb: "sleep", label: "fleet.sleep", class: "@max-[220px]/row:hidden" },
  { verb: "restart", label: "fleet.restart" },
  { verb: "unlock", label: "fleet.unlock" },
  { verb: "start", label: "fleet.start" },
  { verb: "wake", label: "fleet.wake" },
  { verb: "stop", label: "fleet.stop" },
];

export function FleetRow(props: FleetRowProps) {
  const instance = createMemo(() => (props.row.kind === "instance" ? model.instances[props.row.id] : undefined));
  const session = createMemo(() =>
    props.row.kind === "session" ? model.sessions[sessionKey(props.row.instance, props.row.id)] : undefined,
  );
  return (
    <Switch>
      <Match when={props.row.kind === "group" && props.row}>{(group) => <Heading {...props} group={group()} />}</Match>
      <Match when={instance()}>{(view) => <InstanceRow {...props} instance={view()} />}</Match>
      <Match when={session()}>{(view) => <SessionRow {...props} session={view()} />}</Match>
      <Match when={props.row.kind === "more" && props.row}>
        {(more) => (
          <Item {...props} level={3} class="h-6 pl-9 text-sm text-muted">
            {t("fleet.moreSessions", { count: more().count })}
          </Item>
        )}
      </Match>
      <Match when={props.row.kind === "none"}>
        <div class="py-0.5 pl-9 text-sm text-faint">{t("fleet.noSessions")}</div>
      </Match>
    </Switch>
  );
}

/** What a group is called. */
export function groupTitle(group: Extract<Row, { kind: "group" }>): string {
  return group.name === "own" ? (group.title ?? "") : t(`fleet.group.${group.name}`);
}

function Item(
  props: ParentProps<FleetRowProps & { level: number; class: string; label?: string; isExpanded?: boolean }>,
) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of its items.
    <div
      role="treeitem"
      data-key={props.row.key}
      aria-level={props.level}
      aria-label={props.label}
      aria-expanded={props.isExpanded}
      aria-selected={props.isHere}
      tabIndex={props.isTabStop ? 0 : -1}
      onClick={() => props.onOpen()}
      class={`group flex items-center rounded-md hover:bg-hover aria-selected:bg-active ${props.class}`}
    >
      {props.children}
    </div>
  );
}

function Heading(props: FleetRowProps & { group: Extract<Row, { kind: "group" }> }) {
  const title = () => groupTitle(props.group);
  return (
    <Item
      {...props}
      level={1}
      class="mt-2 h-6 gap-1 pr-1.5 text-xs font-semibold text-faint first:mt-0"
      label={title()}
      isExpanded={!props.group.isFolded}
    >
      <span class="inline-flex w-5 shrink-0 justify-center">
        <Icon name={props.group.isFolded ? "chevron-right" : "chevron-down"} size={12} />
      </span>
      <span class="min-w-0 truncate">{title()}</span>
      <span class="shrink-0 font-normal">{props.group.size}</span>
      <span class="grow" />
      <Show when={props.group.name === "own"}>
        <span class="hidden group-focus-within:flex group-hover:flex">
          <MenuButton label={t("fleet.group.menu", { name: title() })} />
        </span>
      </Show>
    </Item>
  );
}

/** Opens the row's context menu, for whoever does not click with the right. */
function MenuButton(props: { label: string }) {
  return (
    <IconButton
      icon="ellipsis"
      size={13}
      class="!size-5"
      label={props.label}
      aria-haspopup="menu"
      onClick={(event) => {
        event.stopPropagation();
        const button = event.currentTarget;
        // The button shows with the row only: the focus comes back to the row.
        button.closest<HTMLElement>("[data-key]")?.focus();
        openContextMenu(button);
      }}
    />
  );
}

function InstanceRow(props: FleetRowProps & { instance: InstanceView }) {
  const view = () => props.instance;
  const isUnfolded = () => props.isUnfolded(view().id);
  const mark = () => markOf(instanceWord(view()));
  /** Of what is usual nothing is said, and an address says itself. */
  const name = () => {
    const { kind } = view();
    const isSaid = kind === "docker" || kind === "ssh";
    return [view().name, mark().word, isSaid && kindMark(view()).word].filter(Boolean).join(", ");
  };
  return (
    <Item
      {...props}
      level={2}
      class="@container/row items-start gap-1 py-1 pr-1.5"
      label={name()}
      isExpanded={isUnfolded()}
    >
      <button
        type="button"
        tabIndex={-1}
        aria-label={t(isUnfolded() ? "fleet.fold" : "fleet.unfold", { name: view().name })}
        onClick={(event) => {
          event.stopPropagation();
          props.onFold(view().id, !isUnfolded());
        }}
        class="inline-flex h-5 w-5 shrink-0 items-center justify-center rounded text-faint hover:text-ink"
      >
        <Icon name={isUnfolded() ? "chevron-down" : "chevron-right"} size={13} />
      </button>
      <span class="inline-flex h-5 items-center">
        <StateMark mark={mark()} />
      </span>
      <div class="ml-1 flex min-w-0 grow flex-col">
        <div class="flex h-5 items-center gap-1.5">
          <span class="truncate font-medium">{view().name}</span>
          <Show when={view().demo}>
            <Badge tone="accent" label={t("tour.demoHint")}>
              {t("tour.demo")}
            </Badge>
          </Show>
          <span class="grow" />
          <Marks instance={view()} />
          <Show when={view().waiting > 0}>
            <Badge tone="warn" label={t("fleet.waiting", { count: view().waiting })}>
              {view().waiting}
            </Badge>
          </Show>
        </div>
        <div class="flex items-center gap-2 text-xs text-muted">
          <Show when={view().kind !== "process"}>
            <Sign {...kindMark(view())} size={12} class="-mr-1 text-faint" />
          </Show>
          <PathText path={whereOf(view(), model.host.home)} class="grow" />
          <Show when={view().memory_bytes}>
            {(memory) => (
              <span class="shrink-0 whitespace-nowrap text-faint group-focus-within:hidden group-hover:hidden">
                {bytes(memory())}
              </span>
            )}
          </Show>
          {/* In the line, so that the path makes room; no higher than it, so that the row keeps its height. */}
          <span class="-my-0.5 hidden shrink-0 group-focus-within:flex group-hover:flex">
            <RowActions instance={view()} />
          </span>
        </div>
        <Show when={view().doing}>
          {(doing) => (
            <div class="truncate text-xs text-faint" title={doing()}>
              {doing()}
            </div>
          )}
        </Show>
      </div>
    </Item>
  );
}

function RowActions(props: { instance: InstanceView }) {
  const possible = createMemo(() => verbsOf(props.instance, model.host));
  const name = () => ({ name: props.instance.name });
  return (
    <>
      <For each={AT_HAND}>
        {(offer) => (
          <Show when={possible().includes(offer.verb)}>
            <IconButton
              icon={iconOf(offer.verb)}
              size={13}
              class={`!size-5 ${offer.class ?? ""}`}
              label={t(offer.label, name())}
              onClick={(event) => {
                event.stopPropagation();
                carryOut(offer.verb, props.instance);
              }}
            />
          </Show>
        )}
      </For>
      <MenuButton label={t("fleet.actions", name())} />
    </>
  );
}

function SessionRow(props: FleetRowProps & { session: SessionView }) {
  const mark = () => markOf(sessionNeed(model, props.session));
  const title = () => props.session.title || t("instance.session.untitled");
  return (
    <Item {...props} level={3} class="h-7 gap-2 pr-2 pl-7 text-sm" label={`${title()}, ${mark().word}`}>
      <Show when={mark().word !== t("state.idle")} fallback={<span class="w-3" />}>
        <StateMark mark={mark()} size={12} />
      </Show>
      <span class="min-w-0 grow truncate" title={props.session.doing ?? title()}>
        {title()}
      </span>
      <span class="shrink-0 text-xs whitespace-nowrap text-faint">{ago(props.session.updated_ms, now())}</span>
    </Item>
  );
}
