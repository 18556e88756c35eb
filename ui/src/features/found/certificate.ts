/** What is said of a certificate that is not trusted. Pure: the time is given. */
import { t } from "../../i18n";
import type { CertificateView } from "../../wire/messages";

/** Whether a person trusts another one there: the loudest of all. */
export function isChanged(certificate: CertificateView): boolean {
  return certificate.problem.problem === "changed";
}

/** What is wrong with it. */
export function problemOf(certificate: CertificateView): string {
  const { problem } = certificate;
  switch (problem.problem) {
    case "unknown_issuer":
      return t(certificate.is_self_signed ? "certificate.problem.self_signed" : "certificate.problem.unknown_issuer");
    case "wrong_name":
      return t("certificate.problem.wrong_name", { name: problem.wanted });
    case "other":
      return t("certificate.problem.other", { reason: problem.reason });
    default:
      return t(`certificate.problem.${problem.problem}`);
  }
}

export interface Fact {
  name: string;
  value: string;
  /** It is one of the reasons why it is not trusted. */
  isWrong?: boolean;
  isCode?: boolean;
}

/** What it says of itself, in the order in which it is looked at. */
export function factsOf(certificate: CertificateView, now: number): Fact[] {
  const { subject, names, issuer, is_self_signed, from_ms, until_ms, fingerprint, problem } = certificate;
  const orNothing = (text: string) => text || t("certificate.nothing");
  const isAhead = from_ms !== null && from_ms > now;
  const isPast = until_ms !== null && until_ms < now;
  const from = from_ms === null ? "" : dateOf(from_ms);
  const until = until_ms === null ? "" : dateOf(until_ms);
  return [
    { name: t("certificate.for"), value: orNothing(subject) },
    { name: t("certificate.names"), value: orNothing(names.join(", ")), isWrong: problem.problem === "wrong_name" },
    {
      name: t("certificate.by"),
      value: is_self_signed ? t("certificate.by.itself") : orNothing(issuer),
      isWrong: problem.problem === "unknown_issuer",
    },
    {
      name: t("certificate.from"),
      value: isAhead ? t("certificate.from.ahead", { date: from }) : orNothing(from),
      isWrong: isAhead,
    },
    {
      name: t("certificate.until"),
      value: isPast ? t("certificate.until.past", { date: until }) : orNothing(until),
      isWrong: isPast,
    },
    { name: t("certificate.fingerprint"), value: fingerprint, isCode: true },
    ...(problem.problem === "changed"
      ? [{ name: t("certificate.trusted"), value: problem.trusted, isCode: true, isWrong: true }]
      : []),
  ];
}

function dateOf(ms: number): string {
  return new Date(ms).toLocaleDateString(undefined, { dateStyle: "medium" });
}
