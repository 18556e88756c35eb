/** The core behind `portal serve`: the same operations over HTTP, pushes as server-sent events. A cookie says who we are. */
import type { Forward, Push } from "../wire/messages";
import type { OperationName, Operations } from "../wire/operations";
import { asFailure, BackendFailure } from "./failure";
import { readFrame, readReply } from "./frame";
import { freshId } from "./ids";
import { followPushes, type Transport } from "./link";
import { requestIdOf } from "./request-id";
import type { Backend } from "./types";

/** What this host needs of the browser; tests give their own. */
export interface HttpSurroundings {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  openEvents: (url: string) => EventSource;
}

const browser: HttpSurroundings = {
  fetch: (url, init) => fetch(url, init),
  openEvents: (url) => new EventSource(url),
};

export function createHttpBackend(surroundings: HttpSurroundings = browser): Backend {
  const window = `tab-${freshId()}`;

  async function send(name: OperationName, request: unknown): Promise<Uint8Array> {
    const headers: Record<string, string> = { "content-type": "application/json", "x-portal-window": window };
    const id = requestIdOf(name, request);
    if (id) headers["x-portal-request"] = id;
    let response: Response;
    try {
      response = await surroundings.fetch(`/bridge/call/${name}`, {
        method: "POST",
        headers,
        body: JSON.stringify(request),
        credentials: "same-origin",
      });
    } catch (error) {
      throw new BackendFailure({
        code: "unavailable",
        message: "The portal's server does not answer",
        hint: "Check that `portal serve` still runs.",
        detail: error instanceof Error ? error.message : null,
      });
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) throw asFailure(new TextDecoder().decode(bytes) || `The server answered ${response.status}`);
    return bytes;
  }

  const transport: Transport = {
    open(onPush, onClosed) {
      const events = surroundings.openEvents(`/bridge/pushes?window=${encodeURIComponent(window)}`);
      events.onmessage = (event: MessageEvent<string>) => {
        let push: Push;
        try {
          push = JSON.parse(event.data) as Push;
        } catch {
          // Half a message means that the stream is not to be trusted; a new one starts with a snapshot.
          events.close();
          onClosed();
          return;
        }
        onPush(push);
      };
      events.onerror = () => {
        // The browser would try again at its own pace and without a new snapshot.
        events.close();
        onClosed();
      };
      return () => events.close();
    },
    resync: () => send("resync", {}),
  };

  return {
    async call<N extends OperationName>(name: N, request: Operations[N]["request"]) {
      return readReply<Operations[N]["reply"]>(await send(name, request));
    },
    async forward(request: Forward) {
      return readFrame(await send("forward", request));
    },
    subscribe: (onPush, onLink) => followPushes(transport, onPush, onLink),
    // A browser does not tell the paths of what is dropped.
    onDrop: () => () => {},
  };
}
