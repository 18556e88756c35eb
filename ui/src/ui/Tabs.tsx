/** Tabs over one panel. */
import { Tabs as Base } from "@kobalte/core/tabs";
import { For, type JSX, Show } from "solid-js";
import { Badge } from "./Badge";

export interface Tab {
  id: string;
  label: string;
  /** A number beside the label, when it is not 0. */
  count?: number;
}

interface TabsProps {
  label: string;
  tabs: readonly Tab[];
  value: string;
  onChange: (id: string) => void;
  /** At the end of the row of tabs. */
  end?: JSX.Element;
  /** The panel of the chosen tab. */
  children: JSX.Element;
}

export function Tabs(props: TabsProps) {
  return (
    <Base value={props.value} onChange={(id) => props.onChange(id)} class="flex min-h-0 grow flex-col">
      <div class="flex h-9 shrink-0 items-center gap-2 border-b border-line px-2">
        <Base.List aria-label={props.label} class="flex h-full min-w-0 grow items-stretch gap-1 overflow-x-auto">
          <For each={props.tabs}>
            {(tab) => (
              <Base.Trigger
                value={tab.id}
                class="flex items-center gap-1.5 border-b-2 border-transparent px-2 text-muted hover:text-ink data-[selected]:border-accent data-[selected]:text-ink"
              >
                {tab.label}
                <Show when={tab.count}>{(n) => <Badge>{n()}</Badge>}</Show>
              </Base.Trigger>
            )}
          </For>
        </Base.List>
        {props.end}
      </div>
      <Base.Content value={props.value} class="flex min-h-0 grow flex-col overflow-auto focus-visible:outline-none">
        {props.children}
      </Base.Content>
    </Base>
  );
}
