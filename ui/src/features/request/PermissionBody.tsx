/** What a permission request asks, and its four answers. */
import { createSignal, For, Show } from "solid-js";
import type { CurrentRequest } from "../../actions/request";
import { t } from "../../i18n";
import { visible } from "../../lib/diff-visible";
import { Button } from "../../ui/Button";
import { DiffView } from "../../ui/diff/DiffView";
import { Kbd } from "../../ui/Kbd";
import type { PermissionReply, RequestView } from "../../wire/messages";
import { RejectMessage } from "./RejectMessage";
import { type Answering, answerPermission } from "./request.commands";
import { relativeTo, type VariantOf } from "./wording";

interface PermissionBodyProps {
  request: RequestView;
  body: VariantOf<"permission">;
  handle: CurrentRequest;
  answer: Answering | undefined;
}

export function PermissionBody(props: PermissionBodyProps) {
  const [isWriting, setWriting] = createSignal(false);
  const isSending = () => props.answer?.state === "sending" || props.answer?.state === "taken";
  const answer = (reply: PermissionReply) => void answerPermission(props.request, reply);
  // The keys need these before the card is on screen; a request never becomes another one.
  const { handle } = props;
  handle.once = () => answer("once");
  if (props.body.always.length > 0) handle.always = () => answer("always");
  handle.reject = () => answer("reject");
  handle.message = () => {
    if (!isSending()) setWriting(true);
  };
  const sends = (reply: PermissionReply) => isSending() && props.answer?.verdict === reply;

  return (
    <>
      <Asked body={props.body} directory={props.request.directory} />
      <Show when={props.body.always.length > 0}>
        <p class="selectable flex flex-wrap items-baseline gap-x-1.5 gap-y-0.5 text-sm text-muted">
          <span>{t("request.always.covers")}</span>
          <For each={props.body.always}>
            {(pattern) => (
              <code class="rounded bg-hover px-1 font-mono text-xs break-all text-ink">{visible(pattern)}</code>
            )}
          </For>
          <Show when={props.body.always.includes("*")}>
            <span>({t("request.always.all")})</span>
          </Show>
          <span>{t("request.always.until")}</span>
        </p>
      </Show>
      <Show
        when={!isWriting()}
        fallback={
          <RejectMessage
            busy={isSending()}
            onCancel={() => setWriting(false)}
            onSend={(message) => void answerPermission(props.request, "reject", message)}
          />
        }
      >
        <div class="flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            size="small"
            busy={sends("once")}
            disabled={isSending()}
            onClick={() => answer("once")}
          >
            {t("request.once")} <Key keys="a" />
          </Button>
          <Show when={props.body.always.length > 0}>
            <Button size="small" busy={sends("always")} disabled={isSending()} onClick={() => answer("always")}>
              {t("request.always")} <Key keys="Shift+A" />
            </Button>
          </Show>
          <Button
            variant="danger"
            size="small"
            title={t("request.reject.hint")}
            busy={sends("reject")}
            disabled={isSending()}
            onClick={() => answer("reject")}
          >
            {t("request.reject")} <Key keys="d" />
          </Button>
          <Button variant="quiet" size="small" disabled={isSending()} onClick={() => setWriting(true)}>
            {t("request.rejectMessage")} <Key keys="m" />
          </Button>
        </div>
      </Show>
    </>
  );
}

/** Shortcuts are for the eye; the name of the button is its text. In a transcript they are left out: shown with the focus, they would move the button under the pointer that presses it. */
function Key(props: { keys: string }) {
  return (
    <span aria-hidden="true" class="ml-0.5 inline-flex group-data-compact:hidden">
      <Kbd keys={props.keys} />
    </span>
  );
}

/** The command, the change, or what else it is for. */
function Asked(props: { body: VariantOf<"permission">; directory: string }) {
  const file = () => relativeTo(props.body.file ?? props.body.patterns[0] ?? "", props.directory);
  return (
    <Show when={props.body.permission === "edit"} fallback={<Plain body={props.body} />}>
      <div class="flex min-w-0 flex-col overflow-hidden rounded-md border border-line">
        <p class="selectable border-b border-line bg-panel px-2 py-1 font-mono text-sm break-all">{visible(file())}</p>
        <Show when={props.body.diff} fallback={<p class="px-2 py-1.5 text-sm text-muted">{t("request.noDiff")}</p>}>
          {(diff) => (
            <DiffView patch={diff()} file={file()} maxHeight={320} label={t("request.diffOf", { file: file() })} />
          )}
        </Show>
      </div>
    </Show>
  );
}

function Plain(props: { body: VariantOf<"permission"> }) {
  const isCommand = () => props.body.command !== null;
  const text = () => props.body.command ?? props.body.patterns.join("\n");
  return (
    <Show when={text()}>
      <section
        tabindex="0"
        aria-label={t(isCommand() ? "request.command" : "request.patterns")}
        class="max-h-56 overflow-auto rounded-md border border-line bg-panel px-2.5 py-1.5"
      >
        <pre class="selectable font-mono text-sm break-words whitespace-pre-wrap">{visible(text())}</pre>
      </section>
    </Show>
  );
}
