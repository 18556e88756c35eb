/** The field for what the agent should do instead. */
import { createSignal, onMount } from "solid-js";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/TextField";

interface RejectMessageProps {
  busy: boolean;
  onSend: (message: string) => void;
  onCancel: () => void;
}

export function RejectMessage(props: RejectMessageProps) {
  let form!: HTMLFormElement;
  const [text, setText] = createSignal("");
  onMount(() => form.querySelector("textarea")?.focus());
  const cancel = () => {
    const card = form.closest<HTMLElement>("[data-request]");
    props.onCancel();
    card?.focus();
  };
  const send = () => {
    if (text().trim() && !props.busy) props.onSend(text().trim());
  };
  return (
    <form
      ref={form}
      class="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.isComposing) return;
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          cancel();
        } else if (event.key === "Enter" && !event.shiftKey && event.target instanceof HTMLTextAreaElement) {
          event.preventDefault();
          send();
        }
      }}
    >
      <TextArea
        label={t("request.message")}
        hint={t("request.message.hint")}
        rows={2}
        value={text()}
        disabled={props.busy}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div class="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" size="small" busy={props.busy} disabled={!text().trim()}>
          {t("request.message.send")}
        </Button>
        <Button variant="quiet" size="small" disabled={props.busy} onClick={cancel}>
          {t("request.cancel")}
        </Button>
      </div>
    </form>
  );
}
