/** The settings that this version has. Each is saved at once. */
import { createEffect, createSignal, createUniqueId, type JSX, on, Show } from "solid-js";
import { action } from "../../actions/registry";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { installOpencode, lookForOpencode, openWith, updateSettings } from "../../model/commands";
import { model } from "../../model/store";
import { Button, IconButton } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { attempt } from "../../ui/notices";
import { Page } from "../../ui/Page";
import { Select } from "../../ui/Select";
import { TextField } from "../../ui/TextField";
import type { OnQuit, ThemeView } from "../../wire/messages";
import { OpencodeVersions } from "../versions/OpencodeVersions";
import { ContainerEngines } from "./ContainerEngines";
import { SleepAfter } from "./SleepAfter";

const THEMES = ["system", "light", "dark"] as const satisfies ThemeView[];
const AT_QUIT = ["ask", "keep", "stop"] as const satisfies OnQuit[];

export function SettingsPage() {
  return (
    <Page title={t("settings.title")}>
      <div class="mx-auto flex w-full max-w-2xl flex-col px-4 py-2">
        <Group title={t("settings.appearance")}>
          <Line label={t("settings.theme")}>
            <Select<ThemeView>
              label={t("settings.theme")}
              value={model.settings.theme}
              options={THEMES.map((value) => ({ value, label: t(`settings.theme.${value}`) }))}
              onChange={(theme) => attempt(() => updateSettings({ theme }))}
            />
          </Line>
        </Group>
        <Group title={t("settings.fleet")}>
          <SleepAfter />
          <Switched
            label={t("settings.discover")}
            hint={t("settings.discover.hint")}
            checked={model.settings.discover}
            onChange={(discover) => attempt(() => updateSettings({ discover }))}
          />
          <Switched
            label={t("settings.restore")}
            hint={t("settings.restore.hint")}
            checked={model.settings.restore_fleet}
            onChange={(restore_fleet) => attempt(() => updateSettings({ restore_fleet }))}
          />
        </Group>
        <Group title={t("settings.opencode")}>
          <OpencodeVersions />
          <Binary />
        </Group>
        <Group title={t("settings.containers")}>
          <ContainerEngines />
        </Group>
        <Group title={t("settings.quit")}>
          <Line label={t("settings.quitLabel")}>
            <Select<OnQuit>
              label={t("settings.quitLabel")}
              value={model.settings.on_quit}
              options={AT_QUIT.map((value) => ({ value, label: t(`settings.quit.${value}`) }))}
              onChange={(on_quit) => attempt(() => updateSettings({ on_quit }))}
            />
          </Line>
        </Group>
        <Group title={t("settings.tour")}>
          <Line label={t("settings.tourText")}>
            <Button icon="compass" onClick={() => void action("app.tour")?.run()}>
              {t("settings.tourAgain")}
            </Button>
          </Line>
        </Group>
        <Group title={t("settings.paths")}>
          <Folder label={t("settings.configFolder")} path={model.host.config_folder} />
          <Folder label={t("settings.logFolder")} path={model.host.log_folder} />
        </Group>
        <p class="py-4 text-sm text-faint">
          {t("app.name")} {model.host.version}
        </p>
      </div>
    </Page>
  );
}

function Binary() {
  const [path, setPath] = createSignal(model.settings.opencode_binary ?? "");
  createEffect(
    on(
      () => model.settings.opencode_binary,
      (saved) => setPath(saved ?? ""),
      { defer: true },
    ),
  );
  const isChanged = () => path().trim() !== (model.settings.opencode_binary ?? "");
  const note = () => {
    const { opencode } = model;
    if (opencode.opencode === "broken") return { error: quoted(opencode.reason) };
    if (opencode.opencode === "missing") return { error: t("opencode.missing.title") };
    if (opencode.opencode === "installing") return { hint: `${t("opencode.installing")}: ${opencode.line}` };
    if (opencode.opencode === "looking") return { hint: t("opencode.looking") };
    const source = t(`opencode.source.${opencode.source}`);
    return { hint: `${t("settings.binaryFound", { version: opencode.version, source })}: ${opencode.path}` };
  };
  return (
    <form
      class="flex flex-col gap-2 py-2"
      onSubmit={(event) => {
        event.preventDefault();
        attempt(() => updateSettings({ opencode_binary: path().trim() }));
      }}
    >
      <TextField
        label={t("settings.binary")}
        placeholder={t("settings.binaryHint")}
        value={path()}
        onInput={(event) => setPath(event.currentTarget.value)}
        {...note()}
      />
      <div class="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" disabled={!isChanged()}>
          {t("settings.binaryUse")}
        </Button>
        <Button icon="refresh-cw" onClick={() => attempt(lookForOpencode)}>
          {t("opencode.look")}
        </Button>
        <Show when={model.opencode.opencode === "missing" || model.opencode.opencode === "broken"}>
          <Button icon="download" onClick={() => attempt(installOpencode)}>
            {t("opencode.install")}
          </Button>
        </Show>
      </div>
    </form>
  );
}

function Folder(props: { label: string; path: string }) {
  return (
    <Line label={props.label}>
      <span class="selectable min-w-0 truncate font-mono text-sm" title={props.path}>
        {props.path}
      </span>
      <CopyButton text={props.path} label={t("instance.copy", { what: props.label })} />
      <Show when={model.host.opens_programs}>
        <IconButton
          icon="folder-open"
          size={13}
          label={t("settings.show")}
          onClick={() => attempt(() => openWith("files", props.path))}
        />
      </Show>
    </Line>
  );
}

function Switched(props: { label: string; hint: string; checked: boolean; onChange: (isOn: boolean) => void }) {
  const id = createUniqueId();
  return (
    <div class="flex items-start gap-2 py-1.5">
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        aria-describedby={`${id}-hint`}
        class="mt-[3px]"
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <div class="min-w-0">
        <label for={id}>{props.label}</label>
        <p id={`${id}-hint`} class="text-sm text-faint">
          {props.hint}
        </p>
      </div>
    </div>
  );
}

function Group(props: { title: string; children: JSX.Element }) {
  return (
    <section class="border-b border-line py-3 last:border-0">
      <h2 class="pb-1 font-semibold">{props.title}</h2>
      {props.children}
    </section>
  );
}

function Line(props: { label: string; children: JSX.Element }) {
  return (
    <div class="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 py-1">
      <span class="min-w-32 grow basis-40 text-muted">{props.label}</span>
      <span class="flex min-w-0 items-center gap-1">{props.children}</span>
    </div>
  );
}
