/** A page of the middle column: a heading with its actions, and what scrolls under it. */
import { type JSX, Show } from "solid-js";

interface PageProps {
  title: JSX.Element;
  /** Under the title. */
  subtitle?: JSX.Element;
  /** Before the title. */
  mark?: JSX.Element;
  actions?: JSX.Element;
  /** The page lays out and scrolls its own content. */
  isFilled?: boolean;
  children: JSX.Element;
}

export function Page(props: PageProps) {
  return (
    <div class="flex h-full min-h-0 min-w-0 flex-col">
      <header class="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
        <div class="flex min-w-40 grow basis-48 items-center gap-2.5">
          {props.mark}
          <div class="min-w-0">
            <h1 class="flex min-w-0 items-center gap-2 truncate text-lg leading-5 font-semibold">{props.title}</h1>
            <Show when={props.subtitle}>
              <p class="truncate text-sm text-muted">{props.subtitle}</p>
            </Show>
          </div>
        </div>
        <Show when={props.actions}>
          <div class="flex flex-wrap items-center gap-1.5">{props.actions}</div>
        </Show>
      </header>
      <div class={`flex min-h-0 grow flex-col ${props.isFilled ? "" : "overflow-y-auto"}`}>{props.children}</div>
    </div>
  );
}

/** A titled block on a page. */
export function Section(props: { title: string; end?: JSX.Element; children: JSX.Element }) {
  return (
    <section class="flex flex-col gap-2">
      <div class="flex items-center gap-2">
        <h2 class="grow text-sm font-semibold text-muted">{props.title}</h2>
        {props.end}
      </div>
      {props.children}
    </section>
  );
}
