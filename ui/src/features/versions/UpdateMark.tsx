/** In the status line: the opencode that is used, and quietly that there is a newer one or that an update goes on. */
import { Match, Show, Switch } from "solid-js";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { model } from "../../model/store";
import { Icon } from "../../ui/Icon";
import type { UpdateView } from "../../wire/messages";
import { isUpdating, newerVersion } from "./newer";

const BUTTON = "inline-flex h-5 min-w-0 items-center gap-1 rounded px-1 hover:bg-hover hover:text-ink";

export function UpdateMark() {
  const found = () => (model.opencode.opencode === "found" ? model.opencode.version : null);
  const newer = () => newerVersion(model.opencode, model.versions);
  const toSettings = () => go({ kind: "settings" });
  return (
    <Switch
      fallback={
        <Show when={found()}>
          {(version) => <span class="hidden md:inline">{t("overview.opencode", { version: version() })}</span>}
        </Show>
      }
    >
      <Match when={isUpdating(model.versions.update)}>
        <button type="button" class={`${BUTTON} text-busy`} onClick={toSettings}>
          <Icon name="circle-dot" size={12} />
          <span class="truncate">{progress(model.versions.update)}</span>
        </button>
      </Match>
      <Match when={model.versions.update.update === "rolled_back" && model.versions.update}>
        {(update) => (
          <button type="button" class={`${BUTTON} text-warn`} onClick={toSettings}>
            <Icon name="undo-2" size={12} />
            <span class="truncate">{t("versions.rolledBack", { version: update().version })}</span>
          </button>
        )}
      </Match>
      <Match when={newer()}>
        {(version) => (
          <button type="button" class={BUTTON} onClick={toSettings}>
            <Icon name="circle-arrow-up" size={12} class="text-accent" />
            <span class="truncate">{t("versions.newer", { version: version() })}</span>
          </button>
        )}
      </Match>
    </Switch>
  );
}

function progress(update: UpdateView): string {
  return update.update === "rolling_out"
    ? t("versions.updatingOf", { done: update.done, total: update.total })
    : t("versions.updating");
}
