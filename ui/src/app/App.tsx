/** The window: three columns, the strips above and below, and what lies over them. */
import { createEffect, createSignal, on, onCleanup, onMount, Show } from "solid-js";
import { instanceActions } from "../actions/instance";
import { listenToKeys } from "../actions/keys";
import { register } from "../actions/registry";
import { requestActions } from "../actions/request";
import { reviewActions } from "../actions/review";
import { sessionActions } from "../actions/session";
import { Fleet } from "../features/fleet/Fleet";
import { Palette } from "../features/palette/Palette";
import { PromptDialog } from "../features/prompt/PromptDialog";
import { QuitDialog } from "../features/quit/QuitDialog";
import { ReviewDock } from "../features/review/ReviewDock";
import { versionActions } from "../features/versions/versions.actions";
import { t } from "../i18n";
import { model } from "../model/store";
import { Notices } from "../ui/notices";
import { Splitter } from "../ui/Splitter";
import { appActions } from "./actions";
import { closeDialog, dialog } from "./dialogs";
import { FleetNotices } from "./FleetNotices";
import { InstanceDialogs } from "./InstanceDialogs";
import {
  DOCK,
  dockMax,
  foldWhatLiesOver,
  hasDockColumn,
  hasLeftColumn,
  isDockOpen,
  isLeftOpen,
  LEFT,
  setDockShown,
  setDockWidth,
  setLeftWidth,
  shownDockWidth,
  shownLeftWidth,
} from "./layout";
import { place } from "./place";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { StatusLine } from "./StatusLine";
import { Toolbar } from "./Toolbar";
import { followTheme } from "./theme";
import { Work } from "./Work";

export function App() {
  // Asking for the same turn again is asking again: the review may be at another one by now.
  const [turn, setTurn] = createSignal<string | undefined>(undefined, { equals: false });
  followTheme();
  onMount(() => {
    onCleanup(
      register([
        ...appActions,
        ...instanceActions,
        ...sessionActions,
        ...requestActions,
        ...reviewActions,
        ...versionActions,
      ]),
    );
    onCleanup(listenToKeys());
  });
  createEffect(on(place, foldWhatLiesOver, { defer: true }));

  /** What the dock is about: a session, or an instance's work tree. */
  const subject = () => {
    const here = place();
    if (here.kind === "session" && model.instances[here.instance])
      return { instance: here.instance, session: here.session };
    if (here.kind === "instance" && model.instances[here.id]?.state.state === "ready") return { instance: here.id };
    return undefined;
  };
  createEffect(
    on(
      () => JSON.stringify(subject()),
      () => setTurn(undefined),
      { defer: true },
    ),
  );
  const reviewTurn = (message: string) => {
    setTurn(message);
    setDockShown(true);
  };
  const hasDock = () => subject() !== undefined && isDockOpen();
  /** What lies over the work goes away with Escape, unless something in it took the key. */
  const onEscape = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) foldWhatLiesOver();
  };

  return (
    <div class="flex h-full flex-col">
      <Toolbar hasDock={subject() !== undefined} />
      <div class="relative flex min-h-0 grow">
        <Show when={isLeftOpen()}>
          <aside
            aria-label={t("app.fleet")}
            onKeyDown={onEscape}
            class={`h-full shrink-0 contain-strict ${hasLeftColumn() ? "" : "absolute inset-y-0 left-0 z-30 border-r border-line-strong"}`}
            style={{ width: `${shownLeftWidth()}px` }}
          >
            <Fleet />
          </aside>
          <Show when={hasLeftColumn()}>
            <Splitter
              label={t("app.resizeLeft")}
              side="left"
              value={shownLeftWidth()}
              min={LEFT.min}
              max={LEFT.max}
              onChange={setLeftWidth}
              onReset={() => setLeftWidth(LEFT.usual)}
            />
          </Show>
        </Show>
        <main aria-label={t("app.work")} class="flex min-h-0 min-w-0 grow flex-col contain-strict">
          <FleetNotices />
          {/* A box that is laid out by its edges: WebKit does not take a height that grew for one that `100%` is of. */}
          <div class="relative min-h-0 grow">
            <div class="absolute inset-0">
              <Work onReviewTurn={reviewTurn} />
            </div>
          </div>
        </main>
        <Show when={hasDock() && subject()}>
          {(about) => (
            <>
              <Show when={hasDockColumn()}>
                <Splitter
                  label={t("app.resizeDock")}
                  side="right"
                  value={shownDockWidth()}
                  min={DOCK.min}
                  max={dockMax()}
                  onChange={setDockWidth}
                  onReset={() => setDockWidth(DOCK.usual)}
                />
              </Show>
              <aside
                aria-label={t("app.dock")}
                onKeyDown={onEscape}
                class={`h-full shrink-0 contain-strict ${hasDockColumn() ? "" : "absolute inset-y-0 right-0 z-30 border-l border-line-strong [box-shadow:var(--shadow)]"}`}
                style={{ width: hasDockColumn() ? `${shownDockWidth()}px` : "min(460px, 100%)" }}
              >
                <ReviewDock instance={about().instance} session={about().session} turn={turn()} />
              </aside>
            </>
          )}
        </Show>
      </div>
      <StatusLine />
      <Notices />
      <Palette open={dialog() === "palette"} onClose={closeDialog} />
      <ShortcutsDialog open={dialog() === "shortcuts"} onClose={closeDialog} />
      <InstanceDialogs />
      <PromptDialog prompt={model.prompts[0]} />
      <QuitDialog open={dialog() === "quit"} onClose={closeDialog} />
    </div>
  );
}
