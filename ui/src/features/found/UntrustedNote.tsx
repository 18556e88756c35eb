/** An instance whose certificate is not trusted: what it shows, and how to trust it deliberately. */
import { createEffect, createSignal, on, Show } from "solid-js";
import { asFailure, type BackendFailure } from "../../backend/failure";
import { t } from "../../i18n";
import { trustCertificate } from "../../model/fleet-commands";
import { Button } from "../../ui/Button";
import { Check } from "../../ui/Check";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { CertificateTrust, CertificateView } from "../../wire/messages";
import { CertificateCard } from "./CertificateCard";
import { isChanged, problemOf } from "./certificate";

export function UntrustedNote(props: { instance: string; certificate: CertificateView }) {
  const [isCompared, setCompared] = createSignal(false);
  const [isAskingFile, setAskingFile] = createSignal(false);
  const [file, setFile] = createSignal("");
  const [isSending, setSending] = createSignal(false);
  const [failure, setFailure] = createSignal<BackendFailure | null>(null);
  // What was compared was the one before.
  createEffect(
    on(
      () => props.certificate.fingerprint,
      () => {
        setCompared(false);
        setFailure(null);
      },
      { defer: true },
    ),
  );
  const trust = async (what: CertificateTrust) => {
    if (isSending()) return;
    setSending(true);
    setFailure(null);
    try {
      await trustCertificate(props.instance, what);
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <div class="flex min-w-0 max-w-3xl grow flex-col gap-2">
      <p class="flex flex-col">
        <span class="font-medium">{problemOf(props.certificate)}</span>
        <span class="text-muted">
          {t(isChanged(props.certificate) ? "certificate.text.changed" : "certificate.text")}
        </span>
      </p>
      <CertificateCard certificate={props.certificate} />
      <Show
        when={isAskingFile()}
        fallback={
          <>
            <Check label={t("certificate.compared")} checked={isCompared()} onChange={setCompared} />
            <div class="flex flex-wrap gap-2">
              <Button
                icon="shield-alert"
                busy={isSending()}
                disabled={!isCompared()}
                onClick={() => void trust({ trust: "pinned", fingerprint: props.certificate.fingerprint })}
              >
                {t("certificate.trust")}
              </Button>
              <Button onClick={() => setAskingFile(true)}>{t("certificate.ca")}</Button>
            </div>
          </>
        }
      >
        <form
          class="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (file().trim()) void trust({ trust: "ca", file: file().trim() });
          }}
        >
          <TextField
            label={t("certificate.ca.field")}
            hint={t("certificate.ca.hint")}
            placeholder="/etc/ssl/ours.pem"
            value={file()}
            autofocus
            onInput={(event) => setFile(event.currentTarget.value)}
          />
          <div class="flex flex-wrap gap-2">
            <Button type="submit" busy={isSending()} disabled={!file().trim()}>
              {t("certificate.ca.use")}
            </Button>
            <Button onClick={() => setAskingFile(false)}>{t("app.cancel")}</Button>
          </div>
        </form>
      </Show>
      <FailureNote failure={failure()} />
    </div>
  );
}
