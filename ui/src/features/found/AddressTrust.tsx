/** Which certificate is good enough at an address that is typed. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { Choice } from "../../ui/Choice";
import { TextField } from "../../ui/TextField";

/** How it is told which certificate is good enough. */
export type TrustedBy = "system" | "ca" | "pinned";

interface AddressTrustProps {
  by: TrustedBy;
  /** Path of a file with authorities. */
  file: string;
  /** The SHA-256 of the one certificate that is trusted there until now. */
  pinned: string | null;
  isDisabled: boolean;
  onBy: (by: TrustedBy) => void;
  onFile: (file: string) => void;
}

export function AddressTrust(props: AddressTrustProps) {
  const options = () => [
    { value: "system" as const, label: t("address.trust.system") },
    { value: "ca" as const, label: t("address.trust.ca") },
    ...(props.pinned ? [{ value: "pinned" as const, label: t("address.trust.pinned") }] : []),
  ];
  return (
    <>
      <Choice
        label={t("address.trust")}
        value={props.by}
        options={options()}
        hint={props.by === "pinned" ? `SHA-256 ${props.pinned}` : undefined}
        disabled={props.isDisabled}
        onChange={props.onBy}
      />
      <Show when={props.by === "ca"}>
        <TextField
          label={t("certificate.ca.field")}
          hint={t("certificate.ca.hint")}
          placeholder="/etc/ssl/ours.pem"
          value={props.file}
          readOnly={props.isDisabled}
          onInput={(event) => props.onFile(event.currentTarget.value)}
        />
      </Show>
    </>
  );
}
