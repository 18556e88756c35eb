/** Asks for a name. */
import { createEffect, createMemo, createSignal, on } from "solid-js";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";

interface NameDialogProps {
  open: boolean;
  title: string;
  label: string;
  value: string;
  onClose: () => void;
  onSave: (name: string) => Promise<void>;
}

export function NameDialog(props: NameDialogProps) {
  const [text, setText] = createSignal("");
  const [failure, setFailure] = createSignal<unknown>(null);
  // Whether it is open may be asked of something that changes all the time; what is typed must stay.
  const isOpen = createMemo(() => props.open);
  createEffect(
    on(isOpen, (opens) => {
      if (!opens) return;
      setText(props.value);
      setFailure(null);
    }),
  );
  const save = async () => {
    if (!text().trim()) return;
    try {
      await props.onSave(text().trim());
      props.onClose();
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.title}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>
          <Button variant="primary" disabled={!text().trim()} onClick={() => void save()}>
            {t("instance.save")}
          </Button>
        </>
      }
    >
      <form
        class="mt-2 flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={props.label}
          value={text()}
          autofocus
          onInput={(event) => setText(event.currentTarget.value)}
          ref={(field) => requestAnimationFrame(() => field.select())}
        />
        <FailureNote failure={failure()} />
      </form>
    </Dialog>
  );
}
