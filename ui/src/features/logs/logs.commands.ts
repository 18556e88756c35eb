/** What the log tab asks of the core. */
import { backend } from "../../backend";
import type { LogMatches, LogPageView } from "../../wire/messages";

export function readEnd(instance: string, lines: number): Promise<LogPageView> {
  return backend().call("read_log", { instance, lines });
}

export function readAfter(instance: string, after: string, lines: number): Promise<LogPageView> {
  return backend().call("read_log", { instance, after, lines });
}

export function readBefore(instance: string, before: string, lines: number): Promise<LogPageView> {
  return backend().call("read_log", { instance, before, lines });
}

/** Newest first. */
export function searchLog(instance: string, text: string): Promise<LogMatches> {
  return backend().call("search_log", { instance, text });
}

/** The file that was written. */
export async function saveLog(instance: string): Promise<string> {
  return (await backend().call("save_log", { instance })).path;
}
