/** What a person can do with the review on screen. */
import { createSignal } from "solid-js";
import type { Action } from "./registry";

/** The review on screen. */
export interface CurrentReview {
  refresh(): void;
  toggleSplit(): void;
  toggleFolds(): void;
}

const [current, setCurrent] = createSignal<CurrentReview | null>(null);

export function setCurrentReview(next: CurrentReview | null): void {
  setCurrent(() => next);
}

export const reviewActions: Action[] = [
  {
    id: "review.refresh",
    label: "action.review.refresh",
    keywords: "diff changes reload",
    group: "review",
    when: () => current() !== null,
    run: () => current()?.refresh(),
  },
  {
    id: "review.split",
    label: "action.review.split",
    keywords: "diff unified",
    group: "review",
    when: () => current() !== null,
    run: () => current()?.toggleSplit(),
  },
  {
    id: "review.fold",
    label: "action.review.fold",
    keywords: "diff collapse expand",
    group: "review",
    when: () => current() !== null,
    run: () => current()?.toggleFolds(),
  },
];
