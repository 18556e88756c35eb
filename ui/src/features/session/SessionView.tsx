/** One session: head, transcript, composer. Slots are filled by `app/`, so that no other feature is named here. */
import type { Message } from "@opencode-ai/sdk/v2/types";
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from "solid-js";
import { unwrap } from "solid-js/store";
import { onSessionAction } from "../../actions/session";
import { openLink } from "../../app/link";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { startKnown } from "../../model/fleet-commands";
import { requestsUnder } from "../../model/requests";
import { canStart, instanceWord, isAsleep, isReady, session as sessionOf } from "../../model/selectors";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { watch } from "../../model/watch";
import { Button } from "../../ui/Button";
import { createAttempt, reportFailure } from "../../ui/notices";
import { Empty, ErrorNote, Skeleton } from "../../ui/states";
import { Composer } from "./Composer";
import { Header } from "./Header";
import { holdWhileRunning } from "./held";
import { type Scope, ScopeProvider } from "./scope";
import { abortSession, loadNewest, loadOlder, readSession, type SessionFacts } from "./session.commands";
import { Transcript } from "./Transcript";

export interface SessionViewProps {
  instance: string;
  session: string;
  /** Draws the requests of a session, or those of one call of it. */
  requests: (session: string, call?: string) => JSX.Element;
  /** Opens the review at a turn. */
  onReviewTurn: (message: string) => void;
}

export function SessionView(props: SessionViewProps) {
  return (
    <Show when={sessionKey(props.instance, props.session)} keyed>
      {(_key) => <Opened {...props} />}
    </Show>
  );
}

/** How long a second Esc counts. */
const ESC_MS = 1_500;

function Opened(props: SessionViewProps) {
  const { instance, session } = props;
  const key = sessionKey(instance, session);
  const endWatch = watch([key]);
  onCleanup(() => holdWhileRunning(key, endWatch));

  const [facts, setFacts] = createSignal<SessionFacts>();
  const [isAborting, setAborting] = createSignal(false);
  const [hint, setHint] = createSignal<string | null>(null);
  const server = () => model.instances[instance];
  const view = () => sessionOf(model, instance, session);
  const transcript = () => model.transcripts[key];
  const isServed = createMemo(() => isReady(server()));
  /** Asleep, what is kept of it can still be read; anything else wakes it. */
  const isReadable = createMemo(() => isServed() || isAsleep(server()));
  const isBusy = createMemo(() => isServed() && (view()?.status.status ?? "idle") !== "idle");
  const asked = createMemo(() => requestsUnder(model, instance, session));
  const askedCalls = createMemo(
    () => new Set(asked().flatMap((request) => (request.session === session && request.call ? [request.call] : []))),
  );
  const askedSessions = createMemo(
    () => [...new Set(asked().map((request) => request.session))].filter((id) => id !== session),
    [],
    { equals: (a, b) => a.join() === b.join() },
  );

  const messages = createMemo<Message[]>(() => {
    const current = transcript();
    if (!current || current.structure < 0) return [];
    const raw = unwrap(current);
    return raw.order.flatMap((id) => raw.entries[id]?.info ?? []);
  });

  const scope: Scope = {
    instance,
    session,
    directory: () => view()?.directory ?? facts()?.directory ?? server()?.directory,
    transcript,
    messages,
    message: (id) => transcript()?.entries[id]?.info,
    part: (message, id) => transcript()?.entries[message]?.parts[id],
    isBusy,
    isWaiting: (call) => askedCalls().has(call),
    isSessionWaiting: (id) => askedSessions().includes(id),
    requests: (id, call) => props.requests(id, call),
    onReviewTurn: (message) => props.onReviewTurn(message),
    openLink,
    openSession: (id) => go({ kind: "session", instance, session: id }),
    folds: new Map(),
  };

  let wasKept = false;
  // Reads the newest page when there is none, and again after events may have been missed.
  createEffect(() => {
    const current = transcript();
    const isWanted =
      current === undefined || ((current.olderCursor === undefined || current.stale) && !current.loadError);
    if (!isReadable() || !isWanted || (current?.loading ?? "idle") !== "idle") return;
    wasKept = !isServed();
    void loadNewest(instance, session);
  });
  // What failed because the server was away, or came from what is kept, is read again when it is back.
  createEffect(
    on(
      isServed,
      (served) => {
        if (!served || !(wasKept || transcript()?.loadError)) return;
        wasKept = false;
        void loadNewest(instance, session);
      },
      { defer: true },
    ),
  );
  // Sessions of long ago and sub-agents are not in the fleet's list.
  createEffect(() => {
    if (isReadable() && !view() && !facts()) readSession(instance, session).then(setFacts, () => {});
  });
  createEffect(() => {
    if (!isBusy()) {
      setAborting(false);
      setHint(null);
    }
  });

  const abort = async () => {
    if (!isBusy() || isAborting()) return;
    setHint(null);
    setAborting(true);
    try {
      await abortSession(instance, session, isBusy);
    } catch (error) {
      reportFailure(error);
    }
    setAborting(false);
  };
  let escTimer: ReturnType<typeof setTimeout> | undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || !isBusy()) return;
    clearTimeout(escTimer);
    if (hint() !== null) {
      void abort();
      return;
    }
    setHint(t("session.abort.again"));
    escTimer = setTimeout(() => setHint(null), ESC_MS);
  };
  onCleanup(() => clearTimeout(escTimer));
  onCleanup(onSessionAction("abort", () => void abort(), isBusy));

  const [isStarting, beginStart] = createAttempt();
  const obstacle = createMemo(() =>
    obstacleOf(server() ? instanceWord(server() as NonNullable<ReturnType<typeof server>>) : null),
  );
  const startButton = () => (
    <Show when={!isReadable() && server() && canStart(server() as NonNullable<ReturnType<typeof server>>)}>
      <Button size="small" icon="play" busy={isStarting()} onClick={() => beginStart(() => startKnown(instance))}>
        {t("session.start")}
      </Button>
    </Show>
  );
  const isRead = () => transcript()?.olderCursor !== undefined;
  const isEmpty = () => isRead() && transcript()?.order.length === 0 && !isBusy() && !transcript()?.error;

  return (
    <ScopeProvider value={scope}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Esc stops from anywhere in the session. */}
      <div class="flex h-full min-h-0 min-w-0 flex-col bg-canvas" onKeyDown={onKeyDown}>
        <Header
          title={view()?.title ?? facts()?.title ?? ""}
          parent={view()?.parent ?? facts()?.parent ?? null}
          canChange={isServed()}
          onDeleted={() => go({ kind: "instance", id: instance })}
        />
        <Show when={transcript()?.loadError}>
          {(reason) => (
            <div class="p-3">
              <ErrorNote error={{ code: "internal", message: `${t("session.failed.load")}: ${reason()}` }}>
                <Button size="small" icon="rotate-cw" onClick={() => void retry()}>
                  {t("session.retryLoad")}
                </Button>
              </ErrorNote>
            </div>
          )}
        </Show>
        <Show
          when={isRead() && !isEmpty()}
          fallback={
            <div class="min-h-0 grow overflow-auto">
              <Show
                when={isEmpty()}
                fallback={
                  <Show
                    when={isReadable()}
                    fallback={
                      <Empty icon="circle-pause" title={obstacle() ?? ""}>
                        {startButton()}
                      </Empty>
                    }
                  >
                    <Show when={!transcript()?.loadError}>
                      <div class="mx-auto max-w-[860px]">
                        <Skeleton lines={8} label={t("session.loading")} />
                      </div>
                    </Show>
                  </Show>
                }
              >
                <Empty icon="message-square" title={t("session.empty")} text={t("session.empty.text")} />
              </Show>
            </div>
          }
        >
          <Transcript
            isBusy={isBusy()}
            hasFailure={hasOwnFailure()}
            isWaiting={asked().length > 0}
            onOlder={() => {
              const current = transcript();
              if (isReadable() && current?.olderCursor && current.loading === "idle" && !current.loadError) {
                void loadOlder(instance, session);
              }
            }}
          />
        </Show>
        <Show when={askedSessions().some((id) => !isTaskShown(id))}>
          <div class="mx-auto flex max-h-[50%] w-full max-w-[860px] shrink-0 flex-col gap-2 overflow-auto px-4 pb-2">
            <For each={askedSessions().filter((id) => !isTaskShown(id))}>{(id) => props.requests(id)}</For>
          </div>
        </Show>
        <Composer
          isBusy={isBusy()}
          obstacle={obstacle()}
          isAsleep={isAsleep(server())}
          isServed={isServed()}
          remedy={startButton()}
          hint={hint()}
          onAbort={() => void abort()}
          isAborting={isAborting()}
        />
      </div>
    </ScopeProvider>
  );

  /** Whether a `task` card of this transcript shows what that sub-agent asks. */
  function isTaskShown(child: string): boolean {
    const current = transcript();
    return messages()
      .slice(-40)
      .some((message) =>
        Object.values(current?.entries[message.id]?.parts ?? {}).some(
          (part) =>
            part.type === "tool" &&
            part.state.status !== "pending" &&
            (part.state.metadata?.sessionId === child || part.state.metadata?.sessionID === child),
        ),
      );
  }

  /** A failure that no message of the transcript shows. */
  function hasOwnFailure(): boolean {
    const current = transcript();
    if (!current?.error) return false;
    const last = messages().at(-1);
    return !(last?.role === "assistant" && last.error);
  }

  function retry(): Promise<void> {
    return isRead() && transcript()?.olderCursor && !transcript()?.stale
      ? loadOlder(instance, session)
      : loadNewest(instance, session);
  }
}

function obstacleOf(word: ReturnType<typeof instanceWord> | null): string | null {
  switch (word) {
    case null:
      return t("session.notReady.gone");
    case "stopped":
    case "starting":
    case "stopping":
    case "degraded":
    case "locked":
    case "crashed":
    case "unknown":
      return t(`session.notReady.${word}`);
    default:
      return null;
  }
}
