/** All live sessions over all instances, those that need a person first; on a fresh machine, how to begin. */
import { createMemo, For, type JSX, Show } from "solid-js";
import { go } from "../../app/place";
import { count, t } from "../../i18n";
import { startInstance } from "../../model/commands";
import { kindMark, whereOf } from "../../model/kinds";
import { markOf } from "../../model/marks";
import { instances, instanceWord, isRunning, lacksOpencode, liveSessions, sessionNeed } from "../../model/selectors";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { DirectoryList } from "../../ui/DirectoryList";
import { Icon } from "../../ui/Icon";
import { attempt } from "../../ui/notices";
import { Page, Section } from "../../ui/Page";
import { Sign } from "../../ui/Sign";
import { StateMark } from "../../ui/StateMark";
import { Empty, Skeleton } from "../../ui/states";
import type { InstanceView, RequestView } from "../../wire/messages";
import { FoundSection } from "./FoundSection";
import { OpencodeStatus } from "./OpencodeStatus";
import { SessionCard } from "./SessionCard";

interface OverviewProps {
  /** The card of a request, answerable in place. */
  request: (request: RequestView) => JSX.Element;
  /** The offer of the tour, when it is to be made. */
  tour: JSX.Element;
}

export function Overview(props: OverviewProps) {
  /** Nothing of the person's own, and nothing at work elsewhere: how to begin matters most. */
  const isFresh = () =>
    !instances(model).some((instance) => instance.owner === "portal") && liveSessions(model).length === 0;
  return (
    <Show when={model.loaded} fallback={<Skeleton lines={6} label={t("app.loading")} />}>
      <Show when={!isFresh()} fallback={<Hello tour={props.tour} />}>
        <Busy {...props} />
      </Show>
    </Show>
  );
}

function Busy(props: OverviewProps) {
  const keys = createMemo(() => liveSessions(model).map((view) => sessionKey(view.instance, view.id)));
  const ours = createMemo(() =>
    instances(model)
      .filter((view) => view.owner === "portal")
      .map((view) => view.id),
  );
  const recent = createMemo(() =>
    Object.values(model.sessions)
      .filter((view) => view.parent === null && sessionNeed(model, view) === "idle")
      .sort((a, b) => b.updated_ms - a.updated_ms)
      .slice(0, 6)
      .map((view) => sessionKey(view.instance, view.id)),
  );
  return (
    <Page
      title={t("overview.title")}
      subtitle={count(instances(model).filter(isRunning).length, "app.running.one", "app.running.many")}
      actions={
        <Button variant="primary" icon="plus" onClick={() => go({ kind: "new-instance" })}>
          {t("fleet.new")}
        </Button>
      }
    >
      <div class="flex flex-col gap-6 p-4">
        {props.tour}
        <Show when={lacksOpencode(model)}>
          <OpencodeStatus />
        </Show>
        <Show
          when={keys().length > 0}
          fallback={<Empty icon="circle-check" title={t("overview.quiet.title")} text={t("overview.quiet.text")} />}
        >
          <div class="grid grid-cols-[repeat(auto-fill,minmax(min(340px,100%),1fr))] items-start gap-3">
            <For each={keys()}>{(key) => <SessionCard sessionKey={key} request={props.request} />}</For>
          </div>
        </Show>
        <Show when={recent().length > 0}>
          <Section title={t("overview.recent")}>
            <div class="grid grid-cols-[repeat(auto-fill,minmax(min(340px,100%),1fr))] gap-2">
              <For each={recent()}>{(key) => <SessionCard sessionKey={key} request={props.request} isSmall />}</For>
            </div>
          </Section>
        </Show>
        <FoundSection />
        <Show when={ours().length > 0}>
          <Section title={t("overview.instances")}>
            <ul class="overflow-hidden rounded-lg border border-line">
              <For each={ours()}>
                {(id) => <Show when={model.instances[id]}>{(view) => <InstanceLine instance={view()} />}</Show>}
              </For>
            </ul>
          </Section>
        </Show>
      </div>
    </Page>
  );
}

function InstanceLine(props: { instance: InstanceView }) {
  return (
    <li class="border-b border-line last:border-0">
      <button
        type="button"
        onClick={() => go({ kind: "instance", id: props.instance.id })}
        class="flex h-9 w-full items-center gap-3 px-3 text-left hover:bg-hover"
      >
        <span class="flex w-32 shrink-0 items-center">
          <StateMark mark={markOf(instanceWord(props.instance))} withWord />
        </span>
        <span class="min-w-24 truncate font-medium">{props.instance.name}</span>
        <span class="flex min-w-0 grow items-center gap-1.5 text-sm text-muted">
          <Show when={props.instance.kind !== "process"}>
            <Sign {...kindMark(props.instance)} />
          </Show>
          <span class="min-w-0 truncate">{whereOf(props.instance, model.host.home)}</span>
        </span>
        <Icon name="chevron-right" class="text-faint" />
      </button>
    </li>
  );
}

function Hello(props: { tour: JSX.Element }) {
  return (
    <div class="flex h-full flex-col gap-6 overflow-y-auto px-4 py-8">
      <Show
        when={!lacksOpencode(model)}
        fallback={
          <>
            <OpencodeStatus />
            <div class="mx-auto flex w-full max-w-xl flex-col gap-6">
              {props.tour}
              <FoundSection />
            </div>
          </>
        }
      >
        <div class="mx-auto flex w-full max-w-xl flex-col items-center gap-3 text-center">
          <span class="inline-flex size-14 items-center justify-center rounded-2xl bg-accent-soft text-accent">
            <Icon name="server" size={26} />
          </span>
          <h1 class="text-xl font-semibold">{t("overview.hello.title")}</h1>
          <p class="max-w-md text-muted">{t("overview.hello.text")}</p>
          <Button
            variant="primary"
            size="large"
            icon="folder-open"
            class="mt-2"
            onClick={() => go({ kind: "new-instance" })}
          >
            {t("overview.start")}
          </Button>
          <Show when={model.opencode.opencode === "found" && model.opencode}>
            {(found) => (
              <p class="text-sm text-faint" title={found().path}>
                {t("overview.opencode", { version: found().version })}, {t(`opencode.source.${found().source}`)}
              </p>
            )}
          </Show>
          <Show when={model.opencode.opencode === "looking"}>
            <p class="text-sm text-faint">{t("opencode.looking")}</p>
          </Show>
        </div>
        <div class="mx-auto flex w-full max-w-xl flex-col gap-6">
          {props.tour}
          <FoundSection />
          <Show when={model.settings.recent_directories.length > 0}>
            <Section title={t("overview.recentDirectories")}>
              <DirectoryList
                directories={model.settings.recent_directories}
                home={model.host.home}
                onChoose={(directory) =>
                  attempt(async () => go({ kind: "instance", id: await startInstance(directory) }))
                }
              />
            </Section>
          </Show>
        </div>
      </Show>
    </div>
  );
}
