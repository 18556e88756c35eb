/** Where the window is: read and written as the location's hash, so that back and forward work and a reload returns. */
import { createSignal } from "solid-js";

export type Place =
  | { kind: "overview" }
  | { kind: "inbox" }
  | { kind: "instance"; id: string }
  | { kind: "session"; instance: string; session: string }
  | { kind: "new-instance"; directory?: string }
  | { kind: "settings" };

/** The hash of a place, with its `#`. */
export function placeHash(place: Place): string {
  switch (place.kind) {
    case "overview":
      return "#/";
    case "inbox":
    case "settings":
      return `#/${place.kind}`;
    case "instance":
      return `#/instance/${encodeURIComponent(place.id)}`;
    case "session":
      return `#/session/${encodeURIComponent(place.instance)}/${encodeURIComponent(place.session)}`;
    case "new-instance":
      return place.directory ? `#/new-instance/${encodeURIComponent(place.directory)}` : "#/new-instance";
  }
}

/** The place of a hash; anything unknown is the overview. */
export function placeOfHash(hash: string): Place {
  const parts = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decode);
  return placeOfParts(parts);
}

/** The place that the core names: as in a hash, but with plain texts; a directory's slashes are its own. */
export function placeOfName(name: string): Place | { kind: "quit" } {
  if (name === "quit") return { kind: "quit" };
  const directory = /^new-instance\/(.+)$/s.exec(name)?.[1];
  if (directory) return { kind: "new-instance", directory };
  return placeOfParts(name.split("/"));
}

function placeOfParts([kind, first, second]: string[]): Place {
  if (kind === "inbox" || kind === "settings") return { kind };
  if (kind === "instance" && first) return { kind, id: first };
  if (kind === "session" && first && second) return { kind, instance: first, session: second };
  if (kind === "new-instance") return first ? { kind, directory: first } : { kind };
  return { kind: "overview" };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const [current, setCurrent] = createSignal<Place>(placeOfHash(location.hash));

addEventListener("hashchange", () => setCurrent(placeOfHash(location.hash)));

/** Where the window is. */
export const place = current;

/** Goes there; the place left stays in the history. */
export function go(next: Place): void {
  const hash = placeHash(next);
  if (hash === placeHash(current())) return;
  location.hash = hash;
  setCurrent(next);
}

export function goBack(): void {
  history.back();
}

export function goForward(): void {
  history.forward();
}
