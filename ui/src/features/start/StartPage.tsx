/** New instance: a directory, and one click. What more can be said about it is folded away. */
import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from "solid-js";
import { openDialog } from "../../app/dialogs";
import { go } from "../../app/place";
import { backend } from "../../backend";
import { asFailure, type BackendFailure } from "../../backend/failure";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { checkDirectory, pickDirectory } from "../../model/commands";
import { emptyProfile } from "../../model/empty";
import { startNew } from "../../model/fleet-commands";
import { instances, isReady, ownGroups } from "../../model/selectors";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { attempt } from "../../ui/notices";
import { Page } from "../../ui/Page";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { DirectoryView, ProfileView } from "../../wire/messages";
import { profileProblems } from "../profile/checks";
import { ProfileForm } from "../profile/ProfileForm";
import { Existing } from "./Existing";
import { RecentDirectories } from "./RecentDirectories";

/** How long typing rests before the directory is looked at. */
const REST_MS = 250;

export function StartPage(props: { directory?: string }) {
  const [text, setText] = createSignal(props.directory ?? "");
  const [name, setName] = createSignal("");
  const [changed, setChanged] = createSignal<ProfileView | null>(null);
  const [isAnother, setAnother] = createSignal(false);
  const [found, setFound] = createSignal<DirectoryView | null>(null);
  const [problem, setProblem] = createSignal<BackendFailure | null>(null);
  const [failure, setFailure] = createSignal<unknown>(null);
  const [isStarting, setStarting] = createSignal(false);
  let field!: HTMLDivElement;
  let checks = 0;

  onMount(() => field.querySelector("input")?.focus());
  onCleanup(backend().onDrop((paths) => paths[0] && setText(paths[0])));
  createEffect(
    on(
      () => props.directory,
      (directory) => directory && setText(directory),
      { defer: true },
    ),
  );

  createEffect(() => {
    const typed = text().trim();
    setFound(null);
    setProblem(null);
    setFailure(null);
    setAnother(false);
    checks += 1;
    const mine = checks;
    if (!typed) return;
    const timer = setTimeout(() => {
      checkDirectory(typed).then(
        (view) => mine === checks && setFound(view),
        (error) => mine === checks && setProblem(asFailure(error)),
      );
    }, REST_MS);
    onCleanup(() => clearTimeout(timer));
  });

  /** Instances of this directory, the one that a start would give first. */
  const existing = createMemo(() => {
    const view = found();
    if (!view) return [];
    const here = instances(model).filter((one) => one.directory === view.directory && one.kind !== "remote");
    const first = model.instances[view.instance ?? ""];
    return first ? [first, ...here.filter((one) => one.id !== first.id)] : here;
  });
  /** The one that a start gives, unless one more is wanted. What is locked or cannot be reached is nobody's to give. */
  const given = () => (isAnother() ? undefined : model.instances[found()?.instance ?? ""]);
  const running = () => {
    const instance = given();
    return isReady(instance) ? instance : undefined;
  };

  // What nobody changed is as the instance of this directory is run, and is not sent.
  const profile = () => changed() ?? given()?.profile ?? emptyProfile();
  const hasProblems = () => changed() !== null && Object.keys(profileProblems(profile())).length > 0;

  const note = () => {
    const failed = problem();
    return failed ? quoted([failed.message, failed.hint].filter(Boolean).join(". ")) : undefined;
  };
  const hint = () => {
    const view = found();
    if (!view) return t("start.hint");
    const instance = running();
    return instance ? t("start.running", { name: instance.name }) : t("start.ok", { directory: view.directory });
  };

  async function start(directory: string, isPlain: boolean) {
    if (!directory.trim() || isStarting() || (!isPlain && hasProblems())) return;
    setStarting(true);
    setFailure(null);
    try {
      const instance = await startNew({
        directory: directory.trim(),
        name: isPlain ? null : name().trim() || null,
        profile: isPlain ? null : changed(),
        isAnother: !isPlain && isAnother(),
      });
      go({ kind: "instance", id: instance });
    } catch (error) {
      const failed = asFailure(error);
      // What is wrong with the directory belongs under its field; with more said, it may be about that.
      const isOfDirectory = failed.code === "invalid" || failed.code === "not_found";
      if (isOfDirectory && changed() === null) setProblem(failed);
      else setFailure(failed);
    } finally {
      setStarting(false);
    }
  }

  /** The instance that runs, or a start. */
  const submit = () => {
    const instance = running();
    if (instance && changed() === null) go({ kind: "instance", id: instance.id });
    else void start(text(), false);
  };
  const goes = () => running() !== undefined;
  const label = () => {
    if (goes()) return t(changed() ? "start.keepAndGo" : "start.go");
    return t(isAnother() ? "start.another" : "start.start");
  };

  return (
    <Page
      title={t("start.title")}
      subtitle={t("start.text")}
      actions={
        <Button icon="plug" onClick={() => openDialog("add-address")}>
          {t("start.address")}
        </Button>
      }
    >
      <form
        class="mx-auto flex w-full max-w-2xl flex-col gap-6 px-4 py-6"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div class="flex flex-col gap-4">
          <div ref={field} class="flex items-start gap-2">
            <div class="min-w-0 grow">
              <TextField
                label={t("start.directory")}
                placeholder={t("start.placeholder")}
                value={text()}
                onInput={(event) => setText(event.currentTarget.value)}
                error={note()}
                hint={hint()}
              />
            </div>
            <Show when={model.host.picks_directories}>
              <Button
                size="large"
                icon="folder-open"
                class="mt-5 !h-8 !px-3"
                onClick={() =>
                  attempt(async () => {
                    const directory = await pickDirectory();
                    if (directory) setText(directory);
                  })
                }
              >
                {t("start.browse")}
              </Button>
            </Show>
          </div>
          <Show when={existing().length > 0}>
            <Existing
              instances={existing()}
              isGiven={found()?.instance != null}
              isAnother={isAnother()}
              onAnother={setAnother}
            />
          </Show>
          <details>
            <summary class="w-fit rounded text-sm text-muted hover:text-ink">{t("start.advanced")}</summary>
            <div class="mt-3 flex flex-col gap-5">
              <TextField
                label={t("start.name")}
                hint={t("start.nameHint")}
                value={name()}
                onInput={(event) => setName(event.currentTarget.value)}
              />
              <ProfileForm
                value={profile()}
                onChange={setChanged}
                groups={ownGroups(model)}
                sleepAfterMinutes={model.settings.sleep_after_minutes}
              />
            </div>
          </details>
          <FailureNote failure={failure()} />
          {/* Stays in sight under a long form. */}
          <div class="sticky bottom-0 -mx-4 -mb-3 flex flex-wrap items-center gap-3 bg-canvas px-4 py-3">
            <Button
              type="submit"
              variant="primary"
              size="large"
              icon={goes() ? "arrow-right" : "play"}
              busy={isStarting()}
              disabled={!text().trim() || problem() !== null || hasProblems()}
            >
              {label()}
            </Button>
            <Show when={hasProblems()}>
              <span role="status" class="text-sm text-bad">
                {t("start.problems")}
              </span>
            </Show>
          </div>
        </div>
        <RecentDirectories
          isDisabled={isStarting()}
          onChoose={(directory) => {
            setText(directory);
            void start(directory, true);
          }}
        />
      </form>
    </Page>
  );
}
