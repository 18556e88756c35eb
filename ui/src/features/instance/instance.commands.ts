/** What the instance page asks of the core. */
import { backend } from "../../backend";
import { markOf } from "../../model/marks";
import type { StateWord } from "../../model/selectors";
import type { Mark } from "../../ui/StateMark";
import type { HistoryEntryView } from "../../wire/messages";

/** Newest first. */
export async function readHistory(instance: string): Promise<HistoryEntryView[]> {
  return (await backend().call("instance_history", { instance })).entries;
}

const WORDS = {
  stopped: "stopped",
  starting: "starting",
  ready: "idle",
  idle: "idle",
  busy: "busy",
  waiting: "waiting",
  stopping: "stopping",
  asleep: "asleep",
  degraded: "degraded",
  locked: "locked",
  unreachable: "unreachable",
  crashed: "crashed",
  unknown: "unknown",
} as const satisfies Record<string, StateWord>;

/** How the core's word for a state is drawn; none for a word that this UI does not know. */
export function markOfWord(word: string): Mark | undefined {
  const key = word.toLowerCase();
  return key in WORDS ? markOf(WORDS[key as keyof typeof WORDS]) : undefined;
}
