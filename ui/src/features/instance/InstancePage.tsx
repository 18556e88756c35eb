/** One instance: what is so, its sessions, its output, what it uses, how it is run. */
import { createMemo, For, Match, onCleanup, Show, Switch } from "solid-js";
import { onInstanceAction } from "../../actions/instance";
import { INSTANCE_TABS, type InstanceTab, instanceTab, openInstanceTab } from "../../actions/instance-tab";
import { carryOut, iconOf, instanceMenu, verbLabel } from "../../app/instanceMenu";
import { t } from "../../i18n";
import { openWith, wakeInstance } from "../../model/commands";
import { kindMark, whereOf } from "../../model/kinds";
import { markOf } from "../../model/marks";
import { instanceWord, isAsleep, sessionsOf } from "../../model/selectors";
import { model } from "../../model/store";
import { type Verb, verbsOf } from "../../model/verbs";
import { createInstanceWatch } from "../../model/watch";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Menu, type MenuItem } from "../../ui/Menu";
import { attempt, createAttempt } from "../../ui/notices";
import { Page } from "../../ui/Page";
import { Sign } from "../../ui/Sign";
import { StateMark } from "../../ui/StateMark";
import { Empty } from "../../ui/states";
import { Tabs } from "../../ui/Tabs";
import type { InstanceView } from "../../wire/messages";
import { LogTab } from "../logs/LogTab";
import { ResourcesTab } from "../resources/ResourcesTab";
import { ProfileTab } from "./ProfileTab";
import { SessionsTab } from "./SessionsTab";
import { StateNote } from "./StateNote";
import { SummaryTab } from "./SummaryTab";

/** What has a button of its own, in this order; the first that is possible is the main one. The rest is in the menu. */
const BUTTONS = ["newSession", "wake", "start", "sleep", "restart", "stop", "stopExternal"] as const satisfies Verb[];
const MAIN: readonly Verb[] = ["newSession", "wake", "start"];

export function InstancePage(props: { instance: InstanceView }) {
  const [isWaking, beginWaking] = createAttempt();
  const view = () => props.instance;
  const { id } = props.instance;
  const sessions = createMemo(() => sessionsOf(model, id));
  /** How it is run is ours to say only of what we start. */
  const tabs = () => INSTANCE_TABS.filter((tab) => tab !== "profile" || view().owner === "portal");
  const tab = () => (tabs().includes(instanceTab(id)) ? instanceTab(id) : "sessions");
  const show = (next: InstanceTab) => openInstanceTab(id, next);

  createInstanceWatch(() => id);

  const can = createMemo(() => verbsOf(view(), model.host));
  const run = (verb: Verb) => carryOut(verb, view());
  const wake = () => beginWaking(() => wakeInstance(id));

  onCleanup(onInstanceAction("showSessions", () => show("sessions")));
  onCleanup(onInstanceAction("showSummary", () => show("summary")));
  onCleanup(onInstanceAction("showLogs", () => show("logs")));
  onCleanup(onInstanceAction("showResources", () => show("resources")));
  onCleanup(
    onInstanceAction(
      "showProfile",
      () => show("profile"),
      () => view().owner === "portal",
    ),
  );

  const open = (program: "editor" | "terminal" | "files") => () => attempt(() => openWith(program, view().directory));
  const more = (): MenuItem[] => [
    ...(model.host.opens_programs ? folderItems() : []),
    ...instanceMenu(view()).filter((item) => !shown().some((verb) => item.label === verbLabel(verb, view()))),
  ];
  /** What opens its directory; that it cannot be opened is said. Of a container of others it may be a path inside. */
  const folderItems = (): MenuItem[] => {
    const { kind, owner } = view();
    const files = { label: t("instance.openFiles"), icon: "folder-open" as const, run: open("files") };
    if (kind === "process" || (kind === "docker" && owner === "portal")) {
      return [
        { label: t("instance.openEditor"), icon: "code", run: open("editor") },
        { label: t("instance.openTerminal"), icon: "square-terminal", run: open("terminal") },
        files,
      ];
    }
    return [{ ...files, disabled: true, note: t(`cannot.folder.${kind}`) }];
  };
  const shown = createMemo(() => BUTTONS.filter((verb) => can().includes(verb)));

  return (
    <Page
      isFilled
      mark={<StateMark mark={markOf(instanceWord(view()))} size={18} />}
      title={
        <>
          <span class="truncate">{view().name}</span>
          <Show when={view().demo}>
            <Badge tone="accent" label={t("tour.demoHint")}>
              {t("tour.demo")}
            </Badge>
          </Show>
        </>
      }
      subtitle={
        <span class="flex min-w-0 items-center gap-1.5">
          <span class="shrink-0">{markOf(instanceWord(view())).word} ·</span>
          <Show when={view().kind !== "process"}>
            <Sign {...kindMark(view())} class="text-muted" />
          </Show>
          <span class="selectable min-w-0 truncate" title={whereOf(view(), "")}>
            {whereOf(view(), model.host.home)}
          </span>
        </span>
      }
      actions={
        <>
          <For each={shown()}>
            {(verb, at) => (
              <Button
                variant={at() === 0 && MAIN.includes(verb) ? "primary" : "plain"}
                icon={verb === "newSession" ? "plus" : iconOf(verb)}
                busy={verb === "wake" && isWaking()}
                title={verb === "sleep" ? t("instance.sleep.title") : undefined}
                onClick={() => (verb === "wake" ? wake() : run(verb))}
              >
                {verb === "sleep" ? t("instance.sleep") : verbLabel(verb, view())}
              </Button>
            )}
          </For>
          <Menu label={t("app.more")} items={more()} />
        </>
      }
    >
      <StateNote instance={view()} />
      <Tabs
        label={t("instance.tabs")}
        tabs={tabs().map((name) => ({
          id: name,
          label: t(`instance.${name}`),
          ...(name === "sessions" ? { count: sessions().length } : {}),
        }))}
        value={tab()}
        onChange={(next) => show(next as InstanceTab)}
      >
        <Switch>
          <Match when={tab() === "sessions"}>
            <SessionsTab
              instance={view()}
              onNew={() => run("newSession")}
              onStart={() => (isAsleep(view()) ? wake() : run("start"))}
            />
          </Match>
          <Match when={tab() === "summary"}>
            <SummaryTab instance={view()} />
          </Match>
          <Match when={tab() === "logs"}>
            <Show
              when={view().owner === "portal"}
              fallback={<Empty icon="list" title={t("logs.elsewhere.title")} text={t("logs.elsewhere.text")} />}
            >
              <LogTab instance={view()} />
            </Show>
          </Match>
          <Match when={tab() === "resources"}>
            <ResourcesTab instance={view()} onRestart={() => run("restart")} onProfile={() => show("profile")} />
          </Match>
          <Match when={tab() === "profile"}>
            <ProfileTab instance={view()} onRestart={() => run("restart")} />
          </Match>
        </Switch>
      </Tabs>
    </Page>
  );
}
