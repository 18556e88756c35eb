/** What is wrong with a place before it is sent, and what is worth a warning. Pure; the core has the last word on folders. */
import { t } from "../../i18n";
import type { DockerPlaceView, MountView, PlaceView, SshPlaceView } from "../../wire/messages";

export type PlaceField =
  | "engine"
  | "image"
  | "memory_mib"
  | "cpu_percent"
  | "pids"
  | "network"
  | "mounts"
  | "user"
  | "passes_variables"
  | "host";

export type PlaceNotes = Partial<Record<PlaceField, string>>;

/** The core keeps these as 32 bits. */
const MOST = 4_294_967_295;
/** opencode alone takes about this much. */
const ENOUGH_MIB = 512;
const ENOUGH_PIDS = 64;

/** Folders that no container of ours gets, whatever is in them. The core looks closer, through links, too. */
const NEVER = ["/", "~", "/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/root", "/sbin", "/sys", "/usr", "/var"];
const SECRET = ["~/.ssh", "~/.gnupg", "~/.aws", "~/.kube", "~/.docker", "~/.config/gcloud", "~/.password-store"];

/** What must be put right before the place can be kept, by field. */
export function placeProblems(place: PlaceView): PlaceNotes {
  if (place.in === "docker") return dockerProblems(place);
  return place.in === "ssh" ? sshProblems(place) : {};
}

/** What is possible, but better known before. */
export function placeWarnings(place: PlaceView): PlaceNotes {
  if (place.in !== "docker") return {};
  const { network, user, memory_mib, pids } = place;
  return given({
    network: network.network === "off" ? t("place.network.offWarning") : null,
    user: /^0+(:|$)/.test(user?.trim() ?? "") ? t("place.user.root") : null,
    memory_mib: memory_mib !== null && memory_mib < ENOUGH_MIB ? t("place.memory.little") : null,
    pids: pids !== null && pids < ENOUGH_PIDS ? t("place.pids.little") : null,
    mounts: place.mounts.some((mount) => mount.is_writable) ? t("place.mounts.writable") : null,
  });
}

function dockerProblems(place: DockerPlaceView): PlaceNotes {
  const { image, network, user } = place;
  return given({
    engine: place.engine?.trim() === "" ? t("place.engine.none") : null,
    image: image === null ? null : imageProblem(image.trim()),
    memory_mib: isWithin(place.memory_mib, 6) ? null : t("place.memory.wrong"),
    cpu_percent: isWithin(place.cpu_percent, 1) ? null : t("place.cpus.wrong"),
    pids: isWithin(place.pids, 1) ? null : t("place.pids.wrong"),
    network: network.network === "named" ? networkProblem(network.name.trim()) : null,
    user: user === null || /^(\d{1,10}:\d{1,10})?$/.test(user.trim()) ? null : t("place.user.wrong"),
    mounts: mountsProblem(place.mounts),
    passes_variables: variablesProblem(place.passes_variables),
  });
}

function sshProblems({ host }: SshPlaceView): PlaceNotes {
  const name = host.trim();
  if (!name) return { host: t("place.host.none") };
  // What begins with a dash would be an option of ssh.
  return /^-|\s|:\/\//.test(name) ? { host: t("place.host.wrong") } : {};
}

/** What is wrong with a directory of another machine, as typed; nothing typed is nothing wrong yet. */
export function remoteDirectoryProblem(text: string): string | null {
  const path = text.trim();
  return path === "" || /^(\/|~(\/|$))/.test(path) ? null : t("place.there.wrong");
}

function imageProblem(image: string): string | null {
  if (!image) return t("place.image.none");
  return /^[a-zA-Z0-9][\w./:@-]*$/.test(image) ? null : t("place.image.wrong", { image });
}

function mountsProblem(mounts: readonly MountView[]): string | null {
  const inside = new Set<string>();
  for (const mount of mounts) {
    const path = withoutEnd(mount.path.trim());
    const target = withoutEnd(mount.target?.trim() || path);
    if (!path) return t("place.mounts.none");
    if (!/^[/~]/.test(path)) return t("place.mounts.relative", { path });
    if (NEVER.includes(path) || /^\/(proc|sys|dev)\//.test(path)) return t("place.mounts.system", { path });
    if (/(^|\/)docker\.sock$/.test(path)) return t("place.mounts.socket", { path });
    const secret = SECRET.find((one) => path === one || path.startsWith(`${one}/`));
    if (secret) return t("place.mounts.secret", { path });
    if (mount.target?.trim() && !target.startsWith("/")) return t("place.mounts.target", { target });
    if (inside.has(target)) return t("place.mounts.twice", { target });
    inside.add(target);
  }
  return null;
}

function networkProblem(name: string): string | null {
  if (!name) return t("place.network.noName");
  return name === "host" ? t("place.network.host") : null;
}

function variablesProblem(names: readonly string[]): string | null {
  const wrong = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (wrong !== undefined) return t("place.variables.wrong", { name: wrong });
  // The core says why of each.
  const own = names.find((name) => /^(HOME|PATH|TMPDIR|SSH_AUTH_SOCK|XDG_.*_HOME)$/.test(name));
  return own === undefined ? null : t("place.variables.own", { name: own });
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") || "/" : path;
}

function isWithin(value: number | null, least: number): boolean {
  return value === null || (Number.isInteger(value) && value >= least && value <= MOST);
}

function given(notes: Record<string, string | null>): PlaceNotes {
  return Object.fromEntries(Object.entries(notes).filter(([, note]) => note !== null));
}
