/** The line at the foot: the link to the core, the fleet in figures, our version. */
import { createMemo, Show } from "solid-js";
import { count, t } from "../i18n";
import { bytes, percent } from "../lib/format";
import { usage } from "../model/selectors";
import { model } from "../model/store";
import { Icon } from "../ui/Icon";

const LINK = {
  connecting: { icon: "circle-dashed", color: "text-muted" },
  live: { icon: "circle-check", color: "text-good" },
  lost: { icon: "triangle-alert", color: "text-bad" },
} as const;

export function StatusLine() {
  const figures = createMemo(() => usage(model));
  return (
    <footer class="flex h-6 shrink-0 items-center gap-4 overflow-hidden border-t border-line bg-panel px-3 text-xs whitespace-nowrap text-muted">
      <span role="status" class={`flex items-center gap-1.5 ${LINK[model.link].color}`}>
        <Icon name={LINK[model.link].icon} size={12} />
        {t(`app.link.${model.link}`)}
      </span>
      <Show when={model.loaded}>
        <span>{count(figures().running, "app.running.one", "app.running.many")}</span>
        <Show when={figures().memoryBytes > 0}>
          <span class="hidden sm:inline">
            {t("app.usage", { memory: bytes(figures().memoryBytes), cpu: percent(figures().cpuPercent) })}
          </span>
        </Show>
      </Show>
      <span class="grow" />
      <Show when={model.opencode.opencode === "found" && model.opencode}>
        {(found) => <span class="hidden md:inline">{t("overview.opencode", { version: found().version })}</span>}
      </Show>
      <Show when={model.host.version}>
        <span>{t("app.version", { version: model.host.version })}</span>
      </Show>
    </footer>
  );
}
