/** Asks what happens to running instances when the app quits. */
import { createSignal, Show } from "solid-js";
import { count, t } from "../../i18n";
import { quit } from "../../model/commands";
import { outliving } from "../../model/selectors";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { attempt } from "../../ui/notices";
import type { OnQuit } from "../../wire/messages";

export function QuitDialog(props: { open: boolean; onClose: () => void }) {
  const [isRemembered, setRemembered] = createSignal(false);
  const running = () => outliving(model);
  const leave = (instances: OnQuit) => {
    props.onClose();
    attempt(() => quit(instances, isRemembered()));
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      role="alertdialog"
      title={t("quit.title")}
      description={running() > 0 ? count(running(), "quit.text.one", "quit.text.many") : t("quit.none")}
      actions={
        <Show
          when={running() > 0}
          fallback={
            <>
              <Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>
              <Button variant="primary" onClick={() => leave("keep")}>
                {t("quit.quit")}
              </Button>
            </>
          }
        >
          <Button variant="quiet" onClick={() => props.onClose()}>
            {t("app.cancel")}
          </Button>
          <span class="grow" />
          <Button variant="danger" onClick={() => leave("stop")}>
            {t("quit.stop")}
          </Button>
          <Button variant="primary" onClick={() => leave("keep")}>
            {t("quit.keep")}
          </Button>
        </Show>
      }
    >
      <Show when={running() > 0}>
        <label class="mt-3 flex items-center gap-2">
          <input
            type="checkbox"
            checked={isRemembered()}
            onChange={(event) => setRemembered(event.currentTarget.checked)}
          />
          {t("quit.remember")}
        </label>
      </Show>
    </Dialog>
  );
}
