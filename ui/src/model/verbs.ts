/** What a person can do with an instance as it is now, in the order of a menu, and why not. Pure. */
import type { TextKey } from "../i18n";
import type { HostView, InstanceView } from "../wire/messages";
import { isContainerOfOthers } from "./kinds";
import { canSleep, canStart, canStop, isAsleep, isAtRest, isLive, isReady, isRunning } from "./selectors";

export type Verb =
  | "newSession"
  | "unlock"
  | "start"
  | "wake"
  | "restart"
  | "stop"
  | "sleep"
  | "cancelRestart"
  | "stopExternal"
  | "shell"
  | "imageAgain"
  | "another"
  | "pin"
  | "unpin"
  | "group"
  | "rename"
  | "changeAddress"
  | "remove"
  | "forget";

/** What matters of the host: whether it opens the person's own programs. */
type Host = Pick<HostView, "opens_programs">;

export function verbsOf(instance: InstanceView, host: Host): Verb[] {
  const isOurs = instance.owner === "portal";
  const isTheirContainer = isContainerOfOthers(instance);
  const canStopTheirs = isTheirContainer && (isRunning(instance) || instance.state.state === "locked");
  const can: Record<Verb, boolean> = {
    newSession: isReady(instance),
    unlock: instance.state.state === "locked",
    start: (canStart(instance) && !isAsleep(instance)) || (isTheirContainer && isAtRest(instance)),
    wake: isOurs && isAsleep(instance),
    restart: canStop(instance) || canStopTheirs,
    stop: canStop(instance) || canStopTheirs,
    sleep: canSleep(instance),
    cancelRestart: isOurs && instance.restart !== null,
    // Only a process of this machine can be ended, and only one that is named.
    stopExternal: !isOurs && instance.pid !== null,
    shell: host.opens_programs && shellOf(instance) === "open",
    // Only before a start: what runs has the image that it has.
    imageAgain: isOurs && instance.kind === "docker" && canStart(instance),
    // A directory of another machine is chosen there.
    another: isOurs && !instance.demo && instance.kind !== "ssh",
    pin: !instance.profile.is_pinned && !instance.demo,
    unpin: instance.profile.is_pinned,
    group: !instance.demo,
    // What others call it and where they list it is theirs to say.
    rename: isOurs || isAdded(instance),
    changeAddress: isAdded(instance),
    remove: isOurs && !isLive(instance),
    forget: isAdded(instance),
  };
  return (Object.keys(can) as Verb[]).filter((verb) => can[verb]);
}

interface Refusal {
  verb: Verb;
  /** Knows the instance as `{id}`. */
  why: TextKey;
}

/** What one might look for in its menu and cannot be done with what it runs in, or from here, with the reason. */
export function refusalsOf(instance: InstanceView, host: Host): Refusal[] {
  const refusals: Refusal[] = [];
  const shell = shellOf(instance);
  if (shell === "rests") refusals.push({ verb: "shell", why: "cannot.shell.rests" });
  if (shell === "open" && !host.opens_programs) refusals.push({ verb: "shell", why: "cannot.shell.browser" });
  if (instance.kind === "remote") refusals.push({ verb: isLive(instance) ? "stop" : "start", why: "cannot.remote" });
  if (isContainerOfOthers(instance)) refusals.push({ verb: "remove", why: "cannot.container.remove" });
  if (instance.kind === "ssh" && instance.owner === "portal")
    refusals.push({ verb: "another", why: "cannot.ssh.another" });
  return refusals;
}

/** Whether a shell can be opened beside it: in its container while that runs, or on its machine. */
export function shellOf(instance: InstanceView): "open" | "rests" | "none" {
  if (instance.kind === "ssh") return instance.ssh_host === null ? "none" : "open";
  if (instance.kind !== "docker" || (instance.container === null && instance.owner !== "portal")) return "none";
  const isUp = isRunning(instance) || instance.state.state === "locked";
  return isUp && instance.container !== null ? "open" : "rests";
}

/** Whether the person added its address by hand. */
export function isAdded(instance: InstanceView): boolean {
  return instance.owner === "external" && instance.sources.includes("added");
}

/** Whether it answers anyone who can reach it. */
export function isOpen(instance: InstanceView): boolean {
  return instance.is_secured === false;
}

/** Before this, a web page could make opencode run commands (CVE-2026-22812). */
export const SAFE_SINCE = "1.0.216";

/** Whether it runs an opencode that is known to be unsafe. */
export function isUnsafe(instance: InstanceView): boolean {
  return instance.version !== null && isLive(instance) && isBefore(instance.version, SAFE_SINCE);
}

/** Whether a version comes before another. What is no version comes before nothing. */
export function isBefore(version: string, other: string): boolean {
  const [ours, theirs] = [numbersOf(version), numbersOf(other)];
  if (!ours || !theirs) return false;
  for (let i = 0; i < 3; i += 1) {
    const difference = (ours[i] ?? 0) - (theirs[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbersOf(version: string): number[] | null {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version.trim());
  return found?.slice(1).map(Number) ?? null;
}
