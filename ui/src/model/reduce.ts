/**
 * How pushes change the model. Pure: a new model that shares what did not change, so that `store.ts` can tell what did.
 * The only writer of what the core tells.
 */
import type { FleetView, PushItem } from "../wire/messages";
import { type Model, sessionKey } from "./state";

/** Applies the items of one push, in order. */
export function reduce(model: Model, items: readonly PushItem[]): Model {
  return items.reduce(reduceItem, model);
}

/** The key of a request: two instances may see one id, since they share opencode's database. */
export const requestKey = (instance: string, request: string): string => `${instance}/${request}`;

function reduceItem(model: Model, item: PushItem): Model {
  switch (item.type) {
    case "snapshot":
      return withSnapshot(model, item.fleet);
    case "instance": {
      const { id } = item.instance;
      const isKnown = id in model.instances;
      return {
        ...model,
        instances: { ...model.instances, [id]: item.instance },
        instanceOrder: isKnown ? model.instanceOrder : [...model.instanceOrder, id],
      };
    }
    case "instance_gone":
      return withoutInstance(model, item.id);
    case "session":
      return {
        ...model,
        sessions: { ...model.sessions, [sessionKey(item.session.instance, item.session.id)]: item.session },
      };
    case "session_gone":
      return {
        ...model,
        sessions: without(model.sessions, sessionKey(item.instance, item.id)),
        requests: keep(model.requests, (r) => r.instance !== item.instance || r.session !== item.id),
      };
    case "request":
      return {
        ...model,
        requests: { ...model.requests, [requestKey(item.request.instance, item.request.id)]: item.request },
      };
    case "request_gone":
      return { ...model, requests: without(model.requests, requestKey(item.instance, item.id)) };
    case "transcript":
      // `store.ts` gives these to `transcript.ts` directly: a copy of the model for each delta would cost too much.
      return model;
    case "opencode":
      return { ...model, opencode: item.opencode };
    case "versions":
      return { ...model, versions: item.versions };
    case "settings":
      return { ...model, settings: item.settings };
    case "notice":
      return { ...model, notices: { ...model.notices, [item.notice.id]: item.notice } };
    case "notice_gone":
      return { ...model, notices: without(model.notices, item.id) };
    case "prompts":
      return { ...model, prompts: item.prompts };
    case "navigate":
      // Where the window goes is no part of the model; `app/` follows it.
      return model;
  }
}

function withSnapshot(model: Model, fleet: FleetView): Model {
  return {
    ...model,
    loaded: true,
    instances: Object.fromEntries(fleet.instances.map((instance) => [instance.id, instance])),
    instanceOrder: fleet.instances.map((instance) => instance.id),
    sessions: Object.fromEntries(fleet.sessions.map((session) => [sessionKey(session.instance, session.id), session])),
    requests: Object.fromEntries(fleet.requests.map((request) => [requestKey(request.instance, request.id), request])),
    opencode: fleet.opencode,
    versions: fleet.versions,
    settings: fleet.settings,
    host: fleet.host,
    notices: Object.fromEntries(fleet.notices.map((notice) => [notice.id, notice])),
    prompts: fleet.prompts,
  };
}

function withoutInstance(model: Model, id: string): Model {
  return {
    ...model,
    instances: without(model.instances, id),
    instanceOrder: model.instanceOrder.filter((other) => other !== id),
    sessions: keep(model.sessions, (session) => session.instance !== id),
    requests: keep(model.requests, (request) => request.instance !== id),
    transcripts: Object.fromEntries(Object.entries(model.transcripts).filter(([key]) => !key.startsWith(`${id}/`))),
  };
}

function without<T>(map: Record<string, T>, key: string): Record<string, T> {
  if (!(key in map)) return map;
  const { [key]: _, ...rest } = map;
  return rest;
}

function keep<T>(map: Record<string, T>, isKept: (value: T) => boolean): Record<string, T> {
  const entries = Object.entries(map).filter(([, value]) => isKept(value));
  return entries.length === Object.keys(map).length ? map : Object.fromEntries(entries);
}
