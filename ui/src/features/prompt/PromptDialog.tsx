/** What `ssh` asks while it connects: a password, a passphrase, whether a machine is known. Whatever the window shows, it lies over it. */
import { createEffect, createMemo, createSignal, createUniqueId, type JSX, Match, on, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { answerPrompt } from "../../model/commands";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { PromptKindView, PromptView } from "../../wire/messages";
import { createRest } from "./createRest";
import { wordsOf } from "./words";

const INTRO = {
  secret: "prompt.asks",
  text: "prompt.asks",
  yes_no: "prompt.key",
  note: "prompt.note",
} as const satisfies Record<PromptKindView, string>;

/** What `ssh` takes for a yes. */
const YES = "yes";

export function PromptDialog(props: { prompt: PromptView | undefined }) {
  const id = createMemo(() => props.prompt?.id);
  // While it closes it shows what it was.
  const shown = createMemo<PromptView | undefined>((before) => props.prompt ?? before);
  const form = createUniqueId();
  const [answer, setAnswer] = createSignal("");
  const [failure, setFailure] = createSignal<unknown>(null);
  const [isSending, setSending] = createSignal(false);
  // It comes up unasked: keys and clicks that were meant for something else are no answer.
  const isWaiting = createRest(id);
  createEffect(
    on(id, () => {
      // What was typed for one question is for no other.
      setAnswer("");
      setFailure(null);
      setSending(false);
    }),
  );
  const send = async (text: string | null) => {
    const asked = id();
    if (asked === undefined || isSending() || isWaiting()) return;
    setSending(true);
    setFailure(null);
    try {
      await answerPrompt(asked, text);
    } catch (error) {
      if (id() === asked) setFailure(error);
    } finally {
      if (id() === asked) setSending(false);
    }
  };
  const decline = () => void send(null);
  const kind = () => shown()?.kind ?? "note";
  const words = () => wordsOf(shown()?.words ?? "");
  const isTyped = () => kind() === "secret" || kind() === "text";
  return (
    <Dialog
      open={props.prompt !== undefined}
      onClose={decline}
      role={isTyped() ? "dialog" : "alertdialog"}
      width="560px"
      isKept
      isWaiting={isWaiting()}
      title={t("prompt.title", { host: shown()?.host ?? "" })}
      description={t(INTRO[kind()])}
      actions={
        <Switch
          fallback={
            <Button disabled={isWaiting()} onClick={decline}>
              {t("app.cancel")}
            </Button>
          }
        >
          <Match when={kind() === "yes_no"}>
            <Button disabled={isWaiting()} onClick={decline}>
              {t("prompt.no")}
            </Button>
            <Button variant="primary" disabled={isWaiting()} busy={isSending()} onClick={() => void send(YES)}>
              {t("prompt.yes")}
            </Button>
          </Match>
          <Match when={isTyped()}>
            <Button disabled={isWaiting()} onClick={decline}>
              {t("app.cancel")}
            </Button>
            <Button type="submit" form={form} variant="primary" busy={isSending()} disabled={!answer() || isWaiting()}>
              {t("prompt.send")}
            </Button>
          </Match>
        </Switch>
      }
    >
      <Show when={isTyped()} fallback={<Said>{shown()?.words}</Said>}>
        <Show when={words().before}>{(before) => <Said>{before()}</Said>}</Show>
        <form
          id={form}
          class="mt-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (answer()) void send(answer());
          }}
        >
          <TextField
            label={words().question || t("prompt.answer")}
            type={kind() === "secret" ? "password" : "text"}
            autocomplete="off"
            readOnly={isWaiting()}
            value={answer()}
            error={shown()?.is_again && !answer() ? t("prompt.again") : undefined}
            onInput={(event) => setAnswer(event.currentTarget.value)}
          />
        </form>
      </Show>
      <FailureNote failure={failure()} class="mt-3" />
    </Dialog>
  );
}

/** The words of `ssh` as it wrote them: a fingerprint is compared letter by letter. */
function Said(props: { children: JSX.Element }) {
  return (
    <section
      aria-label={t("prompt.words")}
      class="selectable mt-3 rounded-md border border-line bg-panel px-3 py-2 font-mono text-sm break-words whitespace-pre-wrap"
    >
      {props.children}
    </section>
  );
}
