/** What can be done with an instance, as entries of a menu and as actions of the palette: the same words, the same work. */
import type { Action } from "../actions/registry";
import { t } from "../i18n";
import {
  createSession,
  getImageAgain,
  openShell,
  restartInstance,
  sleepInstance,
  stopInstance,
  wakeInstance,
} from "../model/commands";
import { changeProfile, startKnown } from "../model/fleet-commands";
import { isContainerOfOthers } from "../model/kinds";
import { sessionsOf } from "../model/selectors";
import { model } from "../model/store";
import { refusalsOf, type Verb, verbsOf } from "../model/verbs";
import type { IconName } from "../ui/Icon";
import type { MenuItem } from "../ui/Menu";
import { attempt } from "../ui/notices";
import type { InstanceView } from "../wire/messages";
import { askAbout } from "./dialogs";
import { go, place } from "./place";

interface Look {
  icon: IconName;
  /** Other words that find it in the palette. */
  keywords?: string;
  danger?: boolean;
  /** A line above it. */
  separated?: boolean;
}

const LOOK: Record<Verb, Look> = {
  newSession: { icon: "message-square", keywords: "chat conversation" },
  unlock: { icon: "lock-open", keywords: "password locked" },
  start: { icon: "play", keywords: "run" },
  wake: { icon: "sun", keywords: "resume start" },
  restart: { icon: "rotate-cw" },
  stop: { icon: "square", keywords: "end kill" },
  sleep: { icon: "moon", keywords: "pause suspend" },
  cancelRestart: { icon: "timer-off", keywords: "crash retry" },
  stopExternal: { icon: "circle-stop", keywords: "end kill process", danger: true },
  shell: { icon: "square-terminal", keywords: "terminal console exec ssh container bash" },
  imageAgain: { icon: "download", keywords: "pull rebuild build container update" },
  another: { icon: "copy-plus", keywords: "second duplicate", separated: true },
  pin: { icon: "pin", keywords: "top favourite favorite" },
  unpin: { icon: "pin-off", keywords: "top favourite favorite" },
  group: { icon: "group", keywords: "heading folder tag" },
  rename: { icon: "pencil", keywords: "name title" },
  changeAddress: { icon: "plug", keywords: "url host user password certificate authority edit" },
  remove: { icon: "trash-2", danger: true, separated: true, keywords: "delete list" },
  forget: { icon: "trash-2", danger: true, separated: true, keywords: "delete remove address" },
};

/** Whether a session of it works: stopping would end it where it is. */
export function isWorking(instance: InstanceView): boolean {
  if (instance.state.state !== "ready") return false;
  if (instance.state.activity !== "idle") return true;
  return sessionsOf(model, instance.id).some((session) => session.status.status !== "idle");
}

const ends = (how: "stop" | "restart", work: (id: string) => Promise<void>) => (view: InstanceView) => {
  // Somebody else may miss a container of theirs, whatever it does.
  if (isWorking(view) || isContainerOfOthers(view)) askAbout(how, view.id);
  else attempt(() => work(view.id));
};

const RUN: Record<Verb, (view: InstanceView) => void> = {
  newSession: ({ id }) => attempt(async () => go({ kind: "session", instance: id, session: await createSession(id) })),
  unlock: ({ id }) => askAbout("unlock", id),
  start: ({ id }) => attempt(() => startKnown(id)),
  wake: ({ id }) => attempt(() => wakeInstance(id)),
  restart: ends("restart", restartInstance),
  stop: ends("stop", stopInstance),
  sleep: ({ id }) => attempt(() => sleepInstance(id)),
  // Stopping is what says that it is to stay as it is.
  cancelRestart: ({ id }) => attempt(() => stopInstance(id)),
  stopExternal: ({ id }) => askAbout("stop-external", id),
  shell: ({ id }) => attempt(() => openShell(id)),
  imageAgain: ({ id }) => attempt(() => getImageAgain(id)),
  another: ({ directory }) => go({ kind: "new-instance", directory }),
  pin: (view) => attempt(() => changeProfile(view, { is_pinned: true })),
  unpin: (view) => attempt(() => changeProfile(view, { is_pinned: false })),
  group: ({ id }) => askAbout("group", id),
  rename: ({ id }) => askAbout("rename", id),
  changeAddress: ({ id }) => askAbout("change-address", id),
  remove: ({ id }) => askAbout("remove", id),
  forget: ({ id }) => askAbout("remove", id),
};

/** Does it, or asks first where something would be lost. */
export function carryOut(verb: Verb, view: InstanceView): void {
  // A copy: by the time it is done, the model may have gone on.
  RUN[verb]({ ...view });
}

/** Everything that can be done with an instance now, and what cannot with what it runs in. */
export function instanceMenu(view: InstanceView): MenuItem[] {
  const entry = (verb: Verb, at: number) => ({
    label: verbLabel(verb, view),
    icon: LOOK[verb].icon,
    separated: LOOK[verb].separated === true && at > 0,
    run: () => carryOut(verb, view),
  });
  return [
    ...verbsOf(view, model.host).map((verb, at) => ({ ...entry(verb, at), danger: LOOK[verb].danger ?? false })),
    ...refusalsOf(view, model.host).map(({ verb, why }, at) => ({
      ...entry(verb, 1),
      separated: at === 0,
      disabled: true,
      note: t(why, { id: view.id }),
    })),
  ];
}

/** What a verb is called; what asks first says so. */
export function verbLabel(verb: Verb, view: InstanceView): string {
  if ((verb === "stop" || verb === "restart") && isContainerOfOthers(view)) return t(`verb.${verb}.asks`);
  return t(`verb.${verb}`);
}

/** The icon of a verb, for buttons. */
export function iconOf(verb: Verb): IconName {
  return LOOK[verb].icon;
}

/** The instance of the place where the window is. */
export function placeInstance(): InstanceView | undefined {
  const here = place();
  if (here.kind === "instance") return model.instances[here.id];
  if (here.kind === "session") return model.instances[here.instance];
  return undefined;
}

/** The same for the palette, about the instance of the place. A new session has an action of its own. */
export const verbActions: readonly Action[] = (Object.keys(LOOK) as Verb[])
  .filter((verb) => verb !== "newSession")
  .map((verb) => ({
    id: `instance.${verb}`,
    label: `action.verb.${verb}`,
    group: "instance",
    keywords: `instance ${LOOK[verb].keywords ?? ""}`,
    when: () => {
      const instance = placeInstance();
      return instance !== undefined && verbsOf(instance, model.host).includes(verb);
    },
    run: () => {
      const instance = placeInstance();
      if (instance) carryOut(verb, instance);
    },
  }));
