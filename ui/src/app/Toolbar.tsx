/** The strip on top: folds, history, the palette. */
import { Show } from "solid-js";
import { t } from "../i18n";
import { waitingCount } from "../model/selectors";
import { model } from "../model/store";
import { Badge } from "../ui/Badge";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Kbd } from "../ui/Kbd";
import { openDialog } from "./dialogs";
import { isDockOpen, isLeftOpen, setDockShown, setLeftShown } from "./layout";
import { go, goBack, goForward } from "./place";

export function Toolbar(props: { hasDock: boolean }) {
  return (
    <header
      role="toolbar"
      aria-label={t("app.toolbar")}
      class="flex h-10 shrink-0 items-center gap-1 border-b border-line bg-panel px-2"
    >
      <IconButton
        icon="panel-left"
        label={t("app.foldLeft")}
        keys="Mod+B"
        pressed={isLeftOpen()}
        onClick={() => setLeftShown(!isLeftOpen())}
      />
      <IconButton icon="arrow-left" label={t("app.back")} keys="Alt+ArrowLeft" onClick={goBack} />
      <IconButton icon="arrow-right" label={t("app.forward")} keys="Alt+ArrowRight" onClick={goForward} />
      <div class="flex min-w-0 grow justify-center px-2">
        <button
          type="button"
          onClick={() => openDialog("palette")}
          class="flex h-7 w-full max-w-md items-center gap-2 rounded-md border border-line bg-canvas px-2 text-faint hover:border-line-strong hover:text-muted"
        >
          <Icon name="search" />
          <span class="grow truncate text-left">{t("palette.placeholder")}</span>
          <Kbd keys="Mod+K" />
        </button>
      </div>
      <Show when={waitingCount(model) > 0}>
        <button
          type="button"
          onClick={() => go({ kind: "inbox" })}
          class="flex h-6 items-center gap-1.5 rounded-md bg-warn-soft px-2 text-sm text-warn hover:brightness-95"
        >
          <Icon name="hand" size={13} />
          <span class="hidden sm:inline">{t("state.waiting")}</span>
          <Badge tone="warn">{waitingCount(model)}</Badge>
        </button>
      </Show>
      <IconButton icon="settings" label={t("action.settings")} keys="Mod+," onClick={() => go({ kind: "settings" })} />
      <IconButton
        icon="panel-right"
        label={t("app.foldDock")}
        keys="Mod+J"
        disabled={!props.hasDock}
        pressed={props.hasDock && isDockOpen()}
        onClick={() => setDockShown(!isDockOpen())}
      />
    </header>
  );
}
