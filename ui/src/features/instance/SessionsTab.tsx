/** The sessions of an instance: open, create, rename, delete. */
import { createMemo, createSignal, For, Show } from "solid-js";
import { Virtualizer } from "virtua/solid";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { ago } from "../../lib/format";
import { deleteSession, renameSession } from "../../model/commands";
import { markOf } from "../../model/marks";
import { canStart, isAsleep, isLive, isReady, sessionNeed, sessionsOf } from "../../model/selectors";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Menu } from "../../ui/Menu";
import { StateMark } from "../../ui/StateMark";
import { Empty } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { InstanceView, SessionView } from "../../wire/messages";
import { NameDialog } from "./dialogs";

interface SessionsTabProps {
  instance: InstanceView;
  onNew: () => void;
  onStart: () => void;
}

/** A longer list is virtual. */
const VIRTUAL_FROM = 100;
/** A shorter list needs no filter. */
const FILTER_FROM = 8;

export function SessionsTab(props: SessionsTabProps) {
  const [filter, setFilter] = createSignal("");
  const [renaming, setRenaming] = createSignal<SessionView | null>(null);
  const [deleting, setDeleting] = createSignal<SessionView | null>(null);
  let scroller: HTMLDivElement | undefined;
  const all = createMemo(() => sessionsOf(model, props.instance.id));
  const keys = createMemo(() => {
    const text = filter().trim().toLowerCase();
    return all()
      .filter((session) => session.title.toLowerCase().includes(text))
      .map((session) => sessionKey(session.instance, session.id));
  });
  const row = (key: string) => (
    <Show when={model.sessions[key]}>
      {(session) => (
        <SessionLine
          session={session()}
          isOpenable={isReady(props.instance)}
          onRename={() => setRenaming({ ...session() })}
          onDelete={() => setDeleting({ ...session() })}
        />
      )}
    </Show>
  );
  /** Why there are none to see. */
  const why = () => {
    if (isLive(props.instance)) return t("instance.session.soon");
    const { state } = props.instance.state;
    return t(state === "unreachable" || state === "unknown" ? "instance.session.unseen" : "instance.session.rests");
  };
  return (
    <>
      <Show
        when={all().length > 0}
        fallback={
          <Show
            when={isReady(props.instance)}
            fallback={
              <Empty
                icon="message-square"
                title={why()}
                text={
                  !canStart(props.instance)
                    ? undefined
                    : isAsleep(props.instance)
                      ? t("instance.session.asleep")
                      : props.instance.state.state === "stopped"
                        ? t("instance.stopped")
                        : t("instance.session.notRunning")
                }
              >
                <Show when={canStart(props.instance)}>
                  <Button
                    variant="primary"
                    icon={isAsleep(props.instance) ? "sun" : "play"}
                    onClick={() => props.onStart()}
                  >
                    {t(isAsleep(props.instance) ? "verb.wake" : "verb.start")}
                  </Button>
                </Show>
              </Empty>
            }
          >
            <Empty
              icon="message-square"
              title={t("instance.session.none.title")}
              text={t("instance.session.none.text")}
            >
              <Button variant="primary" icon="plus" onClick={() => props.onNew()}>
                {t("instance.newSession")}
              </Button>
            </Empty>
          </Show>
        }
      >
        <Show when={all().length >= FILTER_FROM}>
          <div class="px-4 pt-3">
            <TextField
              label={t("instance.session.filter")}
              hideLabel
              placeholder={t("instance.session.filter")}
              value={filter()}
              onInput={(event) => setFilter(event.currentTarget.value)}
            />
          </div>
        </Show>
        <div ref={scroller} class="min-h-0 grow overflow-y-auto px-2 py-2">
          <ul aria-label={t("instance.sessions")}>
            <Show
              when={keys().length > VIRTUAL_FROM}
              fallback={<For each={keys()}>{(key) => <li>{row(key)}</li>}</For>}
            >
              <Virtualizer data={keys()} scrollRef={scroller} item="li">
                {(key) => row(key)}
              </Virtualizer>
            </Show>
          </ul>
        </div>
      </Show>
      <NameDialog
        open={renaming() !== null}
        title={t("instance.session.renameTitle")}
        label={t("instance.session.title")}
        value={renaming()?.title ?? ""}
        onClose={() => setRenaming(null)}
        onSave={async (title) => {
          const session = renaming();
          if (session) await renameSession(session.instance, session.directory, session.id, title);
        }}
      />
      <ConfirmDialog
        open={deleting() !== null}
        title={t("instance.session.deleteTitle")}
        text={t("instance.session.deleteText", { title: deleting()?.title || t("instance.session.untitled") })}
        confirm={t("instance.session.delete")}
        onClose={() => setDeleting(null)}
        onConfirm={async () => {
          const session = deleting();
          if (session) await deleteSession(session.instance, session.directory, session.id);
        }}
      />
    </>
  );
}

interface SessionLineProps {
  session: SessionView;
  isOpenable: boolean;
  onRename: () => void;
  onDelete: () => void;
}

function SessionLine(props: SessionLineProps) {
  const title = () => props.session.title || t("instance.session.untitled");
  const line = () => props.session.failure ?? props.session.doing;
  return (
    <div class="group flex items-center rounded-md pr-2 hover:bg-hover focus-within:bg-hover">
      <button
        type="button"
        aria-label={t("instance.session.open", { title: title() })}
        onClick={() => go({ kind: "session", instance: props.session.instance, session: props.session.id })}
        class="flex min-h-10 min-w-0 grow items-center gap-3 rounded-md px-2 text-left"
      >
        <StateMark mark={markOf(sessionNeed(model, props.session))} />
        <span class="flex min-w-0 grow flex-col">
          <span class="truncate">{title()}</span>
          <Show when={line()}>
            <span class={`truncate text-sm ${props.session.failure ? "text-bad" : "text-muted"}`}>{line()}</span>
          </Show>
        </span>
        <span class="shrink-0 text-sm text-faint">{ago(props.session.updated_ms, now())}</span>
      </button>
      <Menu
        label={t("app.more")}
        items={[
          { label: t("instance.session.rename"), icon: "pencil", disabled: !props.isOpenable, run: props.onRename },
          {
            label: t("instance.session.delete"),
            icon: "trash-2",
            danger: true,
            disabled: !props.isOpenable,
            run: props.onDelete,
          },
        ]}
      />
    </div>
  );
}
