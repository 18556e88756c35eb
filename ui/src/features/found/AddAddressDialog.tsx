/** Adds a server by its address. */
import { createEffect, createSignal, on, Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { addAddress } from "../../model/fleet-commands";
import { Button } from "../../ui/Button";
import { Check } from "../../ui/Check";
import { Dialog } from "../../ui/Dialog";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import { KeepQuestion } from "./KeepQuestion";
import { createKeeping } from "./keeping";

interface AddAddressDialogProps {
  open: boolean;
  onClose: () => void;
  onAdded: (instance: string) => void;
}

export function AddAddressDialog(props: AddAddressDialogProps) {
  const [url, setUrl] = createSignal("");
  const [name, setName] = createSignal("");
  const [user, setUser] = createSignal("");
  const [password, setPassword] = createSignal("");
  const [isKept, setKept] = createSignal(true);
  const keeping = createKeeping(async (keep) => {
    const instance = await addAddress({
      url: url().trim(),
      name: name().trim() || null,
      user: user().trim() || null,
      password: password() || null,
      keep,
    });
    props.onClose();
    props.onAdded(instance);
  });
  createEffect(
    on(
      () => props.open,
      () => {
        for (const clear of [setUrl, setName, setUser, setPassword]) clear("");
        keeping.reset();
      },
    ),
  );
  const add = () => {
    if (url().trim()) void keeping.send(password() && isKept() ? "keyring" : "no");
  };
  /** What is wrong with the address stands under its field. */
  const problem = () => {
    const failed = keeping.failure();
    return failed?.code === "invalid" ? failed : null;
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("address.title")}
      description={t("address.text")}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>
          <Button variant="primary" busy={keeping.isSending()} disabled={!url().trim()} onClick={add}>
            {t("address.add")}
          </Button>
        </>
      }
    >
      <form
        class="mt-3 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <TextField
          label={t("address.url")}
          placeholder="http://127.0.0.1:4096"
          hint={/^http:\/\//i.test(url().trim()) && !isHere(url()) ? undefined : t("address.url.hint")}
          warning={/^http:\/\//i.test(url().trim()) && !isHere(url()) ? t("address.url.plain") : undefined}
          error={problem() ? quoted([problem()?.message, problem()?.hint].filter(Boolean).join(". ")) : undefined}
          value={url()}
          autofocus
          onInput={(event) => {
            setUrl(event.currentTarget.value);
            keeping.reset();
          }}
        />
        <TextField
          label={t("address.name")}
          hint={t("address.name.hint")}
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class="grid grid-cols-2 gap-3">
          <TextField
            label={t("unlock.user")}
            placeholder="opencode"
            value={user()}
            onInput={(event) => setUser(event.currentTarget.value)}
          />
          <TextField
            label={t("unlock.password")}
            type="password"
            placeholder={t("address.noPassword")}
            value={password()}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </div>
        <Show when={password()}>
          <Check label={t("unlock.keep")} checked={isKept()} onChange={setKept} />
        </Show>
        <Show when={keeping.asksWhere()}>
          <KeepQuestion keeping={keeping} />
        </Show>
        <FailureNote failure={!problem() && keeping.failure()} />
        {/* Enter in a field adds. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** Whether the address is of this machine, where nobody listens in. */
function isHere(url: string): boolean {
  return /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/i.test(url.trim());
}
