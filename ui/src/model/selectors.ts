/** Questions to the model. Functions of the model only, so that they can be tested without a window. */
import type { InstanceView, PlaceView, RequestView, SessionView } from "../wire/messages";
import { isHere } from "./kinds";
import { type Model, sessionKey } from "./state";

/** The one word for what an instance or a session is up to; each has one colour and one shape. */
export type StateWord =
  | "stopped"
  | "starting"
  | "idle"
  | "busy"
  | "waiting"
  | "stopping"
  | "asleep"
  | "degraded"
  | "locked"
  | "unreachable"
  | "crashed"
  | "unknown"
  | "retry"
  | "failed";

export function instanceWord(instance: InstanceView): StateWord {
  return instance.state.state === "ready" ? instance.state.activity : instance.state.state;
}

export function sessionWord(session: SessionView): StateWord {
  if (session.waiting > 0) return "waiting";
  if (session.status.status === "retry") return "retry";
  if (session.status.status === "busy") return "busy";
  return session.failure ? "failed" : "idle";
}

/** Whether the instance answers or is about to. */
export function isLive(instance: InstanceView): boolean {
  const { state } = instance.state;
  return (
    state === "ready" || state === "starting" || state === "degraded" || state === "stopping" || state === "locked"
  );
}

/** Whether the instance is up, even where it does not answer just now. */
export function isRunning(instance: InstanceView): boolean {
  const { state } = instance.state;
  return state === "ready" || state === "degraded";
}

/** Whether it is known that no server runs. */
export function isAtRest(instance: InstanceView): boolean {
  const { state } = instance.state;
  return state === "stopped" || state === "asleep" || state === "crashed";
}

export function isReady(instance: InstanceView | undefined): boolean {
  return instance?.state.state === "ready";
}

export function canStart(instance: InstanceView): boolean {
  const { state } = instance.state;
  return instance.owner === "portal" && (state === "stopped" || state === "asleep" || state === "crashed");
}

export function canStop(instance: InstanceView): boolean {
  const { state } = instance.state;
  return instance.owner === "portal" && (state === "ready" || state === "starting" || state === "degraded");
}

/** Whether it is one of ours that ended by itself. */
export function isFailed(instance: InstanceView): boolean {
  return instance.owner === "portal" && instance.state.state === "crashed";
}

/** A busy or waiting one is refused by the core, with the reason. The tour does not sleep. */
export function canSleep(instance: InstanceView): boolean {
  return (
    instance.owner === "portal" &&
    !instance.demo &&
    instance.state.state === "ready" &&
    instance.state.activity === "idle"
  );
}

export function isAsleep(instance: InstanceView | undefined): boolean {
  return instance?.state.state === "asleep";
}

export function instances(model: Model): InstanceView[] {
  return model.instanceOrder.flatMap((id) => model.instances[id] ?? []);
}

/** `own` is one that the person made. */
export type GroupName = "pinned" | "own" | "running" | "unknown" | "resting" | "elsewhere";

export interface Group {
  name: GroupName;
  /** What the person calls it, for `own`. */
  title: string | null;
  instances: InstanceView[];
}

/** The fleet in its groups, without the empty ones: pinned, the person's own by name, then by what it does. */
export function groups(list: readonly InstanceView[]): Group[] {
  const byName: Record<Exclude<GroupName, "own">, InstanceView[]> = {
    pinned: [],
    running: [],
    unknown: [],
    resting: [],
    elsewhere: [],
  };
  const own = new Map<string, InstanceView[]>();
  for (const instance of list) {
    const { is_pinned, group } = instance.profile;
    if (is_pinned) byName.pinned.push(instance);
    else if (group !== null) own.set(group, [...(own.get(group) ?? []), instance]);
    else if (instance.owner === "external") byName.elsewhere.push(instance);
    else if (isLive(instance)) byName.running.push(instance);
    else if (instance.state.state === "unknown") byName.unknown.push(instance);
    // A crash needs a look, so it comes before what rests.
    else if (instance.state.state === "crashed") byName.resting.unshift(instance);
    else byName.resting.push(instance);
  }
  const named = (name: keyof typeof byName): Group => ({ name, title: null, instances: byName[name] });
  const owned = [...own].map(([title, inside]): Group => ({ name: "own", title, instances: inside }));
  owned.sort((a, b) => (a.title ?? "").localeCompare(b.title ?? ""));
  return [named("pinned"), ...owned, named("running"), named("unknown"), named("resting"), named("elsewhere")].filter(
    (group) => group.instances.length > 0,
  );
}

/** The groups that the person made, by name. */
export function ownGroups(model: Model): string[] {
  const names = new Set(instances(model).flatMap((instance) => instance.profile.group ?? []));
  return [...names].sort((a, b) => a.localeCompare(b));
}

/** Other instances that serve the same directory of this machine. */
export function sharers(model: Model, instance: InstanceView): InstanceView[] {
  if (!isHere(instance)) return [];
  return instances(model).filter(
    (other) => other.id !== instance.id && isHere(other) && other.directory === instance.directory,
  );
}

/** Whether two names or addresses of engines are of the same one. None as the first: it is still open. */
export type IsSameEngine = (one: string | null, wanted: string) => boolean;

/** The instance of ours that a start in this directory and place gives: a place of the same kind, engine or host. */
export function instanceAt(
  model: Model,
  directory: string,
  wanted: PlaceView,
  isSameEngine: IsSameEngine,
): InstanceView | undefined {
  return instances(model).find(
    (one) => one.owner === "portal" && one.directory === directory && isAlike(one.profile.place, wanted, isSameEngine),
  );
}

/** Whether an instance in this place is in the one that is wanted. Where no engine is wanted, any of them does. */
export function isAlike(one: PlaceView, wanted: PlaceView, isSameEngine: IsSameEngine): boolean {
  if (one.in === "docker")
    return wanted.in === "docker" && (wanted.engine === null || isSameEngine(one.engine, wanted.engine));
  if (one.in === "ssh") return wanted.in === "ssh" && one.host === wanted.host.trim();
  return wanted.in === "process";
}

/** Sessions of an instance that a person started, newest first; sub-agents belong to their parent. */
export function sessionsOf(model: Model, instance: string): SessionView[] {
  return Object.values(model.sessions)
    .filter((session) => session.instance === instance && session.parent === null)
    .sort((a, b) => b.updated_ms - a.updated_ms || (a.id < b.id ? 1 : -1));
}

export function session(model: Model, instance: string, id: string): SessionView | undefined {
  return model.sessions[sessionKey(instance, id)];
}

/** The session that a person started, above a sub-agent's. */
export function rootOf(model: Model, view: SessionView): SessionView {
  let current = view;
  // Bounded, since a circle would come from the outside.
  for (let i = 0; i < 32 && current.parent !== null; i += 1) {
    const parent = session(model, current.instance, current.parent);
    if (!parent) break;
    current = parent;
  }
  return current;
}

/** Every request that waits, oldest first. */
export function requests(model: Model): RequestView[] {
  return Object.values(model.requests).sort((a, b) => a.asked_at_ms - b.asked_at_ms || (a.id < b.id ? -1 : 1));
}

export function waitingCount(model: Model): number {
  return Object.keys(model.requests).length;
}

/** Sessions that run, wait or failed, those that need a person first. */
export function liveSessions(model: Model): SessionView[] {
  const rank: Partial<Record<StateWord, number>> = { waiting: 0, failed: 1, retry: 2, busy: 3 };
  return Object.values(model.sessions)
    .filter((view) => view.parent === null && sessionNeed(model, view) !== "idle")
    .sort(
      (a, b) => (rank[sessionNeed(model, a)] ?? 9) - (rank[sessionNeed(model, b)] ?? 9) || b.updated_ms - a.updated_ms,
    );
}

/** As `sessionWord`, with what its sub-agents wait for. */
export function sessionNeed(model: Model, view: SessionView): StateWord {
  const word = sessionWord(view);
  if (word === "waiting") return word;
  const isAsked = Object.values(model.requests).some((request) => {
    if (request.instance !== view.instance) return false;
    const asking = session(model, request.instance, request.session);
    return request.session === view.id || (asking !== undefined && rootOf(model, asking).id === view.id);
  });
  return isAsked ? "waiting" : word;
}

/** Instances that would go on when the app quits: ours, alive or on the way up. The tour ends with the app. */
export function outliving(model: Model): number {
  const isAlive = (state: string) => ["starting", "ready", "degraded", "locked"].includes(state);
  return instances(model).filter((one) => one.owner === "portal" && !one.demo && isAlive(one.state.state)).length;
}

/** Whether nothing can be started for want of opencode. While it is looked for that is not known. */
export function lacksOpencode(model: Model): boolean {
  const { opencode } = model.opencode;
  return opencode === "missing" || opencode === "broken" || opencode === "installing";
}

/** What an attached fleet uses, taken together. */
export function usage(model: Model): { running: number; memoryBytes: number; cpuPercent: number } {
  let running = 0;
  let memoryBytes = 0;
  let cpuPercent = 0;
  for (const instance of instances(model)) {
    if (isRunning(instance)) running += 1;
    memoryBytes += instance.memory_bytes ?? 0;
    cpuPercent += instance.cpu_percent ?? 0;
  }
  return { running, memoryBytes, cpuPercent };
}
