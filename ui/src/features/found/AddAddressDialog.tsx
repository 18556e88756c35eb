/** Adds a server by its address. What shows a certificate that nobody trusts is added only once a person does. */
import { createEffect, createSignal, on, Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { addAddress, checkAddress } from "../../model/fleet-commands";
import { Button } from "../../ui/Button";
import { Check } from "../../ui/Check";
import { Choice } from "../../ui/Choice";
import { Dialog } from "../../ui/Dialog";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { CertificateTrust, CertificateView } from "../../wire/messages";
import { isEncrypted, isHere } from "./address";
import { CertificateCard } from "./CertificateCard";
import { problemOf } from "./certificate";
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
  const [by, setBy] = createSignal<"system" | "ca">("system");
  const [file, setFile] = createSignal("");
  const [untrusted, setUntrusted] = createSignal<CertificateView | null>(null);
  const [isCompared, setCompared] = createSignal(false);
  const [isAccepted, setAccepted] = createSignal(false);
  const isOverheard = () => !!url().trim() && !isEncrypted(url()) && !isHere(url());
  const asksToAccept = () => isOverheard() && !!password();
  const trust = (): CertificateTrust | null => {
    const looked = untrusted();
    if (looked) return { trust: "pinned", fingerprint: looked.fingerprint };
    if (!isEncrypted(url())) return null;
    return by() === "ca" ? { trust: "ca", file: file().trim() } : null;
  };
  const keeping = createKeeping(async (keep) => {
    const request = { url: url().trim(), trust: trust() };
    if (isEncrypted(url())) {
      const { found } = await checkAddress(request);
      if (found.found === "untrusted") {
        // Also if it shows yet another one than the one that was looked at.
        setUntrusted(found.certificate);
        setCompared(false);
        return;
      }
    }
    const instance = await addAddress({
      ...request,
      name: name().trim() || null,
      user: user().trim() || null,
      password: password() || null,
      keep,
      overhearing_accepted: isAccepted(),
    });
    props.onClose();
    props.onAdded(instance);
  });
  /** What was looked at is of another address. */
  const forget = () => {
    setUntrusted(null);
    setCompared(false);
    keeping.reset();
  };
  createEffect(
    on(
      () => props.open,
      () => {
        for (const clear of [setUrl, setName, setUser, setPassword, setFile]) clear("");
        setBy("system");
        setAccepted(false);
        forget();
      },
    ),
  );
  const canAdd = () =>
    !!url().trim() &&
    (!untrusted() || isCompared()) &&
    (!asksToAccept() || isAccepted()) &&
    (!isEncrypted(url()) || by() === "system" || !!file().trim());
  const add = () => {
    if (canAdd()) void keeping.send(password() && isKept() ? "keyring" : "no");
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
      width="520px"
      actions={
        <>
          <Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>
          <Button variant="primary" busy={keeping.isSending()} disabled={!canAdd()} onClick={add}>
            {t(untrusted() ? "address.trustAndAdd" : "address.add")}
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
          placeholder="https://build.example/opencode"
          {...(isOverheard() ? { warning: t("address.url.plain") } : { hint: t("address.url.hint") })}
          error={problem() ? quoted([problem()?.message, problem()?.hint].filter(Boolean).join(". ")) : undefined}
          value={url()}
          autofocus
          onInput={(event) => {
            setUrl(event.currentTarget.value);
            setAccepted(false);
            forget();
          }}
        />
        <Show when={untrusted()}>
          {(certificate) => (
            <section
              role="alert"
              class="flex flex-col gap-2 rounded-md border border-line-strong bg-warn-soft px-3 py-2"
            >
              <p class="flex flex-col">
                <span class="font-medium">{problemOf(certificate())}</span>
                <span class="text-muted">{t("certificate.text")}</span>
              </p>
              <CertificateCard certificate={certificate()} />
              <Check label={t("certificate.compared")} checked={isCompared()} onChange={setCompared} />
            </section>
          )}
        </Show>
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
        <Show when={asksToAccept()}>
          {/* Without it nothing can be added, so it is seen in a small window, too. */}
          <div ref={comesIntoView} role="alert" class="flex flex-col gap-1 text-sm text-warn">
            {t("overheard.password")}
            <Check label={t("overheard.accept")} checked={isAccepted()} onChange={setAccepted} />
          </div>
        </Show>
        <Show when={password()}>
          <Check label={t("unlock.keep")} checked={isKept()} onChange={setKept} />
        </Show>
        <Show when={isEncrypted(url())}>
          <Choice
            label={t("address.trust")}
            value={by()}
            options={[
              { value: "system", label: t("address.trust.system") },
              { value: "ca", label: t("address.trust.ca") },
            ]}
            onChange={(value) => {
              setBy(value);
              forget();
            }}
          />
          <Show when={by() === "ca"}>
            <TextField
              label={t("certificate.ca.field")}
              hint={t("certificate.ca.hint")}
              placeholder="/etc/ssl/ours.pem"
              value={file()}
              onInput={(event) => {
                setFile(event.currentTarget.value);
                forget();
              }}
            />
          </Show>
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

/** Once it has its place. */
function comesIntoView(element: HTMLElement) {
  queueMicrotask(() => element.scrollIntoView({ block: "nearest" }));
}
