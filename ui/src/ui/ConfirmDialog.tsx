/** Asks whether to go on; what fails is said in the dialog. */
import { createEffect, createMemo, createSignal, type JSX, on } from "solid-js";
import { t } from "../i18n";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { FailureNote } from "./states";

interface ConfirmDialogProps {
  open: boolean;
  title: string;
  text: string;
  confirm: string;
  onClose: () => void;
  onConfirm: () => Promise<void>;
  /** What else is to be said or chosen. */
  children?: JSX.Element;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const [failure, setFailure] = createSignal<unknown>(null);
  // Whether it is open may be asked of something that changes all the time.
  const isOpen = createMemo(() => props.open);
  createEffect(on(isOpen, () => setFailure(null)));
  const confirm = async () => {
    try {
      await props.onConfirm();
      props.onClose();
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      role="alertdialog"
      title={props.title}
      description={props.text}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>
          <Button variant="danger" onClick={() => void confirm()}>
            {props.confirm}
          </Button>
        </>
      }
    >
      {props.children}
      <FailureNote failure={failure()} class="mt-3" />
    </Dialog>
  );
}
