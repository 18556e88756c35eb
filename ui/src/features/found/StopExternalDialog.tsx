/** Whether a process that somebody else started is to be ended: names what would be. */
import { createEffect, createMemo, createSignal, For, on } from "solid-js";
import { t } from "../../i18n";
import { duration } from "../../lib/format";
import { stopExternal } from "../../model/fleet-commands";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FailureNote } from "../../ui/states";
import type { InstanceView } from "../../wire/messages";

interface StopExternalDialogProps {
  /** None: it is not open. */
  instance: InstanceView | undefined;
  onClose: () => void;
}

export function StopExternalDialog(props: StopExternalDialogProps) {
  // What the question names is what is ended, whatever the model says by the time of the answer.
  const [asked, setAsked] = createSignal<InstanceView | null>(null);
  const [askedAt, setAskedAt] = createSignal(0);
  const [failure, setFailure] = createSignal<unknown>(null);
  const [isStopping, setStopping] = createSignal(false);
  // The instance itself changes all the time.
  const id = createMemo(() => props.instance?.id);
  createEffect(
    on(id, () => {
      setAsked(props.instance ? { ...props.instance } : null);
      setAskedAt(Date.now());
      setFailure(null);
    }),
  );
  const facts = () => {
    const view = asked();
    if (!view) return [];
    const age = view.started_at_ms === null ? t("ask.external.unknown") : duration(askedAt() - view.started_at_ms);
    return [
      { label: t("ask.external.pid"), value: String(view.pid ?? t("ask.external.unknown")) },
      { label: t("ask.external.command"), value: view.command ?? t("ask.external.unknown") },
      { label: t("ask.external.age"), value: age },
      { label: t("ask.external.directory"), value: view.directory },
    ];
  };
  const stop = async () => {
    const view = asked();
    if (view === null || view.pid === null) return;
    setStopping(true);
    setFailure(null);
    try {
      await stopExternal(view.id, view.pid);
      props.onClose();
    } catch (error) {
      setFailure(error);
    } finally {
      setStopping(false);
    }
  };
  return (
    <Dialog
      open={props.instance !== undefined}
      onClose={props.onClose}
      role="alertdialog"
      width="520px"
      title={t("ask.external.title")}
      description={t("ask.external.text")}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>
          <Button variant="danger" busy={isStopping()} onClick={() => void stop()}>
            {t("ask.external.confirm", { pid: asked()?.pid ?? "" })}
          </Button>
        </>
      }
    >
      <dl class="mt-3 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1.5">
        <For each={facts()}>
          {(fact) => (
            <>
              <dt class="text-muted">{fact.label}</dt>
              <dd class="selectable min-w-0 font-mono text-sm leading-5 [overflow-wrap:anywhere]">{fact.value}</dd>
            </>
          )}
        </For>
      </dl>
      <FailureNote failure={failure()} class="mt-3" />
    </Dialog>
  );
}
