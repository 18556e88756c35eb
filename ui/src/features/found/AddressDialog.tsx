/** Adds a server by its address, or changes the address of one that was added. What shows a certificate that nobody trusts is added only once a person does. */
import { batch, createEffect, createSignal, on, Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { addAddress, addedAddress, changeAddress, checkAddress } from "../../model/fleet-commands";
import { Button } from "../../ui/Button";
import { Check } from "../../ui/Check";
import { comesIntoView } from "../../ui/comes-into-view";
import { Dialog } from "../../ui/Dialog";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { AddedAddressView, CertificateTrust, CertificateView, InstanceView } from "../../wire/messages";
import { AddressTrust, type TrustedBy } from "./AddressTrust";
import { isEncrypted, isHere, isSameServer, takenApart } from "./address";
import { KeepQuestion } from "./KeepQuestion";
import { createKeeping } from "./keeping";
import { UntrustedThere } from "./UntrustedThere";

interface AddressDialogProps {
  open: boolean;
  /** Whose address is changed; none: one is added. */
  instance?: InstanceView | undefined;
  onClose: () => void;
  /** The instance that answers there. */
  onDone: (instance: string) => void;
}

export function AddressDialog(props: AddressDialogProps) {
  const [url, setUrl] = createSignal("");
  const [name, setName] = createSignal("");
  const [user, setUser] = createSignal("");
  const [password, setPassword] = createSignal("");
  const [isKept, setKept] = createSignal(true);
  const [by, setBy] = createSignal<TrustedBy>("system");
  const [file, setFile] = createSignal("");
  /** What is on the list until now. */
  const [before, setBefore] = createSignal<AddedAddressView | null>(null);
  const [untrusted, setUntrusted] = createSignal<CertificateView | null>(null);
  const [isCompared, setCompared] = createSignal(false);
  const [isAccepted, setAccepted] = createSignal(false);
  const isOverheard = () => !!url().trim() && !isEncrypted(url()) && !isHere(url());
  /** Whether a password goes there: this one, or one from before. */
  const isSecret = () => !!password() || !!before()?.user || (!!before() && props.instance?.is_secured === true);
  const passwordBefore = () => {
    if (!before()) return "address.noPassword";
    if (before()?.user) return "address.password.before";
    // One that is not kept is dropped for a way where it can be read.
    const isSecured = props.instance?.is_secured ?? null;
    if (isSecured === false || props.instance?.state.state === "locked") return "address.noPassword";
    if (isOverheard()) return isSecured ? "address.password.again" : "address.noPassword";
    return isSecured ? "address.password.before" : "address.password.perhaps";
  };
  const isToTypeAgain = () => passwordBefore() === "address.password.again" && !password();
  const asksToAccept = () => isOverheard() && isSecret();
  const pinned = () => {
    const known = before()?.trust;
    return known?.trust === "pinned" ? known.fingerprint : null;
  };
  const trust = (): CertificateTrust | null => {
    const looked = untrusted();
    if (looked) return { trust: "pinned", fingerprint: looked.fingerprint };
    if (!isEncrypted(url())) return null;
    if (by() === "ca") return { trust: "ca", file: file().trim() };
    const known = pinned();
    if (by() === "pinned" && known) return { trust: "pinned", fingerprint: known };
    // What is added anew is trusted as before.
    return before() ? { trust: "system" } : null;
  };
  const keeping = createKeeping(async (keep, isStill) => {
    const request = { url: url().trim(), trust: trust() };
    if (isEncrypted(url())) {
      const { found } = await checkAddress(request);
      if (!isStill()) return;
      if (found.found === "untrusted") {
        // Also if it shows yet another one than the one that was looked at.
        setUntrusted(found.certificate);
        setCompared(false);
        return;
      }
    }
    const login = {
      user: user().trim() || null,
      password: password() || null,
      keep,
      overhearing_accepted: isAccepted(),
    };
    const instance = props.instance
      ? await changeAddress({ ...request, ...login, instance: props.instance.id })
      : await addAddress({ ...request, ...login, name: name().trim() || null });
    if (!isStill()) return;
    props.onClose();
    props.onDone(instance);
  });
  /** What was looked at, or still is, is of another address. */
  const forget = () => {
    setUntrusted(null);
    setCompared(false);
    keeping.abandon();
  };
  const isBusy = keeping.isSending;
  /** A user and a password that were written into the address have fields of their own. */
  const takeApart = () => {
    const parts = takenApart(url());
    if (!parts) return;
    batch(() => {
      setUrl(parts.url);
      if (parts.user) setUser(parts.user);
      if (parts.password) setPassword(parts.password);
    });
  };
  const fill = (known: AddedAddressView) => {
    setBefore(known);
    setUrl(known.url);
    setUser(known.user ?? "");
    setBy(known.trust.trust);
    if (known.trust.trust === "ca") setFile(known.trust.file);
  };
  createEffect(
    on(
      () => props.open && (props.instance?.id ?? "new"),
      (subject) => {
        for (const clear of [setUrl, setName, setUser, setPassword, setFile]) clear("");
        setBefore(null);
        setBy("system");
        setAccepted(false);
        forget();
        if (!subject || subject === "new") return;
        const isStill = () => props.open && props.instance?.id === subject;
        addedAddress(subject).then(
          (known) => isStill() && fill(known),
          (error) => isStill() && keeping.fail(error),
        );
      },
    ),
  );
  /** A user's name is for a password, and none is typed or kept. */
  const isUserAlone = () => !!user().trim() && !password() && !before()?.user;
  const canAdd = () =>
    !!url().trim() &&
    (!props.instance || !!before()) &&
    !isUserAlone() &&
    (!untrusted() || isCompared()) &&
    (!asksToAccept() || isAccepted()) &&
    (!isEncrypted(url()) || by() !== "ca" || !!file().trim());
  const add = () => {
    takeApart();
    if (canAdd()) void keeping.send(password() && isKept() ? "keyring" : "no");
  };
  const verb = () => {
    if (props.instance) return t(untrusted() ? "address.trustAndChange" : "address.change");
    return t(untrusted() ? "address.trustAndAdd" : "address.add");
  };
  /** What is wrong with the address stands under its field. */
  const problem = () => {
    const failed = keeping.failure();
    // With a file it may be about that.
    const isOfFile = isEncrypted(url()) && by() === "ca";
    return failed?.code === "invalid" && !isOfFile ? failed : null;
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.instance ? t("address.change.title", { name: props.instance.name }) : t("address.title")}
      description={t(props.instance ? "address.change.text" : "address.text")}
      width="520px"
      actions={
        <>
          <Button onClick={() => props.onClose()}>{t("app.cancel")}</Button>
          <Button variant="primary" busy={keeping.isSending()} disabled={!canAdd()} onClick={add}>
            {verb()}
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
          readOnly={isBusy()}
          autofocus
          onChange={takeApart}
          onInput={(event) => {
            setUrl(event.currentTarget.value);
            setAccepted(false);
            forget();
          }}
        />
        <Show when={untrusted()}>
          {(certificate) => (
            <UntrustedThere
              certificate={certificate()}
              isElsewhere={!isSameServer(url(), before()?.url ?? "")}
              isCompared={isCompared()}
              isDisabled={isBusy()}
              onCompared={setCompared}
            />
          )}
        </Show>
        <Show when={!props.instance}>
          <TextField
            label={t("address.name")}
            hint={t("address.name.hint")}
            value={name()}
            readOnly={isBusy()}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Show>
        <div class="grid grid-cols-2 gap-3">
          <TextField
            label={t("unlock.user")}
            placeholder="opencode"
            value={user()}
            readOnly={isBusy()}
            error={isUserAlone() ? t("address.user.alone") : undefined}
            onInput={(event) => setUser(event.currentTarget.value)}
          />
          <TextField
            label={t("unlock.password")}
            type="password"
            placeholder={t(passwordBefore())}
            {...(isToTypeAgain() ? { warning: t("address.password.again.hint") } : {})}
            value={password()}
            readOnly={isBusy()}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </div>
        <Show when={asksToAccept()}>
          {/* Without it nothing can be added, so it is seen in a small window, too. */}
          <div ref={comesIntoView} role="alert" class="flex flex-col gap-1 text-sm text-warn">
            {t("overheard.password")}
            <Check label={t("overheard.accept")} checked={isAccepted()} disabled={isBusy()} onChange={setAccepted} />
          </div>
        </Show>
        <Show when={password()}>
          <Check label={t("unlock.keep")} checked={isKept()} disabled={isBusy()} onChange={setKept} />
        </Show>
        <Show when={isEncrypted(url())}>
          <AddressTrust
            by={by()}
            file={file()}
            pinned={pinned()}
            isDisabled={isBusy()}
            onBy={(value) => {
              setBy(value);
              forget();
            }}
            onFile={(value) => {
              setFile(value);
              forget();
            }}
          />
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
