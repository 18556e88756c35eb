/** Which tab an instance's page is at, for each instance while the window lives. */
import { createSignal } from "solid-js";

export const INSTANCE_TABS = ["sessions", "summary", "logs", "resources", "profile"] as const;
export type InstanceTab = (typeof INSTANCE_TABS)[number];

const [tabs, setTabs] = createSignal<Record<string, InstanceTab>>({});

export function instanceTab(id: string): InstanceTab {
  return tabs()[id] ?? "sessions";
}

export function openInstanceTab(id: string, tab: InstanceTab): void {
  setTabs((all) => ({ ...all, [id]: tab }));
}
