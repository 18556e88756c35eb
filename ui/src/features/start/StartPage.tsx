/** New instance: where it runs, a directory, and one click. What more can be said about it is folded away. */
import { createMemo, Match, Show, Switch } from "solid-js";
import { openDialog } from "../../app/dialogs";
import { t } from "../../i18n";
import { instances, ownGroups } from "../../model/selectors";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import type { DockerPlaceView, SshPlaceView } from "../../wire/messages";
import { ContainerForm } from "../place/ContainerForm";
import { KindChoice } from "../place/KindChoice";
import { NoEngine } from "../place/NoEngine";
import { createSshHosts } from "../place/place.commands";
import { newDockerPlace } from "../place/places";
import { recentThere } from "../place/recent";
import { SshDirectory } from "../place/SshDirectory";
import { SshForm } from "../place/SshForm";
import { ProfileForm } from "../profile/ProfileForm";
import { createStart, type Start } from "./createStart";
import { DirectoryField } from "./DirectoryField";
import { Existing } from "./Existing";
import { RecentDirectories } from "./RecentDirectories";

export function StartPage(props: { directory?: string }) {
  const start = createStart(() => props.directory);
  return (
    <Page title={t("start.title")} subtitle={t("start.text")}>
      <form
        class="mx-auto flex w-full max-w-2xl flex-col gap-6 px-4 py-6"
        onSubmit={(event) => {
          event.preventDefault();
          start.submit();
        }}
      >
        <div class="flex flex-col gap-4">
          <KindChoice
            value={start.kind()}
            dockerNote={
              start.engines.view()?.engines.some((one) => one.problem === null) === false
                ? t("place.kind.docker.none")
                : undefined
            }
            onChange={start.setKind}
            onAddress={() => openDialog("add-address")}
          />
          <Show when={!start.isRemote()} fallback={<OtherMachine start={start} />}>
            <DirectoryField start={start} />
          </Show>
          <Show when={start.existing().length > 0}>
            <Existing
              instances={start.existing()}
              isGiven={start.known() !== undefined}
              isContained={start.kind() === "docker"}
              isAnother={start.isAnother()}
              onAnother={start.setAnother}
            />
          </Show>
          <Show when={start.kind() === "docker"}>
            <ContainerPlace start={start} />
          </Show>
          <details>
            <summary class="w-fit rounded text-sm text-muted hover:text-ink">{t("start.advanced")}</summary>
            <div class="mt-3 flex flex-col gap-5">
              <TextField
                label={t("start.name")}
                hint={t("start.nameHint")}
                value={start.name()}
                onInput={(event) => start.setName(event.currentTarget.value)}
              />
              <ProfileForm
                value={start.profile()}
                onChange={start.setProfile}
                groups={ownGroups(model)}
                sleepAfterMinutes={model.settings.sleep_after_minutes}
              />
            </div>
          </details>
          <FailureNote failure={start.failure()} />
          <Submit start={start} />
        </div>
        <Show when={!start.isRemote()}>
          <RecentDirectories isDisabled={start.isStarting()} starts={!start.isFilledIn()} onChoose={start.startAt} />
        </Show>
      </form>
    </Page>
  );
}

function OtherMachine(props: { start: Start }) {
  const hosts = createSshHosts();
  const place = () => props.start.place() as SshPlaceView & { in: "ssh" };
  /** What runs there, or did, is known, too. */
  const recent = createMemo(() => {
    const host = place().host.trim();
    const there = instances(model).filter((one) => one.kind === "ssh" && one.ssh_host === host);
    return [...new Set([...recentThere(host), ...there.map((one) => one.directory)])];
  });
  return (
    <SshForm
      value={place()}
      hosts={hosts()}
      error={props.start.isTouched() ? props.start.problems().host : undefined}
      onChange={(next) => props.start.setPlace({ ...next, in: "ssh" })}
    >
      <SshDirectory
        host={place().host}
        value={props.start.remote()}
        recent={recent()}
        onChange={props.start.setRemote}
      />
    </SshForm>
  );
}

function ContainerPlace(props: { start: Start }) {
  return (
    <Switch>
      <Match when={props.start.lacksEngine()}>
        <NoEngine
          engines={props.start.engines}
          onAddress={() => props.start.setPlace({ in: "docker", ...newDockerPlace("") })}
        />
      </Match>
      <Match when={true}>
        <section
          aria-label={t("place.container")}
          class="flex min-w-0 flex-col rounded-lg border border-line bg-panel px-3 py-3"
        >
          <ContainerForm
            value={props.start.place() as DockerPlaceView & { in: "docker" }}
            engines={props.start.engines}
            onChange={(next) => props.start.setPlace({ ...next, in: "docker" })}
          />
        </section>
      </Match>
    </Switch>
  );
}

function Submit(props: { start: Start }) {
  const goes = () => props.start.running() !== undefined;
  const label = () => {
    if (goes()) return t(props.start.isTouched() ? "start.keepAndGo" : "start.go");
    return t(props.start.isAnother() ? "start.another" : "start.start");
  };
  return (
    // Stays in sight under a long form.
    <div class="sticky bottom-0 -mx-4 -mb-3 flex flex-wrap items-center gap-3 bg-canvas px-4 py-3">
      <Button
        type="submit"
        variant="primary"
        size="large"
        icon={goes() ? "arrow-right" : "play"}
        busy={props.start.isStarting()}
        disabled={!props.start.isReadyToStart()}
      >
        {label()}
      </Button>
      <Show when={props.start.hasProblems()}>
        <span role="status" class="text-sm text-bad">
          {t("start.problems")}
        </span>
      </Show>
    </div>
  );
}
