/** What is wrong beside any instance and is still so, over the work. */
import { For, Show } from "solid-js";
import { t } from "../i18n";
import { quoted } from "../lib/format";
import { model } from "../model/store";
import { Icon } from "../ui/Icon";
import type { NoticeLevel } from "../wire/messages";

const LOOK = {
  info: { icon: "info", tone: "bg-accent-soft", color: "text-accent" },
  warning: { icon: "triangle-alert", tone: "bg-warn-soft", color: "text-warn" },
  error: { icon: "circle-alert", tone: "bg-bad-soft", color: "text-bad" },
} as const satisfies Record<NoticeLevel, unknown>;

export function FleetNotices() {
  return (
    <>
      <Show when={model.loaded && model.link === "lost"}>
        <div role="alert" class="flex shrink-0 gap-2 border-b border-line bg-bad-soft px-4 py-2">
          <Icon name="triangle-alert" class="mt-[3px] text-bad" />
          <span>
            {t("app.link.lost")}. <span class="text-muted">{t("app.stale")}</span>
          </span>
        </div>
      </Show>
      <For each={Object.values(model.notices)}>
        {(notice) => (
          <div
            role={notice.level === "error" ? "alert" : "status"}
            class={`flex shrink-0 gap-2 border-b border-line px-4 py-2 ${LOOK[notice.level].tone}`}
          >
            <Icon name={LOOK[notice.level].icon} class={`mt-[3px] ${LOOK[notice.level].color}`} />
            <span class="selectable min-w-0 break-words">
              {quoted(notice.message)}
              {notice.hint ? <span class="text-muted"> {quoted(notice.hint)}</span> : null}
            </span>
          </div>
        )}
      </For>
    </>
  );
}
