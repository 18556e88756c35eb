/** Short notices at the edge of the window: what failed, what was done. */
import { createSignal, For, Show } from "solid-js";
import { asFailure } from "../backend/failure";
import { t } from "../i18n";
import { quoted } from "../lib/format";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";

export type Level = "info" | "warning" | "error";

export interface Notice {
  id: number;
  level: Level;
  message: string;
  hint: string | null;
}

/** Errors stay until they are dismissed; the rest is read in this time. */
const SHOWN_MS = 6_000;
const MOST = 4;

const [notices, setNotices] = createSignal<readonly Notice[]>([]);
let last = 0;

export function notify(notice: { level: Level; message: string; hint?: string | null }): void {
  last += 1;
  const id = last;
  const added = { id, level: notice.level, message: notice.message, hint: notice.hint ?? null };
  setNotices((list) => [...list.filter((n) => n.message !== added.message), added].slice(-MOST));
  if (notice.level !== "error") setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Shows a failure of something the person did. */
export function reportFailure(error: unknown): void {
  const failure = asFailure(error);
  // Refused because of the present state is no fault.
  notify({
    level: failure.code === "precondition" ? "warning" : "error",
    message: failure.message,
    hint: failure.hint,
  });
}

/** Carries out what the person asked for; a failure is shown. */
export function attempt(work: () => Promise<unknown>): void {
  work().catch(reportFailure);
}

/** The same for what takes a while: whether it goes on, for the button that began it, and how to begin. */
export function createAttempt(): [isGoingOn: () => boolean, begin: (work: () => Promise<unknown>) => void] {
  const [isGoingOn, setGoingOn] = createSignal(false);
  const begin = (work: () => Promise<unknown>) => {
    setGoingOn(true);
    attempt(() => work().finally(() => setGoingOn(false)));
  };
  return [isGoingOn, begin];
}

export function dismiss(id: number): void {
  setNotices((list) => list.filter((notice) => notice.id !== id));
}

const LOOK: Record<Level, { icon: IconName; color: string }> = {
  info: { icon: "info", color: "text-accent" },
  warning: { icon: "triangle-alert", color: "text-warn" },
  error: { icon: "circle-alert", color: "text-bad" },
};

export function Notices() {
  return (
    <div
      role="log"
      aria-live="polite"
      aria-label={t("app.notices")}
      class="pointer-events-none fixed right-3 bottom-9 z-60 flex w-[min(380px,calc(100%-24px))] flex-col gap-2"
    >
      <For each={notices()}>
        {(notice) => (
          <div class="pointer-events-auto flex items-start gap-2 rounded-lg border border-line-strong bg-raised p-2.5 [box-shadow:var(--shadow)]">
            <Icon name={LOOK[notice.level].icon} class={`mt-[3px] ${LOOK[notice.level].color}`} />
            <div class="selectable min-w-0 grow break-words">
              {quoted(notice.message)}
              <Show when={notice.hint}>
                <div class="text-sm text-muted">{quoted(notice.hint ?? "")}</div>
              </Show>
            </div>
            <IconButton icon="x" label={t("app.dismiss")} size={13} onClick={() => dismiss(notice.id)} />
          </div>
        )}
      </For>
    </div>
  );
}
