/** New instance: a directory, and one click. */
import { createEffect, createSignal, For, on, onCleanup, onMount, Show } from "solid-js";
import { go } from "../../app/place";
import { backend } from "../../backend";
import { asFailure, type BackendFailure } from "../../backend/failure";
import { t } from "../../i18n";
import { quoted, shortPath } from "../../lib/format";
import { checkDirectory, pickDirectory, startInstance } from "../../model/commands";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { attempt } from "../../ui/notices";
import { Page, Section } from "../../ui/Page";
import { ErrorNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { DirectoryView } from "../../wire/messages";

/** How long typing rests before the directory is looked at. */
const REST_MS = 250;

export function StartPage(props: { directory?: string }) {
  const [text, setText] = createSignal(props.directory ?? "");
  const [name, setName] = createSignal("");
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

  const running = () => {
    const id = found()?.instance;
    const instance = id ? model.instances[id] : undefined;
    return instance && instance.state.state === "ready" ? instance : undefined;
  };

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

  async function start(directory: string) {
    if (!directory.trim() || isStarting()) return;
    setStarting(true);
    setFailure(null);
    try {
      const instance = await startInstance(directory.trim(), name().trim() || null);
      go({ kind: "instance", id: instance });
    } catch (error) {
      const failed = asFailure(error);
      // What is wrong with the directory belongs under its field.
      if (failed.code === "invalid" || failed.code === "not_found") setProblem(failed);
      else setFailure(failed);
    } finally {
      setStarting(false);
    }
  }

  return (
    <Page title={t("start.title")} subtitle={t("start.text")}>
      <form
        class="mx-auto flex w-full max-w-2xl flex-col gap-6 px-4 py-6"
        onSubmit={(event) => {
          event.preventDefault();
          void start(text());
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
          <details>
            <summary class="w-fit rounded text-sm text-muted hover:text-ink">{t("start.advanced")}</summary>
            <div class="mt-2">
              <TextField
                label={t("start.name")}
                hint={t("start.nameHint")}
                value={name()}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            </div>
          </details>
          <Show when={failure()}>{(error) => <ErrorNote error={error()} />}</Show>
          <div>
            <Button
              type="submit"
              variant="primary"
              size="large"
              icon={running() ? "arrow-right" : "play"}
              busy={isStarting()}
              disabled={!text().trim() || problem() !== null}
            >
              {running() ? t("start.go") : t("start.start")}
            </Button>
          </div>
        </div>
        <Section title={t("start.recent")}>
          <Show
            when={model.settings.recent_directories.length > 0}
            fallback={<p class="text-faint">{t("start.recentNone")}</p>}
          >
            <ul class="overflow-hidden rounded-lg border border-line">
              <For each={model.settings.recent_directories}>
                {(directory) => (
                  <li class="border-b border-line last:border-0">
                    <button
                      type="button"
                      disabled={isStarting()}
                      onClick={() => {
                        setText(directory);
                        void start(directory);
                      }}
                      class="flex h-9 w-full items-center gap-2 px-3 text-left hover:bg-hover"
                    >
                      <Icon name="folder" class="text-muted" />
                      <span class="min-w-0 grow truncate">{shortPath(directory, model.host.home)}</span>
                      <Icon name="play" class="text-faint" />
                    </button>
                  </li>
                )}
              </For>
            </ul>
          </Show>
          <Show when={model.host.picks_directories}>
            <p class="text-sm text-faint">{t("start.drop")}</p>
          </Show>
        </Section>
      </form>
    </Page>
  );
}
