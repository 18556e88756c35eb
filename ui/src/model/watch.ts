/** Tells the core which transcripts and instances are on screen: the union of what every view of this window shows. */
import { type Accessor, createEffect, onCleanup } from "solid-js";
import { backend } from "../backend";
import type { InstanceId, SessionKey } from "./state";
import { dropTranscript } from "./store";

const counts = new Map<SessionKey, number>();
/** Instances whose page is open: what is looked at is not put to sleep. */
const pages = new Map<InstanceId, number>();
let isQueued = false;

/** Watches sessions until the returned function is called. */
export function watch(keys: readonly SessionKey[]): () => void {
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  queue();
  return () => {
    for (const key of keys) {
      const left = (counts.get(key) ?? 0) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    }
    queue(keys);
  };
}

/** Watches what `keys` gives while the component lives. */
export function createWatch(keys: Accessor<readonly SessionKey[]>): void {
  createEffect(() => {
    const end = watch(keys());
    onCleanup(end);
  });
}

/** Watches an instance while the component lives. */
export function createInstanceWatch(id: Accessor<InstanceId>): void {
  createEffect(() => {
    const instance = id();
    pages.set(instance, (pages.get(instance) ?? 0) + 1);
    queue();
    onCleanup(() => {
      const left = (pages.get(instance) ?? 0) - 1;
      if (left > 0) pages.set(instance, left);
      else pages.delete(instance);
      queue();
    });
  });
}

let told: Promise<unknown> = Promise.resolve();

/** When the core knows what is watched now: a page read before that could miss what happens in between. */
export async function watchIsKnown(): Promise<void> {
  // The list is sent in a microtask of its own.
  await Promise.resolve();
  await told;
}

/** Says it again: after the link was lost the core may have forgotten. */
export function tellWatched(): void {
  const sessions = [...counts.keys()].map((key) => {
    const slash = key.indexOf("/");
    return { instance: key.slice(0, slash), session: key.slice(slash + 1) };
  });
  // A lost link is shown by the link's own state, and this is said again when it is back.
  told = backend()
    .call("watch", { sessions, instances: [...pages.keys()] })
    .catch(() => {});
}

const left = new Set<SessionKey>();

function queue(keys: readonly SessionKey[] = []): void {
  for (const key of keys) left.add(key);
  if (isQueued) return;
  isQueued = true;
  queueMicrotask(() => {
    isQueued = false;
    for (const key of left) if (!counts.has(key)) dropTranscript(key);
    left.clear();
    tellWatched();
  });
}
