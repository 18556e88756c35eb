/** The turns of a session and what they changed. Functions of a transcript only. */
import type { SnapshotFileDiff } from "@opencode-ai/sdk/v2/types";
import type { Transcript } from "./transcript";

export interface Turn {
  /** Id of the user's message. */
  message: string;
  /** First line of what the person wrote; empty when there is no text. */
  title: string;
  created: number;
  /** Undefined until the server told. */
  diffs: SnapshotFileDiff[] | undefined;
}

/** Every turn we have, oldest first. */
export function turnsOf(transcript: Transcript | undefined): Turn[] {
  if (!transcript) return [];
  return transcript.order.flatMap((id) => {
    const entry = transcript.entries[id];
    if (entry?.info.role !== "user") return [];
    const { summary, time } = entry.info;
    return [{ message: id, title: titleOf(entry), created: time.created, diffs: summary?.diffs }];
  });
}

export function hasChanges(turn: Turn): boolean {
  return (turn.diffs?.length ?? 0) > 0;
}

function titleOf(entry: Transcript["entries"][string]): string {
  for (const id of entry.partOrder) {
    const part = entry.parts[id];
    if (part?.type === "text" && !part.synthetic && part.text.trim()) {
      return part.text.trim().split("\n", 1)[0]?.slice(0, 120) ?? "";
    }
  }
  return "";
}
