/** Instances that a directory has already: open one, or say that one more is wanted, knowing what is shared. */
import { For, Show } from "solid-js";
import { go } from "../../app/place";
import { count, t } from "../../i18n";
import { kindMark } from "../../model/kinds";
import { markOf } from "../../model/marks";
import { instanceWord } from "../../model/selectors";
import { Button } from "../../ui/Button";
import { Check } from "../../ui/Check";
import { Icon } from "../../ui/Icon";
import { Sign } from "../../ui/Sign";
import { StateMark } from "../../ui/StateMark";
import type { InstanceView } from "../../wire/messages";

interface ExistingProps {
  instances: readonly InstanceView[];
  /** Whether a start gives one of them; if not, it makes one more anyway. */
  isGiven: boolean;
  /** Whether the new one runs in a container, with a database of its own. */
  isContained: boolean;
  isAnother: boolean;
  onAnother: (isAnother: boolean) => void;
}

export function Existing(props: ExistingProps) {
  return (
    <section aria-label={t("start.existing")} class="flex flex-col gap-2 rounded-lg border border-line bg-panel p-3">
      <h2 class="font-medium">{count(props.instances.length, "start.existing.one", "start.existing.many")}</h2>
      <ul class="flex flex-col gap-1">
        <For each={props.instances.map((one) => one.id)}>
          {(id) => (
            <Show when={props.instances.find((one) => one.id === id)}>
              {(view) => (
                <li class="flex items-center gap-2">
                  <StateMark mark={markOf(instanceWord(view()))} />
                  <Sign {...kindMark(view())} />
                  <span class="min-w-0 truncate">{view().name}</span>
                  <span class="min-w-0 grow truncate text-sm text-muted">
                    {view().owner === "external" ? t("start.existing.found") : markOf(instanceWord(view())).word}
                  </span>
                  <Button
                    size="small"
                    icon="arrow-right"
                    aria-label={t("start.existing.open", { name: view().name })}
                    onClick={() => go({ kind: "instance", id: view().id })}
                  >
                    {t("start.open")}
                  </Button>
                </li>
              )}
            </Show>
          )}
        </For>
      </ul>
      <Show when={props.isGiven}>
        <Check label={t("start.another")} checked={props.isAnother} onChange={props.onAnother} />
      </Show>
      <Show when={props.isAnother || !props.isGiven}>
        <div role="status" class="flex gap-2 rounded-md bg-warn-soft px-3 py-2">
          <Icon name="triangle-alert" class="mt-[3px] text-warn" />
          <div class="flex min-w-0 flex-col gap-1">
            <p class="font-medium">{t(props.isContained ? "start.sharing.titleFiles" : "start.sharing.title")}</p>
            <ul class="list-disc pl-4 text-muted">
              <Show when={!props.isContained} fallback={<li>{t("start.sharing.own")}</li>}>
                <li>{t("start.sharing.sessions")}</li>
                <li>{t("start.sharing.state")}</li>
              </Show>
              <li>{t("start.sharing.files")}</li>
            </ul>
          </div>
        </div>
      </Show>
    </section>
  );
}
