/** The end of a transcript whose agent works: since when, or until when it waits for another try. */
import { createSignal, onCleanup, Show } from "solid-js";
import { t } from "../../i18n";
import { took } from "../../lib/format-usage";
import { session } from "../../model/selectors";
import { model } from "../../model/store";
import { Icon } from "../../ui/Icon";
import { useScope } from "./scope";

export function Working() {
  const scope = useScope();
  const [now, setNow] = createSignal(Date.now());
  // Once a second, and only while it is seen.
  const timer = setInterval(() => setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(timer));
  const retry = () => {
    const status = session(model, scope.instance, scope.session)?.status;
    return status?.status === "retry" ? status : undefined;
  };
  const since = () => {
    const open = scope
      .messages()
      .findLast((message) => message.role === "assistant" && message.time.completed === undefined);
    if (open?.role !== "assistant") return undefined;
    return scope.message(open.parentID)?.time.created ?? open.time.created;
  };
  return (
    <div role="status" aria-live="off" class="flex min-h-7 items-center gap-2 py-1 text-sm text-muted">
      <Show
        when={retry()}
        fallback={
          <>
            <Icon name="circle-dot" size={13} class="text-busy" />
            <span>{t("session.working")}</span>
            <Show when={since()}>
              {(start) => (
                <span class="text-faint">{took(Math.max(0, Math.floor((now() - start()) / 1000) * 1000))}</span>
              )}
            </Show>
          </>
        }
      >
        {(status) => {
          const seconds = () => Math.ceil((status().next_ms - now()) / 1000);
          return (
            <>
              <Icon name="rotate-cw" size={13} class="text-warn" />
              <span class="selectable min-w-0 [overflow-wrap:anywhere] text-warn">
                {t("session.retry", { attempt: status().attempt, message: status().message })}
              </span>
              <span class="shrink-0 text-faint">
                {seconds() > 0 ? t("session.retry.in", { seconds: seconds() }) : t("session.retry.now")}
              </span>
            </>
          );
        }}
      </Show>
    </div>
  );
}
