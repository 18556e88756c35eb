/** One row of the fleet: a group's heading, an instance, one of its sessions. */
import { createMemo, Match, type ParentProps, Show, Switch } from "solid-js";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { ago, bytes, shortPath } from "../../lib/format";
import { createSession, restartInstance, startInstance, stopInstance } from "../../model/commands";
import { markOf } from "../../model/marks";
import { canStart, canStop, instanceWord, isReady, sessionNeed } from "../../model/selectors";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { Badge } from "../../ui/Badge";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { attempt } from "../../ui/notices";
import { StateMark } from "../../ui/StateMark";
import type { InstanceView, SessionView } from "../../wire/messages";
import type { Row } from "./rows";

interface FleetRowProps {
  row: Row;
  isHere: boolean;
  isTabStop: boolean;
  isUnfolded: (instance: string) => boolean;
  onFold: (instance: string, isUnfolded: boolean) => void;
  onOpen: () => void;
}

export function FleetRow(props: FleetRowProps) {
  const instance = createMemo(() => (props.row.kind === "instance" ? model.instances[props.row.id] : undefined));
  const session = createMemo(() =>
    props.row.kind === "session" ? model.sessions[sessionKey(props.row.instance, props.row.id)] : undefined,
  );
  return (
    <Switch>
      <Match when={props.row.kind === "group" && props.row}>
        {(group) => (
          <div role="presentation" class="flex items-center gap-2 px-2 pt-3 pb-1 text-xs font-semibold text-faint">
            {t(`fleet.group.${group().name}`)}
            <span class="font-normal">{group().size}</span>
          </div>
        )}
      </Match>
      <Match when={instance()}>{(view) => <InstanceRow {...props} instance={view()} />}</Match>
      <Match when={session()}>{(view) => <SessionRow {...props} session={view()} />}</Match>
      <Match when={props.row.kind === "more" && props.row}>
        {(more) => (
          <Item {...props} level={2} class="h-6 pl-9 text-sm text-muted">
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

function InstanceRow(props: FleetRowProps & { instance: InstanceView }) {
  const view = () => props.instance;
  const isUnfolded = () => props.isUnfolded(view().id);
  const line = () => view().doing ?? shortPath(view().directory, model.host.home);
  const mark = () => markOf(instanceWord(view()));
  return (
    <Item
      {...props}
      level={1}
      class="relative h-11 gap-1 pr-1.5"
      label={`${view().name}, ${mark().word}`}
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
        class="inline-flex h-full w-5 shrink-0 items-center justify-center rounded text-faint hover:text-ink"
      >
        <Icon name={isUnfolded() ? "chevron-down" : "chevron-right"} size={13} />
      </button>
      <StateMark mark={mark()} />
      <div class="ml-1 flex min-w-0 grow flex-col">
        <div class="flex items-center gap-1.5">
          <span class="truncate font-medium">{view().name}</span>
          <Show when={view().demo}>
            <Badge tone="accent" label={t("tour.demoHint")}>
              {t("tour.demo")}
            </Badge>
          </Show>
          <span class="grow" />
          <Show when={view().waiting > 0}>
            <Badge tone="warn" label={t("fleet.waiting", { count: view().waiting })}>
              {view().waiting}
            </Badge>
          </Show>
        </div>
        <div class="flex items-center gap-2 text-xs text-muted">
          <span class="min-w-0 grow truncate" title={view().directory}>
            {line()}
          </span>
          <Show when={view().memory_bytes}>
            {(memory) => (
              <span class="shrink-0 whitespace-nowrap text-faint group-focus-within:hidden group-hover:hidden">
                {bytes(memory())}
              </span>
            )}
          </Show>
        </div>
      </div>
      <span class="absolute right-1 bottom-0.5 hidden rounded-md bg-hover group-focus-within:flex group-hover:flex group-aria-selected:bg-active">
        <RowActions instance={view()} />
      </span>
    </Item>
  );
}

function RowActions(props: { instance: InstanceView }) {
  const run = (event: MouseEvent, work: () => Promise<unknown>) => {
    event.stopPropagation();
    attempt(work);
  };
  const name = () => ({ name: props.instance.name });
  return (
    <>
      <Show when={isReady(props.instance)}>
        <IconButton
          icon="message-square"
          size={13}
          label={t("fleet.newSession", name())}
          onClick={(event) =>
            run(event, async () => {
              const session = await createSession(props.instance.id);
              go({ kind: "session", instance: props.instance.id, session });
            })
          }
        />
      </Show>
      <Show when={canStart(props.instance)}>
        <IconButton
          icon="play"
          size={13}
          label={t("fleet.start", name())}
          onClick={(event) => run(event, () => startInstance(props.instance.directory))}
        />
      </Show>
      <Show when={canStop(props.instance)}>
        <IconButton
          icon="rotate-cw"
          size={13}
          label={t("fleet.restart", name())}
          onClick={(event) => run(event, () => restartInstance(props.instance.id))}
        />
        <IconButton
          icon="square"
          size={13}
          label={t("fleet.stop", name())}
          onClick={(event) => run(event, () => stopInstance(props.instance.id))}
        />
      </Show>
    </>
  );
}

function SessionRow(props: FleetRowProps & { session: SessionView }) {
  const mark = () => markOf(sessionNeed(model, props.session));
  const title = () => props.session.title || t("instance.session.untitled");
  return (
    <Item {...props} level={2} class="h-7 gap-2 pr-2 pl-7 text-sm" label={`${title()}, ${mark().word}`}>
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
