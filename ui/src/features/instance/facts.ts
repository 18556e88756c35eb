/** What is known of an instance, as facts in words. Pure, given the time. */
import { t } from "../../i18n";
import { bytes, duration, percent } from "../../lib/format";
import { markOf } from "../../model/marks";
import { instanceWord } from "../../model/selectors";
import { shellOf } from "../../model/verbs";
import type { CertificateTrust, ContainerView, InstanceView } from "../../wire/messages";

export interface Fact {
  label: string;
  value: string;
  /** A code or path: fixed width, and worth copying. */
  isCode?: boolean;
  /** What is copied, where the value is shortened. */
  copied?: string;
  /** In full, where the value is shortened or relative. */
  title?: string;
  /** Better known. */
  isWarning?: boolean;
}

export interface FactGroup {
  title: string;
  facts: Fact[];
}

const given = (list: (Fact | false)[]): Fact[] => list.filter((fact) => fact !== false);

function factsOfContainer(container: ContainerView): Fact[] {
  return given([
    container.name !== null && { label: t("instance.fact.container"), value: container.name, isCode: true },
    {
      label: t("instance.fact.containerId"),
      value: container.id.slice(0, 12),
      copied: container.id,
      title: container.id,
      isCode: true,
    },
    container.image !== null && { label: t("instance.fact.image"), value: container.image, isCode: true },
    { label: t("instance.fact.engine"), value: container.engine, isCode: true },
    container.volume !== null && { label: t("instance.fact.volume"), value: container.volume, isCode: true },
  ]);
}

function trustInWords(trust: CertificateTrust): string {
  if (trust.trust === "ca") return t("instance.trust.ca", { file: trust.file });
  return trust.trust === "pinned"
    ? t("instance.trust.pinned", { fingerprint: trust.fingerprint })
    : t("instance.trust.system");
}

export function factsOf(view: InstanceView, now: number): FactGroup[] {
  const address = view.way.url;
  return [
    {
      title: t("instance.facts.reach"),
      facts: given([
        view.ssh_host !== null && { label: t("instance.fact.machine"), value: view.ssh_host, isCode: true },
        { label: t("instance.fact.directory"), value: view.directory, isCode: true },
        address !== null && { label: t("instance.fact.address"), value: address, isCode: true },
        view.way.trust !== null && { label: t("instance.fact.trust"), value: trustInWords(view.way.trust) },
        view.attach_command !== null && {
          label: t("instance.fact.attach"),
          value: view.attach_command,
          isCode: true,
        },
        shellOf(view) === "open" && {
          label: t("instance.fact.shell"),
          value: `portal shell ${view.id}`,
          isCode: true,
        },
        view.is_secured !== null && {
          label: t("instance.fact.secured"),
          value: t(view.is_secured ? "instance.secured" : "instance.open"),
          isWarning: !view.is_secured,
        },
      ]),
    },
    ...(view.container ? [{ title: t("instance.facts.container"), facts: factsOfContainer(view.container) }] : []),
    {
      title: t("instance.facts.process"),
      facts: given([
        { label: t("instance.fact.state"), value: markOf(instanceWord(view)).word },
        view.version !== null && { label: t("instance.fact.version"), value: view.version, isCode: true },
        view.pid !== null && { label: t("instance.fact.pid"), value: String(view.pid), isCode: true },
        view.port !== null && { label: t("instance.fact.port"), value: String(view.port), isCode: true },
        view.started_at_ms !== null && {
          label: t("instance.fact.started"),
          value: t("instance.startedAgo", { time: duration(now - view.started_at_ms) }),
          title: new Date(view.started_at_ms).toLocaleString(),
        },
        view.memory_bytes !== null && { label: t("instance.fact.memory"), value: bytes(view.memory_bytes) },
        view.cpu_percent !== null && { label: t("instance.fact.cpu"), value: percent(view.cpu_percent) },
        view.last_end !== null && { label: t("instance.fact.lastEnd"), value: view.last_end, isWarning: true },
        view.log_path !== null && { label: t("instance.fact.log"), value: view.log_path, isCode: true },
      ]),
    },
    {
      title: t("instance.facts.origin"),
      facts: given([
        { label: t("instance.fact.owner"), value: t(`instance.owner.${view.owner}`) },
        { label: t("instance.fact.kind"), value: t(`instance.kind.${view.kind}`) },
        { label: t("instance.fact.role"), value: t(`instance.role.${view.role}`) },
        view.sources.length > 0 && {
          label: t("instance.fact.sources"),
          value: view.sources.map((source) => t(`instance.source.${source}`)).join(", "),
        },
        view.command !== null && { label: t("instance.fact.command"), value: view.command, isCode: true },
        { label: t("instance.fact.id"), value: view.id, isCode: true },
      ]),
    },
  ];
}
