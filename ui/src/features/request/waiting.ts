/**
 * The cards of the inbox: what waits, and for a moment what no longer does, so that a card does not vanish under a
 * person's eyes. Pure; the time is given.
 */
import type { RequestView } from "../../wire/messages";

/** How long a card stays after its request is gone. */
export const LINGER_MS = 1500;

export interface Card {
  key: string;
  /** As it was when it was last seen. */
  request: RequestView;
  /** When it was seen to be gone; null while it waits. */
  gone: number | null;
}

export const cardKey = (request: RequestView): string => `${request.instance}/${request.id}`;

/** The cards after the model changed, in the order in which they came; a request that comes back is a new one. */
export function nextCards(before: readonly Card[], waiting: readonly RequestView[], now: number): Card[] {
  const byKey = new Map(waiting.map((request) => [cardKey(request), request]));
  const kept: Card[] = [];
  for (const card of before) {
    const request = byKey.get(card.key);
    if (request) {
      kept.push(card.gone === null && card.request === request ? card : { key: card.key, request, gone: null });
      byKey.delete(card.key);
    } else if (card.gone === null) kept.push({ ...card, gone: now });
    else if (now - card.gone < LINGER_MS) kept.push(card);
  }
  for (const [key, request] of byKey) kept.push({ key, request, gone: null });
  return kept.sort((a, b) => a.request.asked_at_ms - b.request.asked_at_ms || (a.request.id < b.request.id ? -1 : 1));
}

/** The card to go to when `key` leaves: the next one that waits, else the one before, else none. */
export function neighbour(order: readonly Card[], key: string): string | null {
  const at = order.findIndex((card) => card.key === key);
  const after = order.slice(at + 1).find((card) => card.gone === null);
  const before = order.slice(0, Math.max(0, at)).findLast((card) => card.gone === null);
  return after?.key ?? before?.key ?? null;
}

/** The card `by` further; the ends stop. From nowhere, the first. */
export function moved(order: readonly Card[], key: string | null, by: 1 | -1): string | null {
  const waiting = order.filter((card) => card.gone === null);
  const at = waiting.findIndex((card) => card.key === key);
  const next = at < 0 ? 0 : Math.min(waiting.length - 1, Math.max(0, at + by));
  return waiting[next]?.key ?? null;
}
