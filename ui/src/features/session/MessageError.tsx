/** A turn that failed or was stopped: what the server or the provider said. */
import { createMemo, Show } from "solid-js";
import { BackendFailure } from "../../backend/failure";
import { t } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { ErrorNote } from "../../ui/states";

export function MessageError(props: { error: unknown }) {
  const read = createMemo(() => readError(props.error));
  return (
    <Show
      when={read().isStopped}
      fallback={
        <div class="my-1">
          <ErrorNote
            error={new BackendFailure({ code: "internal", message: read().message, hint: null, detail: read().detail })}
          />
        </div>
      }
    >
      <div class="my-1 flex items-center gap-2 text-sm text-muted">
        <Icon name="circle-stop" size={13} />
        {t("session.error.aborted")}
      </div>
    </Show>
  );
}

/** opencode's error objects: `{name, data: {message, …}}`, or `{_tag, …}`, or anything. */
export function readError(error: unknown): { isStopped: boolean; message: string; detail: string | null } {
  const { name, _tag, message, data } = (typeof error === "object" && error !== null ? error : {}) as {
    name?: unknown;
    _tag?: unknown;
    message?: unknown;
    data?: { message?: unknown; responseBody?: unknown; statusCode?: unknown };
  };
  const kind = typeof name === "string" ? name : typeof _tag === "string" ? _tag : "";
  const said = [data?.message, message, typeof error === "string" ? error : undefined].find(
    (text): text is string => typeof text === "string" && text !== "",
  );
  const details = [
    kind,
    typeof data?.statusCode === "number" ? `HTTP ${data.statusCode}` : "",
    typeof data?.responseBody === "string" ? data.responseBody.slice(0, 4000) : "",
  ].filter(Boolean);
  return {
    isStopped: kind === "MessageAbortedError",
    message: said ?? (kind || t("session.tool.failed")),
    detail: details.length > 0 ? details.join("\n") : null,
  };
}
