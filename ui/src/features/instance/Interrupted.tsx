/** Sessions that worked when their server ended: continued one by one, all at once, or let be. */
import { For, Show } from "solid-js";
import { go } from "../../app/place";
import { count, t } from "../../i18n";
import { continueSessions, dismissInterrupted } from "../../model/fleet-commands";
import { isReady } from "../../model/selectors";
import { Button, IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { createAttempt } from "../../ui/notices";
import type { InstanceView } from "../../wire/messages";

export function Interrupted(props: { instance: InstanceView }) {
  const [isSending, send] = createAttempt();
  const view = () => props.instance;
  const list = () => view().interrupted;
  const title = (one: { title: string }) => one.title || t("instance.session.untitled");
  return (
    <Show when={list().length > 0}>
      <section
        aria-label={t("instance.interrupted.label")}
        class="flex gap-2.5 border-b border-line bg-accent-soft px-4 py-2.5"
      >
        <Icon name="history" class="mt-[3px] text-accent" />
        <div class="flex min-w-0 grow flex-col gap-1">
          <div class="flex flex-wrap items-center gap-2">
            <span class="min-w-40 grow">
              <span class="font-medium">
                {count(list().length, "instance.interrupted.one", "instance.interrupted.many")}
              </span>
              <Show when={!isReady(view())}>
                <span class="text-muted"> {t("instance.interrupted.later")}</span>
              </Show>
            </span>
            <Show when={list().length > 1}>
              <Button
                size="small"
                icon="play"
                disabled={!isReady(view())}
                busy={isSending()}
                onClick={() => send(() => continueSessions(view().id))}
              >
                {t("instance.interrupted.all")}
              </Button>
            </Show>
            <IconButton
              icon="x"
              size={13}
              label={t("instance.interrupted.dismiss")}
              onClick={() => send(() => dismissInterrupted(view().id))}
            />
          </div>
          <ul class="flex flex-col">
            <For each={list()}>
              {(one) => (
                <li class="flex items-center gap-2">
                  <button
                    type="button"
                    disabled={!isReady(view())}
                    onClick={() => go({ kind: "session", instance: view().id, session: one.session })}
                    class="min-w-0 grow truncate text-left text-muted enabled:hover:text-ink enabled:hover:underline"
                  >
                    {title(one)}
                  </button>
                  <Button
                    size="small"
                    variant="quiet"
                    disabled={!isReady(view())}
                    busy={isSending()}
                    aria-label={t("instance.interrupted.continue", { title: title(one) })}
                    onClick={() => send(() => continueSessions(view().id, [one.session]))}
                  >
                    {t("instance.interrupted.go")}
                  </Button>
                </li>
              )}
            </For>
          </ul>
        </div>
      </section>
    </Show>
  );
}
