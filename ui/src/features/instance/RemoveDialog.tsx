/** Whether an instance is to leave the list; of a container also whether its sessions go with it. */
import { createEffect, createMemo, createSignal, createUniqueId, on, Show } from "solid-js";
import { t } from "../../i18n";
import { removeInstance } from "../../model/commands";
import { isAdded } from "../../model/verbs";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import type { InstanceView } from "../../wire/messages";

interface RemoveDialogProps {
  /** None: it is not open. */
  instance: InstanceView | undefined;
  onClose: () => void;
  onRemoved: (id: string) => void;
}

export function RemoveDialog(props: RemoveDialogProps) {
  const [withData, setWithData] = createSignal(false);
  const id = createMemo(() => props.instance?.id);
  createEffect(on(id, () => setWithData(false)));
  const box = createUniqueId();
  const isForgetting = () => props.instance !== undefined && isAdded(props.instance);
  /** Its sessions are in a volume also when somebody has removed the container. */
  const hasVolume = () => {
    const view = props.instance;
    return (
      view?.owner === "portal" && view.kind === "docker" && (view.container === null || view.container.volume !== null)
    );
  };
  const about = () => {
    const volume = props.instance?.container?.volume;
    const which = withData() ? "about" : "kept";
    return volume ? t(`ask.remove.volume.${which}`, { volume }) : t(`ask.remove.volume.${which}.unnamed`);
  };
  const text = () => {
    const view = props.instance;
    const name = view?.name ?? "";
    if (isForgetting()) return t("ask.forget.text", { name });
    if (view?.kind === "docker") return t("ask.remove.container", { name });
    if (view?.kind === "ssh") {
      // Something may run there though that machine is out of reach.
      const which = view.state.state === "unknown" ? "ask.remove.ssh.unknown" : "ask.remove.ssh";
      return t(which, { name, host: view.ssh_host ?? view.host });
    }
    return t("ask.remove.text", { name });
  };
  return (
    <ConfirmDialog
      open={props.instance !== undefined}
      title={t(isForgetting() ? "ask.forget.title" : "ask.remove.title")}
      text={text()}
      confirm={t(isForgetting() ? "ask.forget.confirm" : "ask.remove.confirm")}
      onClose={props.onClose}
      onConfirm={async () => {
        // By the time it is done, the instance is gone.
        const removed = id() ?? "";
        await removeInstance(removed, hasVolume() && withData() ? "remove" : "keep");
        props.onRemoved(removed);
      }}
    >
      <Show when={hasVolume()}>
        <div class="mt-3 flex items-start gap-2">
          <input
            id={box}
            type="checkbox"
            checked={withData()}
            aria-describedby={`${box}-about`}
            class="mt-[3px]"
            onChange={(event) => setWithData(event.currentTarget.checked)}
          />
          <div class="min-w-0">
            <label for={box}>{t("ask.remove.volume")}</label>
            <p
              id={`${box}-about`}
              aria-live="polite"
              class={`text-sm [overflow-wrap:anywhere] ${withData() ? "text-bad" : "text-muted"}`}
            >
              {about()}
            </p>
          </div>
        </div>
      </Show>
    </ConfirmDialog>
  );
}
