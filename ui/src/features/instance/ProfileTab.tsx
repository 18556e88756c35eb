/** How an instance is run and shown: changed as a draft, saved as a whole, and applied by a restart where that is needed. */
import { createComputed, createMemo, createSignal, onCleanup, Show } from "solid-js";
import { t } from "../../i18n";
import { setProfile } from "../../model/fleet-commands";
import { isLive, ownGroups } from "../../model/selectors";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { attempt } from "../../ui/notices";
import { FailureNote } from "../../ui/states";
import type { InstanceView, ProfileView } from "../../wire/messages";
import { fitted } from "../place/places";
import { needsRestart, profileProblems } from "../profile/checks";
import { changesTo, isEmpty, laidOver, type ProfileDraft, withoutSaved } from "../profile/draft";
import { ProfileForm } from "../profile/ProfileForm";
import { PlacePart } from "./PlacePart";

/** What was changed and not saved outlives a look at another tab, not the window. */
const [drafts, setDrafts] = createSignal<Record<string, ProfileDraft>>({});
/** When the server was started that a saved change does not concern yet, by instance. */
const [behind, setBehind] = createSignal<Record<string, number | null>>({});

const without = <T,>(all: Record<string, T>, id: string): Record<string, T> => {
  const { [id]: _, ...rest } = all;
  return rest;
};
const setDraft = (id: string, draft: ProfileDraft) =>
  setDrafts((all) => (isEmpty(draft) ? without(all, id) : { ...all, [id]: draft }));

interface ProfileTabProps {
  instance: InstanceView;
  /** Restarts it, after a question where one is due. */
  onRestart: () => void;
}

export function ProfileTab(props: ProfileTabProps) {
  const id = props.instance.id;
  const [isSaving, setSaving] = createSignal(false);
  const [failure, setFailure] = createSignal<unknown>(null);
  // A copy, read through the store: it changes leaf by leaf.
  const saved = createMemo(() => JSON.parse(JSON.stringify(props.instance.profile)) as ProfileView);
  const changes = createMemo(() => changesTo(saved(), drafts()[id] ?? {}));
  const shown = createMemo(() => laidOver(saved(), changes()));
  const isChanged = () => !isEmpty(changes());
  const isWrong = createMemo(() => Object.keys(profileProblems(shown())).length > 0);
  const isBehind = () => id in behind() && isLive(props.instance) && behind()[id] === props.instance.started_at_ms;
  const willNeedRestart = () => isChanged() && isLive(props.instance) && needsRestart(saved(), shown());

  /** All that a server needs to be started again for is in how its container is made. */
  const isContained = () => saved().place.in === "docker";
  /** A container is also made anew when it is changed while it does not run. */
  const willBeAnew = () => isContained() && props.instance.container !== null && needsRestart(saved(), shown());
  const said = () => {
    if (isWrong()) return t("instance.profile.wrong");
    if (willBeAnew()) return t("instance.profile.changedAnew");
    return t(willNeedRestart() ? "instance.profile.changedRestart" : "instance.profile.changed");
  };

  const change = (next: ProfileView) => {
    setFailure(null);
    setDraft(id, changesTo(saved(), next));
  };
  // What was saved elsewhere just so is no change any more, and does not become one when it is changed there again.
  createComputed(() => {
    const left = changes();
    if (Object.keys(left).length < Object.keys(drafts()[id] ?? {}).length) setDraft(id, left);
  });
  const discard = () => {
    setFailure(null);
    setDrafts((all) => without(all, id));
  };
  const save = async () => {
    if (!isChanged() || isWrong() || isSaving()) return;
    const sent = changes();
    const concernsProcess = willNeedRestart();
    setSaving(true);
    setFailure(null);
    try {
      await setProfile(id, fitted(shown()));
      // What was typed while it was being saved stays a draft.
      setDraft(id, withoutSaved(drafts()[id] ?? {}, sent));
      if (concernsProcess) setBehind((all) => ({ ...all, [id]: props.instance.started_at_ms }));
    } catch (error) {
      setFailure(error);
    } finally {
      setSaving(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      void save();
    }
  };
  addEventListener("keydown", onKeyDown);
  onCleanup(() => removeEventListener("keydown", onKeyDown));

  return (
    <div class="flex min-h-0 grow flex-col">
      <div class="min-h-0 grow overflow-y-auto">
        <div class="mx-auto flex w-full max-w-3xl flex-col gap-4 p-4">
          <PlacePart value={shown().place} onChange={(place) => change({ ...shown(), place })} />
          <ProfileForm
            value={shown()}
            onChange={change}
            groups={ownGroups(model)}
            sleepAfterMinutes={model.settings.sleep_after_minutes}
          />
        </div>
      </div>
      <Show when={isChanged() || isBehind() || failure()}>
        <div class="flex shrink-0 flex-col gap-2 border-t border-line bg-panel px-4 py-2">
          <FailureNote failure={failure()} />
          <div class="flex flex-wrap items-center gap-2">
            <span role="status" class="flex min-w-40 grow items-center gap-1.5 text-muted">
              <Show
                when={isChanged()}
                fallback={
                  <>
                    <Icon name="info" class="text-accent" />
                    {t(isContained() ? "instance.profile.behindAnew" : "instance.profile.behind")}
                  </>
                }
              >
                {said()}
              </Show>
            </span>
            <div class="ml-auto flex flex-wrap justify-end gap-2">
              <Show
                when={isChanged()}
                fallback={
                  <Show when={isBehind()}>
                    <Button variant="primary" icon="rotate-cw" onClick={() => props.onRestart()}>
                      {t("instance.profile.restart")}
                    </Button>
                  </Show>
                }
              >
                <Button onClick={discard}>{t("instance.profile.discard")}</Button>
                <Show when={willNeedRestart()}>
                  <Button
                    disabled={isWrong()}
                    busy={isSaving()}
                    icon="rotate-cw"
                    onClick={() =>
                      attempt(async () => {
                        await save();
                        if (failure() === null) props.onRestart();
                      })
                    }
                  >
                    {t("instance.profile.saveRestart")}
                  </Button>
                </Show>
                <Button variant="primary" disabled={isWrong()} busy={isSaving()} onClick={() => void save()}>
                  {t("instance.save")}
                </Button>
              </Show>
            </div>
          </div>
        </div>
      </Show>
    </div>
  );
}
