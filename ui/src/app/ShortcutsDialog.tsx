/** Every shortcut, by what it belongs to. */
import { createMemo, For, Show } from "solid-js";
import { type Action, allActions } from "../actions/registry";
import { t } from "../i18n";
import { Dialog } from "../ui/Dialog";
import { Kbd } from "../ui/Kbd";

const GROUPS = ["general", "go", "instance", "session", "request", "review"] as const;

export function ShortcutsDialog(props: { open: boolean; onClose: () => void }) {
  const byGroup = createMemo(() =>
    GROUPS.map((name) => ({
      name,
      actions: allActions().filter((action) => (action.group ?? "general") === name && action.keys?.length),
    })).filter((group) => group.actions.length > 0),
  );
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t("shortcuts.title")} width="640px">
      <div class="mt-2 columns-1 gap-8 sm:columns-2">
        <For each={byGroup()}>
          {(group) => (
            <section class="mb-4 break-inside-avoid">
              <h3 class="mb-1 text-sm font-semibold text-muted">{t(`group.${group.name}`)}</h3>
              <dl>
                <For each={group.actions}>{(action) => <Row action={action} />}</For>
              </dl>
            </section>
          )}
        </For>
      </div>
    </Dialog>
  );
}

function Row(props: { action: Action }) {
  return (
    <div class="flex items-center gap-2 border-b border-line py-1 last:border-0">
      <dt class="grow">{t(props.action.label)}</dt>
      <dd class="flex gap-1">
        <For each={props.action.keys}>
          {(keys, i) => (
            <>
              <Show when={i() > 0}>
                <span class="text-faint">·</span>
              </Show>
              <Kbd keys={keys} />
            </>
          )}
        </For>
      </dd>
    </div>
  );
}
