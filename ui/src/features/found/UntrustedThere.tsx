/** The certificate that a typed address shows and that nobody trusts yet: to be compared before anything is sent there. */
import { t } from "../../i18n";
import { Check } from "../../ui/Check";
import type { CertificateView } from "../../wire/messages";
import { CertificateCard } from "./CertificateCard";
import { isChanged, problemOf } from "./certificate";

interface UntrustedThereProps {
  certificate: CertificateView;
  /** It is another server than the one whose certificate was trusted: that it shows another one is no surprise. */
  isElsewhere: boolean;
  isCompared: boolean;
  isDisabled: boolean;
  onCompared: (isCompared: boolean) => void;
}

export function UntrustedThere(props: UntrustedThereProps) {
  const isAnother = () => isChanged(props.certificate) && props.isElsewhere;
  const isAlarming = () => isChanged(props.certificate) && !props.isElsewhere;
  return (
    <section
      role="alert"
      class={`flex flex-col gap-2 rounded-md border border-line-strong px-3 py-2 ${isAlarming() ? "bg-bad-soft" : "bg-warn-soft"}`}
    >
      <p class="flex flex-col">
        <span class="font-medium">{isAnother() ? t("certificate.problem.another") : problemOf(props.certificate)}</span>
        <span class="text-muted">{t(isAlarming() ? "certificate.text.changed" : "certificate.text")}</span>
      </p>
      <CertificateCard certificate={props.certificate} />
      <Check
        label={t("certificate.compared")}
        checked={props.isCompared}
        disabled={props.isDisabled}
        onChange={props.onCompared}
      />
    </section>
  );
}
