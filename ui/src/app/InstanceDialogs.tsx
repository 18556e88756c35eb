/** The questions about one instance, and about all of them: whoever asks (a row, a page, the palette), it is the same question. */
import { createEffect, createMemo } from "solid-js";
import { GroupDialog } from "../features/fleet/GroupDialog";
import { AddressDialog } from "../features/found/AddressDialog";
import { StopExternalDialog } from "../features/found/StopExternalDialog";
import { UnlockForm } from "../features/found/UnlockForm";
import { NameDialog } from "../features/instance/dialogs";
import { RemoveDialog } from "../features/instance/RemoveDialog";
import { count, t } from "../i18n";
import { renameInstance, restartInstance, stopInstance } from "../model/commands";
import { stopAll } from "../model/fleet-commands";
import { isContainerOfOthers, shortId } from "../model/kinds";
import { canStop, instances } from "../model/selectors";
import { model } from "../model/store";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Dialog } from "../ui/Dialog";
import { attempt } from "../ui/notices";
import { closeDialog, type DialogName, dialog, dialogSubject, isInstanceQuestion } from "./dialogs";
import { go, place } from "./place";

export function InstanceDialogs() {
  const subject = createMemo(() => model.instances[dialogSubject() ?? ""]);
  /** The instance that this question is about, while it is open. */
  const of = (name: DialogName) => (dialog() === name ? subject() : undefined);
  createEffect(() => {
    const asked = dialog();
    // What is gone cannot be asked about, nor when it comes back.
    if (asked && isInstanceQuestion(asked) && !subject()) closeDialog();
  });
  const name = () => subject()?.name ?? "";
  /** Of a container that another program made the question says so. */
  const theirs = () => {
    const view = subject();
    return view && isContainerOfOthers(view)
      ? { name: view.name, container: view.container?.name ?? shortId(view) }
      : null;
  };
  const isRestart = () => dialog() === "restart";
  const running = () =>
    instances(model).filter(
      (one) => canStop(one) && (dialogSubject() === null || one.profile.group === dialogSubject()),
    );
  return (
    <>
      <NameDialog
        open={of("rename") !== undefined}
        title={t("ask.rename.title")}
        label={t("ask.rename.label")}
        value={name()}
        onClose={closeDialog}
        onSave={(text) => renameInstance(dialogSubject() ?? "", text)}
      />
      <GroupDialog instance={of("group")} onClose={closeDialog} />
      <RemoveDialog
        instance={of("remove")}
        onClose={closeDialog}
        onRemoved={(id) => {
          const here = place();
          if (here.kind === "instance" && here.id === id) go({ kind: "overview" });
        }}
      />
      <ConfirmDialog
        open={(of("stop") ?? of("restart")) !== undefined}
        title={t(theirs() ? "ask.stop.theirs.title" : "ask.stop.title")}
        text={theirs() ? t("ask.stop.theirs.text", theirs() ?? {}) : t("ask.stop.text", { name: name() })}
        confirm={t(isRestart() ? "ask.restart.confirm" : "ask.stop.confirm")}
        onClose={closeDialog}
        onConfirm={async () => {
          const id = dialogSubject() ?? "";
          const work = isRestart() ? restartInstance : stopInstance;
          // The question is answered; how it goes shows as the instance's state.
          attempt(() => work(id));
        }}
      />
      <ConfirmDialog
        open={dialog() === "stop-all"}
        title={dialogSubject() ? t("ask.stopAll.titleGroup", { group: dialogSubject() ?? "" }) : t("ask.stopAll.title")}
        text={count(running().length, "ask.stopAll.one", "ask.stopAll.many")}
        confirm={t("ask.stopAll.confirm")}
        onClose={closeDialog}
        onConfirm={async () => {
          const group = dialogSubject();
          attempt(() => stopAll(group));
        }}
      />
      <StopExternalDialog instance={of("stop-external")} onClose={closeDialog} />
      <Dialog
        open={of("unlock") !== undefined}
        onClose={closeDialog}
        width="520px"
        title={t("unlock.of", { name: name() })}
        description={t("unlock.text")}
      >
        <div class="mt-3">
          <UnlockForm instance={dialogSubject() ?? ""} isFirst onDone={closeDialog} />
        </div>
      </Dialog>
      <AddressDialog
        open={dialog() === "add-address"}
        onClose={closeDialog}
        onDone={(id) => go({ kind: "instance", id })}
      />
      <AddressDialog
        open={of("change-address") !== undefined}
        instance={of("change-address")}
        onClose={closeDialog}
        onDone={(id) => go({ kind: "instance", id })}
      />
    </>
  );
}
