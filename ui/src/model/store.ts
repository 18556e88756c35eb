/** The model as Solid's store: read anywhere, written only here. */
import { batch } from "solid-js";
import { createStore, produce, unwrap } from "solid-js/store";
import type { LinkState } from "../backend/types";
import type { Push } from "../wire/messages";
import { emptyModel } from "./empty";
import { patch } from "./patch";
import { reduce } from "./reduce";
import { type Model, type SessionKey, sessionKey } from "./state";
import { applyEvent, emptyTranscript, type TranscriptChange } from "./transcript";

const [store, setStore] = createStore<Model>(emptyModel());

/** What the core has told us. Read only. */
export const model: Model = store;

function write(change: (model: Model) => Model): void {
  const before = unwrap(store);
  const next = change(before);
  if (next === before) return;
  batch(() => {
    setStore(
      produce((live) => {
        patch(live as unknown as Record<string, unknown>, { ...before }, next as unknown as Record<string, unknown>);
      }),
    );
  });
}

/** Applies a push of the core. What happens in transcripts changes the live leaves, whatever the length of the transcript. */
export function apply(push: Push): void {
  batch(() => {
    const rest = push.items.filter((item) => item.type !== "transcript");
    if (rest.length > 0) write((before) => reduce(before, rest));
    // Events may have been missed before a snapshot: every open transcript reads its newest page again.
    if (rest.some((item) => item.type === "snapshot")) {
      for (const key of Object.keys(unwrap(store).transcripts)) {
        setStore(
          "transcripts",
          key,
          produce((transcript) => applyEvent(transcript, { event: "resync" })),
        );
      }
    }
    for (const item of push.items) {
      if (item.type !== "transcript") continue;
      const key = sessionKey(item.instance, item.session);
      if (store.transcripts[key] === undefined) continue;
      setStore(
        "transcripts",
        key,
        produce((transcript) => applyEvent(transcript, item.event)),
      );
    }
  });
}

export function applyLink(link: LinkState): void {
  write((before) => (before.link === link ? before : { ...before, link }));
}

/** Changes the transcript of a session by functions of `transcript.ts`: a page that was read, an error of reading. */
export function applyTranscript(key: SessionKey, change: TranscriptChange): void {
  batch(() => {
    if (store.transcripts[key] === undefined) setStore("transcripts", key, emptyTranscript());
    setStore("transcripts", key, produce(change));
  });
}

/** Forgets the transcripts of sessions that are no longer on screen: they would grow stale. */
export function dropTranscript(key: SessionKey): void {
  write((before) => {
    if (!(key in before.transcripts)) return before;
    const { [key]: _, ...transcripts } = before.transcripts;
    return { ...before, transcripts };
  });
}

/** For tests: the model as it is before the first snapshot. */
export function resetModel(): void {
  write(() => emptyModel());
}
