/** One instance: what is so, its sessions, its output. */
import { createSignal, Match, Show, Switch } from "solid-js";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { shortPath } from "../../lib/format";
import {
  createSession,
  openWith,
  removeInstance,
  renameInstance,
  restartInstance,
  startInstance,
  stopInstance,
} from "../../model/commands";
import { markOf } from "../../model/marks";
import { canStart, canStop, instanceWord, isLive, isReady, sessionsOf } from "../../model/selectors";
import { model } from "../../model/store";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Menu, type MenuItem } from "../../ui/Menu";
import { attempt } from "../../ui/notices";
import { Page } from "../../ui/Page";
import { StateMark } from "../../ui/StateMark";
import { Tabs } from "../../ui/Tabs";
import type { InstanceView } from "../../wire/messages";
import { ConfirmDialog, NameDialog } from "./dialogs";
import { LogTab } from "./LogTab";
import { SessionsTab } from "./SessionsTab";
import { StateNote } from "./StateNote";
import { SummaryTab } from "./SummaryTab";

type Asking = "rename" | "remove" | "stop" | "restart" | null;

export function InstancePage(props: { instance: InstanceView }) {
  const [tab, setTab] = createSignal("sessions");
  const [asking, setAsking] = createSignal<Asking>(null);
  const view = () => props.instance;
  const isWorking = () =>
    view().state.state === "ready" && sessionsOf(model, view().id).some((session) => session.status.status !== "idle");

  const start = () => attempt(() => startInstance(view().directory));
  const newSession = () =>
    attempt(async () => {
      const session = await createSession(view().id);
      go({ kind: "session", instance: view().id, session });
    });
  const end = (how: "stop" | "restart") => {
    if (isWorking()) setAsking(how);
    else carryOut(how);
  };
  const carryOut = (how: "stop" | "restart") =>
    attempt(() => (how === "stop" ? stopInstance(view().id) : restartInstance(view().id)));

  const more = (): MenuItem[] => [
    { label: t("instance.rename"), icon: "pencil", run: () => setAsking("rename") },
    ...(model.host.opens_programs
      ? ([
          {
            label: t("instance.openEditor"),
            icon: "code",
            run: () => attempt(() => openWith("editor", view().directory)),
          },
          {
            label: t("instance.openTerminal"),
            icon: "square-terminal",
            run: () => attempt(() => openWith("terminal", view().directory)),
          },
          {
            label: t("instance.openFiles"),
            icon: "folder-open",
            run: () => attempt(() => openWith("files", view().directory)),
          },
        ] satisfies MenuItem[])
      : []),
    {
      label: t("instance.remove"),
      icon: "trash-2",
      danger: true,
      separated: true,
      disabled: isLive(view()) && view().owner === "portal",
      run: () => setAsking("remove"),
    },
  ];

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
        <span class="selectable" title={view().directory}>
          {markOf(instanceWord(view())).word} · {shortPath(view().directory, model.host.home)}
        </span>
      }
      actions={
        <>
          <Show when={isReady(view())}>
            <Button variant="primary" icon="plus" onClick={newSession}>
              {t("instance.newSession")}
            </Button>
          </Show>
          <Show when={canStart(view())}>
            <Button variant="primary" icon="play" onClick={start}>
              {t("instance.start")}
            </Button>
          </Show>
          <Show when={canStop(view())}>
            <Button icon="rotate-cw" onClick={() => end("restart")}>
              {t("instance.restart")}
            </Button>
            <Button icon="square" onClick={() => end("stop")}>
              {t("instance.stop")}
            </Button>
          </Show>
          <Menu label={t("app.more")} items={more()} />
        </>
      }
    >
      <StateNote instance={view()} />
      <Tabs
        label={t("instance.tabs")}
        tabs={[
          { id: "sessions", label: t("instance.sessions"), count: sessionsOf(model, view().id).length },
          { id: "summary", label: t("instance.summary") },
          { id: "logs", label: t("instance.logs") },
        ]}
        value={tab()}
        onChange={setTab}
      >
        <Switch>
          <Match when={tab() === "sessions"}>
            <SessionsTab instance={view()} onNew={newSession} onStart={start} />
          </Match>
          <Match when={tab() === "summary"}>
            <SummaryTab instance={view()} />
          </Match>
          <Match when={tab() === "logs"}>
            <LogTab instance={view()} />
          </Match>
        </Switch>
      </Tabs>
      <NameDialog
        open={asking() === "rename"}
        title={t("instance.renameTitle")}
        label={t("start.name")}
        value={view().name}
        onClose={() => setAsking(null)}
        onSave={(name) => renameInstance(view().id, name)}
      />
      <ConfirmDialog
        open={asking() === "remove"}
        title={t("instance.removeTitle")}
        text={t("instance.removeText", { name: view().name })}
        confirm={t("instance.remove")}
        onClose={() => setAsking(null)}
        onConfirm={async () => {
          await removeInstance(view().id);
          go({ kind: "overview" });
        }}
      />
      <ConfirmDialog
        open={asking() === "stop" || asking() === "restart"}
        title={t("instance.stopTitle")}
        text={t("instance.stopText", { name: view().name })}
        confirm={asking() === "restart" ? t("instance.restart") : t("instance.stop")}
        onClose={() => setAsking(null)}
        onConfirm={async () => carryOut(asking() === "restart" ? "restart" : "stop")}
      />
    </Page>
  );
}
