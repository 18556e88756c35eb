/** The line at the foot: the link to the core, the fleet in figures, opencode's version and ours. */
import { createMemo, Show } from "solid-js";
import { FleetUsage } from "../features/resources/FleetUsage";
import { UpdateMark } from "../features/versions/UpdateMark";
import { t } from "../i18n";
import { instances, usage } from "../model/selectors";
import { model } from "../model/store";
import { Icon } from "../ui/Icon";

const LINK = {
  connecting: { icon: "circle-dashed", color: "text-muted" },
  live: { icon: "circle-check", color: "text-good" },
  lost: { icon: "triangle-alert", color: "text-bad" },
} as const;

export function StatusLine() {
  const figures = createMemo(() => usage(model));
  const all = createMemo(() => instances(model).length);
  const running = () => {
    const n = figures().running;
    if (n === all()) return t(n === 1 ? "app.running.one" : "app.running.many", { count: n });
    return t(all() === 1 ? "app.runningOf.one" : "app.runningOf.many", { count: n, all: all() });
  };
  return (
    <footer class="flex h-6 shrink-0 items-center gap-3 overflow-hidden border-t border-line bg-panel px-3 text-xs whitespace-nowrap text-muted">
      <span role="status" class={`flex items-center gap-1.5 ${LINK[model.link].color}`}>
        <Icon name={LINK[model.link].icon} size={12} />
        {t(`app.link.${model.link}`)}
      </span>
      <Show when={model.loaded}>
        <span>{running()}</span>
        <Show when={figures().memoryBytes > 0}>
          <FleetUsage />
        </Show>
      </Show>
      <span class="grow" />
      <UpdateMark />
      <Show when={model.host.version}>
        <span class="hidden md:inline">{t("app.version", { version: model.host.version })}</span>
      </Show>
    </footer>
  );
}
