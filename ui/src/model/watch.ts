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

/** How long the core may take with one list before the next is sent all the same: the link may be lost. */
const TOLD_MS = 5_000;

let told: Promise<unknown> = Promise.resolve();
let isDue = false;

/** When the core knows what is watched now: a page read before that could miss what happens in between. */
export async function watchIsKnown(): Promise<void> {
  // The list is sent in a microtask of its own.
  await Promise.resolve();
  await told;
}

/**
 * Says it again: after the link was lost the core may have forgotten.
 * One list after the other: two that are on their way at once may arrive in the wrong order, and the older one would stay.
 */
export function tellWatched(): void {
  if (isDue) return;
  isDue = true;
  told = told.then(() => {
    isDue = false;
    return tell();
  });
}

async function tell(): Promise<void> {
  const sessions = [...counts.keys()].map((key) => {
    const slash = key.indexOf("/");
    return { instance: key.slice(0, slash), session: key.slice(slash + 1) };
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, TOLD_MS);
  });
  // A lost link is shown by the link's own state, and this is said again when it is back.
  const answer = backend()
    .call("watch", { sessions, instances: [...pages.keys()] })
    .catch(() => {});
  await Promise.race([answer, late]);
  clearTimeout(timer);
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
