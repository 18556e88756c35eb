/** What instances run in, in words and as an icon, and where that is. Pure. */
import { t } from "../i18n";
import { shortPath } from "../lib/format";
import type { IconName } from "../ui/icons";
import type { InstanceView, KindView, PlaceView } from "../wire/messages";

/** A kind of place that an instance of ours can be started in. */
export type PlaceKind = PlaceView["in"];

const ICON: Record<KindView, IconName> = {
  process: "monitor",
  docker: "container",
  ssh: "server",
  remote: "globe",
};

export interface KindMark {
  icon: IconName;
  /** What it runs in, in few words. */
  word: string;
}

export function kindMark(view: InstanceView): KindMark {
  const icon = ICON[view.kind];
  if (view.kind === "ssh") return { icon, word: t("kind.ssh", { host: view.ssh_host ?? view.host }) };
  return { icon, word: t(`kind.${view.kind}`) };
}

/** The directory here, the directory on its machine, or the address elsewhere. */
export function whereOf(view: InstanceView, home: string): string {
  if (view.kind === "remote") return view.way.url?.replace(/^https?:\/\//, "").replace(/\/$/, "") ?? view.host;
  if (view.kind === "ssh") return `${view.ssh_host ?? view.host}:${view.directory}`;
  return shortPath(view.directory, home);
}

/** The id of its container, as engines shorten it. */
export function shortId(view: InstanceView): string {
  return view.container?.id.slice(0, 12) ?? "";
}

/** Whether its directory is one of this machine. */
export function isHere(view: InstanceView): boolean {
  return view.kind === "process" || view.kind === "docker";
}

/** Whether somebody else made the container that it runs in: anybody with the engine may start and stop that. */
export function isContainerOfOthers(view: InstanceView): boolean {
  return view.owner === "external" && view.kind === "docker" && view.container !== null;
}
