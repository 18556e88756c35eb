/** What somebody has to see, once it has its place: in a small window it may be below the fold. */
export function comesIntoView(element: HTMLElement): void {
  queueMicrotask(() => element.scrollIntoView?.({ block: "nearest" }));
}
