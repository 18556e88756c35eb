/** Folders of this machine that a container sees beside the project, as rows. */
import { createUniqueId, Index, Show } from "solid-js";
import { t } from "../../i18n";
import { pickDirectory } from "../../model/commands";
import { model } from "../../model/store";
import { Button, IconButton } from "../../ui/Button";
import { attempt } from "../../ui/notices";
import type { MountView } from "../../wire/messages";

interface MountsProps {
  value: readonly MountView[];
  error: string | undefined;
  warning: string | undefined;
  onChange: (value: MountView[]) => void;
}

const BOX =
  "selectable h-8 min-w-0 rounded-md border border-line-strong bg-canvas px-2 font-mono text-sm placeholder:font-sans placeholder:text-faint";

export function Mounts(props: MountsProps) {
  const note = createUniqueId();
  let rows!: HTMLDivElement;
  const change = (at: number, patch: Partial<MountView>) =>
    props.onChange(props.value.map((old, i) => (i === at ? { ...old, ...patch } : old)));
  const focus = (at: number) =>
    requestAnimationFrame(() => rows.querySelectorAll<HTMLInputElement>("input[data-path]")[at]?.focus());
  const add = (path: string) => {
    props.onChange([...props.value, { path, target: null, is_writable: false }]);
    focus(props.value.length - 1);
  };
  const remove = (at: number) => {
    props.onChange(props.value.filter((_, i) => i !== at));
    focus(Math.max(0, at - 1));
  };
  const pick = (then: (path: string) => void) =>
    attempt(async () => {
      const directory = await pickDirectory();
      if (directory) then(directory);
    });
  const said = () => props.error ?? props.warning ?? t("place.mounts.hint");
  return (
    <fieldset aria-describedby={note} class="flex min-w-0 flex-col gap-2">
      <legend class="mb-1 text-sm font-medium text-muted">{t("place.mounts")}</legend>
      <div ref={rows} class="flex flex-col gap-2 empty:hidden">
        <Index each={props.value}>
          {(mount, at) => (
            <div class="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span class="flex min-w-44 grow-2 basis-44 items-center gap-1">
                <input
                  data-path
                  aria-label={t("place.mounts.path", { n: at + 1 })}
                  value={mount().path}
                  placeholder="~/reference"
                  autocomplete="off"
                  spellcheck={false}
                  onInput={(event) => change(at, { path: event.currentTarget.value })}
                  class={`${BOX} grow`}
                />
                <Show when={model.host.picks_directories}>
                  <IconButton
                    icon="folder-open"
                    label={t("place.mounts.pick", { n: at + 1 })}
                    onClick={() => pick((path) => change(at, { path }))}
                  />
                </Show>
              </span>
              <input
                aria-label={t("place.mounts.at", { n: at + 1 })}
                value={mount().target ?? ""}
                placeholder={t("place.mounts.same")}
                autocomplete="off"
                spellcheck={false}
                onInput={(event) => change(at, { target: event.currentTarget.value || null })}
                class={`${BOX} min-w-28 grow basis-28`}
              />
              <span class="flex shrink-0 items-center gap-1">
                <label class="flex items-center gap-1.5">
                  <input
                    type="checkbox"
                    aria-label={t("place.mounts.readOnlyOf", { n: at + 1 })}
                    checked={!mount().is_writable}
                    onChange={(event) => change(at, { is_writable: !event.currentTarget.checked })}
                  />
                  <span aria-hidden="true">{t("place.mounts.readOnly")}</span>
                </label>
                <IconButton
                  icon="x"
                  size={13}
                  label={
                    mount().path
                      ? t("place.mounts.remove", { path: mount().path })
                      : t("place.mounts.removeOne", { n: at + 1 })
                  }
                  onClick={() => remove(at)}
                />
              </span>
            </div>
          )}
        </Index>
      </div>
      <div>
        <Button size="small" icon="plus" onClick={() => (model.host.picks_directories ? pick(add) : add(""))}>
          {t("place.mounts.add")}
        </Button>
      </div>
      <p
        id={note}
        aria-live="polite"
        class={`text-sm ${props.error ? "text-bad" : props.warning ? "text-warn" : "text-faint"}`}
      >
        {said()}
      </p>
    </fieldset>
  );
}
