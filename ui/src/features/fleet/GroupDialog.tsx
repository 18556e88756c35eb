/** In which group of the list an instance is: an existing one, a new one, or none. */
import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js";
import { t } from "../../i18n";
import { changeProfile } from "../../model/fleet-commands";
import { ownGroups } from "../../model/selectors";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { InstanceView } from "../../wire/messages";

interface GroupDialogProps {
  /** None: it is not open. */
  instance: InstanceView | undefined;
  onClose: () => void;
}

export function GroupDialog(props: GroupDialogProps) {
  const [text, setText] = createSignal("");
  const [failure, setFailure] = createSignal<unknown>(null);
  // The instance itself changes all the time.
  const id = createMemo(() => props.instance?.id);
  createEffect(
    on(id, () => {
      setText("");
      setFailure(null);
    }),
  );
  const move = async (group: string | null) => {
    const { instance } = props;
    if (!instance) return;
    try {
      await changeProfile({ ...instance }, { group });
      props.onClose();
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <Dialog
      open={props.instance !== undefined}
      onClose={props.onClose}
      title={t("ask.group.title", { name: props.instance?.name ?? "" })}
      actions={<Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>}
    >
      <ul class="mt-2 flex flex-col">
        <For each={ownGroups(model)}>
          {(group) => (
            <Line label={group} isChosen={props.instance?.profile.group === group} onChoose={() => void move(group)} />
          )}
        </For>
        <Line
          label={t("fleet.group.none")}
          isChosen={props.instance?.profile.group === null}
          onChoose={() => void move(null)}
        />
      </ul>
      <form
        class="mt-3 flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (text().trim()) void move(text().trim());
        }}
      >
        <div class="grow">
          <TextField
            label={t("fleet.group.new")}
            value={text()}
            autofocus
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
        <Button type="submit" variant="primary" class="!h-8" disabled={!text().trim()}>
          {t("fleet.group.create")}
        </Button>
      </form>
      <FailureNote failure={failure()} class="mt-3" />
    </Dialog>
  );
}

function Line(props: { label: string; isChosen: boolean; onChoose: () => void }) {
  return (
    <li>
      <button
        type="button"
        aria-pressed={props.isChosen}
        onClick={() => props.onChoose()}
        class="flex h-8 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-hover"
      >
        <span class="inline-flex w-4 justify-center text-accent">
          <Show when={props.isChosen}>
            <Icon name="check" />
          </Show>
        </span>
        <span class="min-w-0 truncate">{props.label}</span>
      </button>
    </li>
  );
}
