/** Where prompts are written. What is typed is never lost: not by a failure, not by a reload, not by going elsewhere. */
import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount, Show } from "solid-js";
import { onSessionAction } from "../../actions/session";
import { asFailure } from "../../backend/failure";
import { t } from "../../i18n";
import { load, save } from "../../lib/persist";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/states";
import { createChoice } from "./choice";
import { Pickers } from "./Pickers";
import { useScope } from "./scope";
import { sendPrompt } from "./session.commands";

interface ComposerProps {
  isBusy: boolean;
  /** Why nothing can be sent now; null when it can. */
  obstacle: string | null;
  /** Whether the instance sleeps: what is sent wakes it. */
  isAsleep: boolean;
  /** Whether the instance answers now. */
  isServed: boolean;
  /** What takes the obstacle away. */
  remedy?: JSX.Element;
  /** The stop was asked for by keys: says to press again. */
  hint: string | null;
  onAbort: () => void;
  isAborting: boolean;
}

const MOST_HEIGHT_PX = 320;
const SAVE_AFTER_MS = 300;
const MOST_REMEMBERED = 50;

export function Composer(props: ComposerProps) {
  const scope = useScope();
  const choice = createChoice(scope);
  const draftKey = `draft.${scope.instance}/${scope.session}`;
  const [text, setText] = createSignal(load<string>(draftKey, ""));
  const [isSending, setSending] = createSignal(false);
  const [failure, setFailure] = createSignal<unknown>(null);
  let area!: HTMLTextAreaElement;

  let timer: ReturnType<typeof setTimeout> | undefined;
  const keepDraft = () => {
    clearTimeout(timer);
    timer = undefined;
    save(draftKey, text() === "" ? undefined : text());
  };
  const write = (next: string) => {
    setText(next);
    timer ??= setTimeout(keepDraft, SAVE_AFTER_MS);
  };
  onCleanup(keepDraft);
  addEventListener("pagehide", keepDraft);
  onCleanup(() => removeEventListener("pagehide", keepDraft));

  createEffect(
    on(text, (value) => {
      if (area.value !== value) area.value = value;
      area.style.height = "auto";
      area.style.height = `${Math.min(area.scrollHeight, MOST_HEIGHT_PX)}px`;
    }),
  );
  onMount(() => area.focus({ preventScroll: true }));
  onCleanup(onSessionAction("compose", () => area.focus()));

  const note = () => {
    if (props.hint) return props.hint;
    if (isSending() && !props.isServed) return t("session.waking");
    return props.obstacle ?? (props.isAsleep ? t("session.asleep") : null);
  };
  const canSend = () => props.obstacle === null && !isSending() && /\S/.test(text());
  const send = async () => {
    if (!canSend()) return;
    const sent = text();
    setSending(true);
    setFailure(null);
    try {
      await sendPrompt(scope.instance, scope.session, { text: sent, agent: choice.agent(), model: choice.model() });
      // Only what was sent goes; what was typed meanwhile stays.
      write(text() === sent ? "" : text().startsWith(sent) ? text().slice(sent.length) : text());
      keepDraft();
      history.leave();
    } catch (error) {
      setFailure(error);
    } finally {
      setSending(false);
    }
  };

  const history = createHistory(write);
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends a composition (229 in WebKit, after the fact) is the input method's.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      void send();
    } else if (event.key === "ArrowUp" && (text() === "" || history.isIn(text())) && !event.shiftKey) {
      if (history.older()) event.preventDefault();
    } else if (event.key === "ArrowDown" && history.isIn(text()) && !event.shiftKey) {
      if (history.newer()) event.preventDefault();
    }
  };

  return (
    <div class="mx-auto w-full max-w-[860px] px-4 pb-3">
      <Show when={failure()}>
        <div class="pb-2">
          <SendFailure error={failure()} />
        </div>
      </Show>
      <div class="rounded-lg border border-line-strong bg-raised focus-within:border-accent">
        <textarea
          ref={area}
          rows={1}
          aria-label={t("session.composer")}
          placeholder={t("session.composer.placeholder")}
          value={text()}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          class="selectable block max-h-80 min-h-9 w-full resize-none bg-transparent px-3 pt-2 pb-1 placeholder:text-faint focus-visible:outline-none"
        />
        <div class="flex min-h-9 flex-wrap items-center gap-1 px-1.5 pb-1.5">
          <Pickers choice={choice} disabled={props.obstacle !== null} />
          <span class="min-w-0 grow truncate px-1 text-right text-sm text-faint" aria-live="polite">
            {note()}
          </span>
          {props.remedy}
          <Show when={props.isBusy}>
            <Button size="small" icon="circle-stop" busy={props.isAborting} onClick={() => props.onAbort()}>
              {t(props.isAborting ? "session.stopping" : "session.stop")}
            </Button>
          </Show>
          <Button size="small" variant="primary" icon="send" disabled={!canSend()} onClick={() => void send()}>
            {t(isSending() ? "session.sending" : "session.send")}
          </Button>
        </div>
      </div>
    </div>
  );

  /** What was asked before, newest first, walked with the arrows. */
  function createHistory(put: (text: string) => void) {
    const before = createMemo(() => {
      const texts: string[] = [];
      for (const message of [...scope.messages()].reverse()) {
        if (message.role !== "user") continue;
        for (const part of Object.values(scope.transcript()?.entries[message.id]?.parts ?? {})) {
          if (part.type === "text" && !part.synthetic && !texts.includes(part.text)) texts.push(part.text);
        }
        if (texts.length >= MOST_REMEMBERED) break;
      }
      return texts;
    });
    const [at, setAt] = createSignal(-1);
    const show = (next: number) => {
      setAt(next);
      put(next < 0 ? "" : (before()[next] ?? ""));
      queueMicrotask(() => area.setSelectionRange(area.value.length, area.value.length));
      return true;
    };
    return {
      isIn: (value: string) => at() >= 0 && before()[at()] === value,
      older: () => (at() + 1 < before().length ? show(at() + 1) : false),
      newer: () => (at() >= 0 ? show(at() - 1) : false),
      leave: () => setAt(-1),
    };
  }
}

function SendFailure(props: { error: unknown }) {
  const shown = createMemo(() => {
    const failure = asFailure(props.error);
    // A connection that broke says nothing about what the server got.
    const isOpen = failure.code === "internal" || failure.code === "unavailable";
    return {
      code: failure.code,
      message: `${t("session.failed.send")}: ${failure.message}`,
      hint: failure.hint ?? (isOpen ? t("session.failed.sendUnknown") : null),
      detail: failure.detail,
    };
  });
  return <ErrorNote error={shown()} />;
}
