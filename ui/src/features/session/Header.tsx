/** The head of a session: its title, its state, where it hangs in the tree, what fills its context. */
import type { AssistantMessage } from "@opencode-ai/sdk/v2/types";
import { createMemo, createSignal, onCleanup, Show } from "solid-js";
import { onSessionAction } from "../../actions/session";
import { t } from "../../i18n";
import { cost, tokens } from "../../lib/format-usage";
import { deleteSession, renameSession } from "../../model/commands";
import { markOf } from "../../model/marks";
import { sessionNeed, session as sessionOf } from "../../model/selectors";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Menu, type MenuItem } from "../../ui/Menu";
import { attempt, createAttempt } from "../../ui/notices";
import { StateMark } from "../../ui/StateMark";
import { useScope } from "./scope";
import { forkSession, knownModels, readChildren } from "./session.commands";

interface HeaderProps {
  title: string;
  parent: string | null;
  /** Rename and delete need a server that answers. */
  canChange: boolean;
  onDeleted: () => void;
}

export function Header(props: HeaderProps) {
  const scope = useScope();
  const [isRenaming, setRenaming] = createSignal(false);
  const [isDeleting, setDeleting] = createSignal(false);
  const [isBusyDeleting, beginDeleting] = createAttempt();
  const [readTitles, setReadTitles] = createSignal<{ id: string; title: string }[]>([]);
  const view = () => sessionOf(model, scope.instance, scope.session);
  /** opencode names a session by its time until it has been asked something. */
  const title = () =>
    /^New session - \d{4}-/.test(props.title) ? t("session.new") : props.title || t("session.untitled");
  const parentTitle = () =>
    (props.parent && sessionOf(model, scope.instance, props.parent)?.title) || t("session.untitled");
  const children = createMemo(() => {
    const known = Object.values(model.sessions)
      .filter((child) => child.instance === scope.instance && child.parent === scope.session)
      .map((child) => ({ id: child.id, title: child.title }));
    const ids = new Set(known.map((child) => child.id));
    return [...known, ...readTitles().filter((child) => !ids.has(child.id))];
  });

  const rename = (next: string) => {
    setRenaming(false);
    const trimmed = next.trim();
    if (trimmed === "" || trimmed === props.title) return;
    attempt(() => renameSession(scope.instance, scope.directory() ?? "", scope.session, trimmed));
  };
  const remove = () =>
    beginDeleting(async () => {
      await deleteSession(scope.instance, scope.directory() ?? "", scope.session);
      setDeleting(false);
      props.onDeleted();
    });
  const fork = () => attempt(async () => scope.openSession(await forkSession(scope.instance, scope.session)));
  onCleanup(
    onSessionAction(
      "rename",
      () => setRenaming(true),
      () => props.canChange,
    ),
  );
  onCleanup(
    onSessionAction(
      "delete",
      () => setDeleting(true),
      () => props.canChange,
    ),
  );
  const items = (): MenuItem[] => [
    {
      label: t("session.rename"),
      icon: "pencil",
      keys: "F2",
      disabled: !props.canChange,
      run: () => setRenaming(true),
    },
    { label: t("session.fork"), icon: "git-fork", disabled: !props.canChange, run: fork },
    {
      label: t("session.delete"),
      icon: "trash-2",
      danger: true,
      separated: true,
      disabled: !props.canChange,
      run: () => setDeleting(true),
    },
  ];

  return (
    <header class="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3">
      <Show when={props.parent}>
        {(parent) => (
          <button
            type="button"
            onClick={() => scope.openSession(parent())}
            aria-label={t("session.parent", { title: parentTitle() })}
            title={t("session.parent", { title: parentTitle() })}
            class="flex h-6 max-w-40 shrink-0 items-center gap-1 rounded-md px-1.5 text-sm text-muted hover:bg-hover hover:text-ink"
          >
            <Icon name="arrow-left" size={13} />
            <span class="truncate">{parentTitle()}</span>
          </button>
        )}
      </Show>
      <Show when={view()}>{(session) => <StateMark mark={markOf(sessionNeed(model, session()))} />}</Show>
      <Show
        when={isRenaming()}
        fallback={
          <h1 class="min-w-0 truncate font-semibold">
            <button
              type="button"
              class="max-w-full truncate rounded px-1 py-0.5 hover:bg-hover"
              title={t("session.rename")}
              disabled={!props.canChange}
              onDblClick={() => setRenaming(true)}
            >
              {title()}
            </button>
          </h1>
        }
      >
        <TitleField value={props.title} onDone={rename} onLeave={() => setRenaming(false)} />
      </Show>
      <div class="grow" />
      <Usage />
      <Show when={children().length > 0}>
        <Menu
          label={t("session.children")}
          triggerClass="inline-flex h-6 items-center gap-1 rounded-md px-1.5 text-sm text-muted hover:bg-hover hover:text-ink data-[expanded]:bg-active"
          trigger={
            <>
              <Icon name="bot" size={13} />
              {children().length}
            </>
          }
          items={children().map((child) => ({
            label: child.title || t("session.untitled"),
            icon: "bot",
            run: () => scope.openSession(child.id),
          }))}
        />
      </Show>
      <span
        onPointerDown={() => {
          // Reading them would wake an instance that sleeps.
          if (props.canChange) void readChildren(scope.instance, scope.session).then(setReadTitles, () => {});
        }}
      >
        <Menu label={t("session.more")} items={items()} />
      </span>
      <Dialog
        open={isDeleting()}
        onClose={() => setDeleting(false)}
        role="alertdialog"
        title={t("session.delete.question")}
        description={t("session.delete.text", { title: title() })}
        actions={
          <>
            <Button onClick={() => setDeleting(false)}>{t("app.cancel")}</Button>
            <Button variant="danger" busy={isBusyDeleting()} onClick={remove}>
              {t("session.delete")}
            </Button>
          </>
        }
      />
    </header>
  );
}

function TitleField(props: { value: string; onDone: (title: string) => void; onLeave: () => void }) {
  let isOver = false;
  const end = (done: () => void) => {
    // Enter takes the field away, which blurs it.
    if (isOver) return;
    isOver = true;
    done();
  };
  return (
    <input
      ref={(element) =>
        queueMicrotask(() => {
          element.focus();
          element.select();
        })
      }
      type="text"
      aria-label={t("session.rename.field")}
      value={props.value}
      onKeyDown={(event) => {
        const next = event.currentTarget.value;
        if (event.key === "Enter" && !event.isComposing) end(() => props.onDone(next));
        else if (event.key === "Escape") end(props.onLeave);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onBlur={(event) => {
        const next = event.currentTarget.value;
        end(() => props.onDone(next));
      }}
      class="selectable h-7 w-80 min-w-0 rounded-md border border-line-strong bg-canvas px-2 font-semibold"
    />
  );
}

/** How full the context is, and what the loaded turns cost. */
function Usage() {
  const scope = useScope();
  const answers = createMemo(() =>
    scope.messages().filter((message): message is AssistantMessage => message.role === "assistant"),
  );
  const last = () => answers().findLast((answer) => answer.tokens.output > 0 || answer.tokens.input > 0);
  const used = () => {
    const answer = last();
    return answer
      ? answer.tokens.input + answer.tokens.output + answer.tokens.cache.read + answer.tokens.cache.write
      : 0;
  };
  const limit = createMemo(() => {
    const answer = last();
    if (!answer) return null;
    const offer = knownModels(scope.instance).find(
      (candidate) => candidate.providerID === answer.providerID && candidate.modelID === answer.modelID,
    );
    return offer?.contextTokens ?? null;
  });
  const spent = () => cost(answers().reduce((sum, answer) => sum + answer.cost, 0));
  const label = () => {
    const most = limit();
    return most
      ? t("session.context.of", { tokens: tokens(used()), limit: tokens(most) })
      : t("session.context", { tokens: tokens(used()) });
  };
  return (
    <Show when={used() > 0}>
      <span class="flex shrink-0 items-center gap-2 text-sm text-faint max-[820px]:hidden" title={label()}>
        <Show when={limit()}>
          {(most) => (
            <span role="img" aria-label={label()} class="h-1.5 w-12 overflow-hidden rounded-full bg-active">
              <span
                class="block h-full rounded-full bg-accent"
                style={{ width: `${Math.min(100, (used() / most()) * 100)}%` }}
              />
            </span>
          )}
        </Show>
        <span>{tokens(used())}</span>
        <Show when={spent()}>{(dollars) => <span>{dollars()}</span>}</Show>
      </span>
    </Show>
  );
}
