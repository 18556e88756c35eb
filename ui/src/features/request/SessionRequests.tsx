/** The requests that belong into a session's transcript. */
import { createMemo, For, Show } from "solid-js";
import { go } from "../../app/place";
import { requestsOfCall, requestsUnder } from "../../model/requests";
import { model } from "../../model/store";
import { RequestCard } from "./RequestCard";

export interface SessionRequestsProps {
  instance: string;
  session: string;
  /** The tool call that asks; without it, every request of the session and of the sub-agents below it. */
  call?: string;
}

export function SessionRequests(props: SessionRequestsProps) {
  const ids = createMemo(
    () =>
      (props.call
        ? requestsOfCall(model, props.instance, props.session, props.call)
        : requestsUnder(model, props.instance, props.session)
      ).map((request) => request.id),
    [],
    { equals: (a, b) => a.length === b.length && a.every((id, at) => id === b[at]) },
  );
  const find = (id: string) =>
    Object.values(model.requests).find((request) => request.instance === props.instance && request.id === id);
  return (
    <For each={ids()}>
      {(id) => (
        <Show when={find(id)}>
          {(request) => (
            <RequestCard
              request={request()}
              variant="compact"
              onOpen={
                request().session === props.session
                  ? undefined
                  : () => go({ kind: "session", instance: request().instance, session: request().session })
              }
            />
          )}
        </Show>
      )}
    </For>
  );
}
