/** Instances that other programs started on this machine, and addresses that were added. */
import { createMemo, For, Show } from "solid-js";
import { openDialog } from "../../app/dialogs";
import { carryOut, iconOf, verbLabel } from "../../app/instanceMenu";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { duration } from "../../lib/format";
import { kindMark, shortId, whereOf } from "../../model/kinds";
import { markOf } from "../../model/marks";
import { instances, instanceWord } from "../../model/selectors";
import { model } from "../../model/store";
import { isOpen, isUnsafe, type Verb, verbsOf } from "../../model/verbs";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Section } from "../../ui/Page";
import { PathText } from "../../ui/PathText";
import { Sign } from "../../ui/Sign";
import { StateMark } from "../../ui/StateMark";
import type { InstanceView } from "../../wire/messages";

const AT_HAND: readonly Verb[] = ["unlock", "newSession", "start", "stop", "stopExternal"];

export function FoundSection() {
  const ids = createMemo(() =>
    instances(model)
      .filter((view) => view.owner === "external")
      .map((view) => view.id),
  );
  return (
    <Show when={ids().length > 0}>
      <Section
        title={t("found.title")}
        end={
          <Button size="small" variant="quiet" icon="plug" onClick={() => openDialog("add-address")}>
            {t("start.address")}
          </Button>
        }
      >
        <p class="text-sm text-faint">{t("found.text")}</p>
        <ul class="overflow-hidden rounded-lg border border-line">
          <For each={ids()}>
            {(id) => <Show when={model.instances[id]}>{(view) => <FoundLine instance={view()} />}</Show>}
          </For>
        </ul>
      </Section>
    </Show>
  );
}

function FoundLine(props: { instance: InstanceView }) {
  const view = () => props.instance;
  const verbs = createMemo(() => verbsOf(view(), model.host).filter((verb) => AT_HAND.includes(verb)));
  const word = () => instanceWord(view());
  const facts = () =>
    [
      word() !== "idle" && markOf(word()).word,
      view().kind === "remote" ? t("found.added") : t(`found.role.${view().role}`),
      view().container !== null && t("found.container", { name: view().container?.name ?? shortId(view()) }),
      view().pid !== null && t("found.pid", { pid: view().pid ?? "" }),
      view().started_at_ms !== null && duration(now() - (view().started_at_ms ?? 0)),
      view().version !== null && t("overview.opencode", { version: view().version ?? "" }),
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <li class="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line pr-2 last:border-0 hover:bg-hover">
      <button
        type="button"
        aria-label={t("found.look", { name: view().name })}
        onClick={() => go({ kind: "instance", id: view().id })}
        class="flex min-w-48 grow basis-64 items-center gap-3 px-3 py-2 text-left"
      >
        <StateMark mark={markOf(word())} />
        <span class="flex min-w-0 grow flex-col">
          <span class="flex min-w-0 items-center gap-2">
            <span class="truncate font-medium">{view().name}</span>
            <Show when={isUnsafe(view())}>
              <Badge tone="bad">{t("found.unsafe.short")}</Badge>
            </Show>
            <Show when={isOpen(view())}>
              <Badge tone="warn">{t("found.open.short")}</Badge>
            </Show>
          </span>
          <span class="flex min-w-0 items-center gap-1.5 text-sm text-muted">
            <Show when={view().kind !== "process"}>
              <Sign {...kindMark(view())} />
            </Show>
            <PathText path={whereOf(view(), model.host.home)} class="grow" />
          </span>
          <span class="truncate text-sm text-faint">{facts()}</span>
        </span>
      </button>
      <span class="flex shrink-0 gap-1.5 pb-1 pl-3">
        <For each={verbs()}>
          {(verb) => (
            <Button
              size="small"
              icon={iconOf(verb)}
              aria-label={`${verbLabel(verb, view())} ${view().name}`}
              onClick={() => carryOut(verb, view())}
            >
              {verbLabel(verb, view())}
            </Button>
          )}
        </For>
      </span>
    </li>
  );
}
