import { describe, expect, it } from "vitest";
import { bashRequest } from "./fixtures";
import { type Card, LINGER_MS, moved, neighbour, nextCards } from "./waiting";

const request = (id: string, at: number) => bashRequest({ id, asked_at_ms: at });
const told = (cards: Card[]) => cards.map((card) => `${card.request.id}${card.gone === null ? "" : `-${card.gone}`}`);

describe("nextCards", () => {
  const first = nextCards([], [request("b", 2), request("a", 1)], 0);

  it("orders by when they were asked", () => expect(told(first)).toEqual(["a", "b"]));

  it("keeps a card for a while after its request is gone", () => {
    const gone = nextCards(first, [request("b", 2)], 10);
    expect(told(gone)).toEqual(["a-10", "b"]);
    expect(told(nextCards(gone, [request("b", 2)], 10 + LINGER_MS - 1))).toEqual(["a-10", "b"]);
    expect(told(nextCards(gone, [request("b", 2)], 10 + LINGER_MS))).toEqual(["b"]);
  });

  it("takes a request that comes back", () => {
    const gone = nextCards(first, [], 10);
    expect(told(nextCards(gone, [request("a", 1)], 20))).toEqual(["a", "b-10"]);
  });
});

describe("moving", () => {
  const cards = nextCards(
    nextCards([], [request("a", 1), request("b", 2), request("c", 3)], 0),
    [request("a", 1), request("c", 3)],
    5,
  );
  const [a, b, c] = ["a", "b", "c"].map((id) => `i1/${id}`);

  it.each<[from: string | null | undefined, by: 1 | -1, to: string | undefined]>([
    [null, 1, a],
    [a, 1, c],
    [c, 1, c],
    [c, -1, a],
    [a, -1, a],
  ])("from %s by %i to %s", (from, by, to) => expect(moved(cards, from ?? null, by)).toBe(to));

  it("goes on from a card that left", () => {
    expect(neighbour(cards, b ?? "")).toBe(c);
    expect(neighbour(cards, c ?? "")).toBe(a);
    expect(neighbour([], "x")).toBeNull();
  });
});
