/** The core inside the desktop app: two commands, one long-lived channel. */
import { Channel, invoke } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Forward, Push } from "../wire/messages";
import type { OperationName, Operations } from "../wire/operations";
import { asFailure } from "./failure";
import { readFrame, readReply } from "./frame";
import { followPushes, type Transport } from "./link";
import { requestIdOf } from "./request-id";
import type { Backend } from "./types";

async function send(name: OperationName, request: unknown): Promise<Uint8Array> {
  try {
    const reply = await invoke<ArrayBuffer>("call", { name, requestId: requestIdOf(name, request), payload: request });
    return new Uint8Array(reply);
  } catch (error) {
    throw asFailure(error);
  }
}

const transport: Transport = {
  open(onPush, onClosed) {
    const channel = new Channel<Push>();
    channel.onmessage = onPush;
    invoke("subscribe", { channel }).catch(onClosed);
    return () => {
      channel.onmessage = () => {};
    };
  },
  resync: () => send("resync", {}),
};

export function createTauriBackend(): Backend {
  return {
    async call<N extends OperationName>(name: N, request: Operations[N]["request"]) {
      return readReply<Operations[N]["reply"]>(await send(name, request));
    },
    async forward(request: Forward) {
      return readFrame(await send("forward", request));
    },
    subscribe: (onPush, onLink) => followPushes(transport, onPush, onLink),
    onDrop(listener) {
      const ending = getCurrentWebview().onDragDropEvent((event) => {
        if (event.payload.type === "drop") listener(event.payload.paths);
      });
      return () => {
        ending.then((end) => end()).catch(() => {});
      };
    },
  };
}
