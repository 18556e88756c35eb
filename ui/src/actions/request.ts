/** What a person can do with the request that is current: the focused card, or the one marked in the inbox. */
import { createSignal } from "solid-js";
import type { Action } from "./registry";

/** What a card on screen can do. What it cannot do now is not there. */
export interface CurrentRequest {
  id: string;
  once?: () => void;
  always?: () => void;
  reject?: () => void;
  /** Opens the field for a message. */
  message?: () => void;
  open?: () => void;
}

/** The list that `j` and `k` move in. */
export interface RequestList {
  move(by: 1 | -1): void;
}

const [current, setCurrent] = createSignal<CurrentRequest | null>(null);
const [list, setList] = createSignal<RequestList | null>(null);

export const currentRequest = current;

export function setCurrentRequest(next: CurrentRequest | null): void {
  setCurrent(() => next);
}

/** No longer current, if it was. */
export function leaveRequest(id: string): void {
  if (current()?.id === id) setCurrent(null);
}

export function setRequestList(next: RequestList | null): void {
  setList(() => next);
}

const having = (what: keyof Omit<CurrentRequest, "id">) => () => current()?.[what] !== undefined;

export const requestActions: Action[] = [
  {
    id: "request.next",
    label: "action.request.next",
    keys: ["j"],
    group: "request",
    when: () => list() !== null,
    run: () => list()?.move(1),
  },
  {
    id: "request.previous",
    label: "action.request.previous",
    keys: ["k"],
    group: "request",
    when: () => list() !== null,
    run: () => list()?.move(-1),
  },
  {
    id: "request.once",
    label: "action.request.once",
    keys: ["a"],
    keywords: "permission yes approve",
    group: "request",
    when: having("once"),
    run: () => current()?.once?.(),
  },
  {
    id: "request.always",
    label: "action.request.always",
    keys: ["Shift+A"],
    keywords: "permission yes approve rule",
    group: "request",
    when: having("always"),
    run: () => current()?.always?.(),
  },
  {
    id: "request.reject",
    label: "action.request.reject",
    keys: ["d"],
    keywords: "permission no deny",
    group: "request",
    when: having("reject"),
    run: () => current()?.reject?.(),
  },
  {
    id: "request.message",
    label: "action.request.message",
    keys: ["m"],
    keywords: "permission no deny feedback",
    group: "request",
    when: having("message"),
    run: () => current()?.message?.(),
  },
  {
    id: "request.open",
    label: "action.request.open",
    group: "request",
    when: having("open"),
    run: () => current()?.open?.(),
  },
];
