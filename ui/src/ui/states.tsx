/** What stands where there is nothing yet, nothing at all, or a failure. */
import { createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { asFailure } from "../backend/failure";
import { quoted } from "../lib/format";
import { comesIntoView } from "./comes-into-view";
import { Icon, type IconName } from "./Icon";

/** Grey lines in place of what loads; not before 150 ms, so that what loads fast does not flash. */
export function Skeleton(props: { lines?: number; label: string }) {
  const [isShown, setShown] = createSignal(false);
  const timer = setTimeout(() => setShown(true), 150);
  onCleanup(() => clearTimeout(timer));
  return (
    <div role="status" aria-label={props.label} class="flex flex-col gap-2 p-4">
      <Show when={isShown()}>
        <For each={Array.from({ length: props.lines ?? 4 })}>
          {(_, i) => <div class="h-3 rounded bg-hover" style={{ width: `${[92, 78, 85, 60][i() % 4]}%` }} />}
        </For>
      </Show>
    </div>
  );
}

/** Nothing to show, why, and what to do. */
export function Empty(props: { icon: IconName; title: string; text?: string; children?: JSX.Element }) {
  return (
    <div class="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-10 text-center">
      <span class="mb-1 inline-flex size-11 items-center justify-center rounded-full bg-hover text-muted">
        <Icon name={props.icon} size={20} />
      </span>
      <h2 class="text-lg font-semibold">{props.title}</h2>
      <Show when={props.text}>
        <p class="text-muted">{props.text}</p>
      </Show>
      <Show when={props.children}>
        <div class="mt-2 flex flex-wrap items-center justify-center gap-2">{props.children}</div>
      </Show>
    </div>
  );
}

/** A failure, in place: what failed, what to do, and the causes for whoever looks closer. */
export function ErrorNote(props: { error: unknown; children?: JSX.Element }) {
  const failure = () => asFailure(props.error);
  return (
    <div role="alert" class="flex gap-2 rounded-md border border-bad/30 bg-bad-soft px-3 py-2">
      <Icon name="circle-alert" class="mt-[3px] text-bad" />
      <div class="selectable flex min-w-0 grow flex-col gap-0.5">
        <span class="break-words">{quoted(failure().message)}</span>
        <Show when={failure().hint}>
          <span class="text-muted">{quoted(failure().hint ?? "")}</span>
        </Show>
        <Show when={failure().detail}>
          <details class="text-sm text-muted">
            <summary>Details</summary>
            <pre class="font-mono whitespace-pre-wrap break-words">{failure().detail}</pre>
          </details>
        </Show>
        <Show when={props.children}>
          <div class="mt-1 flex flex-wrap gap-2">{props.children}</div>
        </Show>
      </div>
    </div>
  );
}

/** The failure of what was tried last, while there is one. */
export function FailureNote(props: { failure: unknown; class?: string }) {
  return (
    <Show when={props.failure}>
      {(failure) => (
        <div ref={comesIntoView} class={`scroll-mb-20 ${props.class ?? ""}`}>
          <ErrorNote error={failure()} />
        </div>
      )}
    </Show>
  );
}

/** Something goes on. It does not turn: a mark that moves for ever costs a core where nothing else does. */
export function BusyMark(props: { label: string }) {
  return (
    <span role="img" aria-label={props.label} class="inline-flex text-busy">
      <Icon name="circle-dot" />
    </span>
  );
}
