/** What the fleet's list shows, as rows with stable keys. Pure. */
import { type GroupName, groups, instances, sessionsOf } from "../../model/selectors";
import { type Model, sessionKey } from "../../model/state";

export type Row =
  | { kind: "group"; key: string; name: GroupName; title: string | null; size: number; isFolded: boolean }
  | { kind: "instance"; key: string; id: string; group: string }
  | { kind: "session"; key: string; instance: string; id: string }
  | { kind: "none"; key: string; instance: string }
  | { kind: "more"; key: string; instance: string; count: number };

/** Sessions shown of one instance before "more". */
export const FEW = 6;

export interface View {
  query: string;
  /** Instances that show their sessions. */
  unfolded: Readonly<Record<string, boolean>>;
  /** Groups that show their heading only, by key. */
  folded: Readonly<Record<string, boolean>>;
  /** Instances that show every session we know. */
  full: Readonly<Record<string, boolean>>;
}

export function rows(model: Model, view: View): Row[] {
  const query = view.query.trim().toLowerCase();
  const matches = (text: string) => query === "" || text.toLowerCase().includes(query);
  const result: Row[] = [];
  for (const { name, title, instances: members } of groups(instances(model))) {
    const key = title === null ? `g:${name}` : `g:own:${title}`;
    // What is searched for is shown wherever it is.
    const isFolded = query === "" && (view.folded[key] ?? false);
    const inside: Row[] = [];
    let size = 0;
    for (const instance of members) {
      const isNamed = matches(instance.name) || matches(instance.directory) || (title !== null && matches(title));
      const isUnfolded = view.unfolded[instance.id] ?? false;
      const sessions = query || isUnfolded ? sessionsOf(model, instance.id) : [];
      const found = query && !isNamed ? sessions.filter((session) => matches(session.title)) : sessions;
      if (query && !isNamed && found.length === 0) continue;
      size += 1;
      inside.push({ kind: "instance", key: `i:${instance.id}`, id: instance.id, group: key });
      // A search shows the sessions that match; an instance that matches by itself keeps its fold.
      if (!isUnfolded && (isNamed || !query)) continue;
      const shown = view.full[instance.id] || query ? found : found.slice(0, FEW);
      for (const session of shown) {
        const sessionId = `s:${sessionKey(session.instance, session.id)}`;
        inside.push({ kind: "session", key: sessionId, instance: session.instance, id: session.id });
      }
      if (found.length === 0) inside.push({ kind: "none", key: `n:${instance.id}`, instance: instance.id });
      const left = found.length - shown.length;
      if (left > 0) inside.push({ kind: "more", key: `m:${instance.id}`, instance: instance.id, count: left });
    }
    if (inside.length === 0) continue;
    result.push({ kind: "group", key, name, title, size, isFolded });
    if (!isFolded) result.push(...inside);
  }
  return result;
}
