/** The end of an instance's output, read again while it is shown. */
import { createEffect, createMemo, createResource, createSignal, on, onCleanup, Show } from "solid-js";
import { Virtualizer, type VirtualizerHandle } from "virtua/solid";
import { t } from "../../i18n";
import { instanceLog } from "../../model/commands";
import { AnsiText } from "../../ui/AnsiText";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Empty, ErrorNote, Skeleton } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { InstanceView } from "../../wire/messages";

const LINES = 2_000;
/** The log is a file; it is looked at this often while it is on screen. */
const EVERY_MS = 2_000;

export function LogTab(props: { instance: InstanceView }) {
  const [isFollowed, setFollowed] = createSignal(true);
  const [filter, setFilter] = createSignal("");
  const [log, { refetch }] = createResource(
    () => props.instance.id,
    (id) => instanceLog(id, LINES),
  );
  let scroller: HTMLDivElement | undefined;
  let list: VirtualizerHandle | undefined;

  const timer = setInterval(() => {
    if (isFollowed() && !document.hidden && log.state !== "refreshing" && log.state !== "pending") void refetch();
  }, EVERY_MS);
  onCleanup(() => clearInterval(timer));
  createEffect(
    on(
      () => props.instance.state.state,
      () => void refetch(),
      { defer: true },
    ),
  );

  const text = createMemo(() => (log.state === "errored" ? undefined : log.latest));
  const lines = createMemo(() => {
    const wanted = filter().trim().toLowerCase();
    const all = text()?.lines ?? [];
    return wanted ? all.filter((line) => line.toLowerCase().includes(wanted)) : all;
  });
  createEffect(
    on(lines, (shown) => {
      if (isFollowed() && shown.length > 0)
        queueMicrotask(() => list?.scrollToIndex(shown.length - 1, { align: "end" }));
    }),
  );

  return (
    <div class="flex min-h-0 grow flex-col">
      <div class="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <div class="w-56">
          <TextField
            label={t("instance.log.filter")}
            hideLabel
            placeholder={t("instance.log.filter")}
            value={filter()}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
        <label class="flex items-center gap-1.5">
          <input
            type="checkbox"
            checked={isFollowed()}
            onChange={(event) => setFollowed(event.currentTarget.checked)}
            class="size-3.5 accent-(--accent)"
          />
          {t("instance.log.follow")}
        </label>
        <Button variant="quiet" icon="refresh-cw" onClick={() => void refetch()}>
          {t("instance.log.refresh")}
        </Button>
        <span class="grow" />
        <CopyButton text={lines().join("\n")} />
      </div>
      <Show when={log.error}>
        <div class="p-4">
          <ErrorNote error={log.error} />
        </div>
      </Show>
      <Show
        when={text()}
        fallback={
          <Show when={!log.error}>
            <Skeleton lines={8} label={t("app.loading")} />
          </Show>
        }
      >
        {(shown) => (
          <Show
            when={shown().lines.length > 0}
            fallback={<Empty icon="list" title={t("instance.log.empty.title")} text={t("instance.log.empty.text")} />}
          >
            <div
              ref={scroller}
              role="log"
              aria-live="off"
              aria-label={t("instance.log.label", { name: props.instance.name })}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard.
              tabIndex={0}
              class="selectable min-h-0 grow overflow-auto px-4 py-2 font-mono text-sm"
            >
              <Show when={shown().truncated}>
                <p class="pb-1 font-sans text-faint">{t("instance.log.truncated")}</p>
              </Show>
              <Virtualizer ref={(handle) => (list = handle)} data={lines()} scrollRef={scroller}>
                {(line) => (
                  <div class="whitespace-pre-wrap [overflow-wrap:anywhere]">
                    <AnsiText text={line} />
                  </div>
                )}
              </Virtualizer>
            </div>
          </Show>
        )}
      </Show>
    </div>
  );
}
