/**
 * The one seam between the UI and the core. `tauri.ts`, `http.ts` and `fake.ts` implement it; nothing else in the UI reaches outside.
 */
import type { Forward, ForwardHead, Push } from "../wire/messages";
import type { OperationName, Operations } from "../wire/operations";

/** An operation of the instance's own server, answered: any status, its few headers, its body. */
export interface Forwarded {
  head: ForwardHead;
  body: Uint8Array;
}

/** How the stream of pushes fares. After `lost` it comes back by itself and starts with a snapshot. */
export type LinkState = "connecting" | "live" | "lost";

/** The core, as the UI sees it. Failures are thrown as `BackendFailure`. */
export interface Backend {
  /** Calls an operation of the bridge. A mutation gets its request id here and is carried out once. */
  call<N extends OperationName>(name: N, request: Operations[N]["request"]): Promise<Operations[N]["reply"]>;
  /** Passes a request through to an instance's own server. */
  forward(request: Forward): Promise<Forwarded>;
  /** Takes pushes, in order and without a gap, until the returned function is called. */
  subscribe(onPush: (push: Push) => void, onLink: (state: LinkState) => void): () => void;
  /** Directories dropped on the window; only the desktop window can tell their paths. */
  onDrop(listener: (paths: string[]) => void): () => void;
}
