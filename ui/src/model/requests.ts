/** Questions to the model about requests. Functions of the model only. */
import type { InstanceView, RequestView, SessionView } from "../wire/messages";
import { requests, session } from "./selectors";
import type { Model } from "./state";

/** Requests that belong under a session: its own, and those of the sub-agents below it. Oldest first. */
export function requestsUnder(model: Model, instance: string, id: string): RequestView[] {
  return requests(model).filter(
    (request) => request.instance === instance && isUnder(model, instance, request.session, id),
  );
}

/** Requests of a session that a tool call of it asks. */
export function requestsOfCall(model: Model, instance: string, id: string, call: string): RequestView[] {
  return requests(model).filter(
    (request) => request.instance === instance && request.session === id && request.call === call,
  );
}

function isUnder(model: Model, instance: string, asking: string, top: string): boolean {
  let current: string | null = asking;
  // Bounded, since a circle would come from the outside.
  for (let depth = 0; depth < 32 && current !== null; depth += 1) {
    if (current === top) return true;
    const view: SessionView | undefined = session(model, instance, current);
    current = view?.parent ?? null;
  }
  return false;
}

export interface RequestGroup {
  instance: string;
  requests: RequestView[];
}

/** By instance, the one that has waited longest first. */
export function byInstance(list: readonly RequestView[]): RequestGroup[] {
  const groups = new Map<string, RequestView[]>();
  for (const request of list) {
    const group = groups.get(request.instance);
    if (group) group.push(request);
    else groups.set(request.instance, [request]);
  }
  return [...groups].map(([instance, own]) => ({ instance, requests: own }));
}

/** Whether an answer would arrive. */
export function takesAnswers(instance: InstanceView | undefined): boolean {
  return instance?.state.state === "ready";
}
