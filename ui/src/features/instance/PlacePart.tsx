/** Where an instance runs, in its profile: the kind stays, what is inside it can be changed. */
import { Match, Switch } from "solid-js";
import { t } from "../../i18n";
import { Part } from "../../ui/Part";
import type { DockerPlaceView, PlaceView, SshPlaceView } from "../../wire/messages";
import { ContainerForm } from "../place/ContainerForm";
import { createEngines } from "../place/place.commands";
import { SshForm } from "../place/SshForm";

interface PlacePartProps {
  value: PlaceView;
  onChange: (place: PlaceView) => void;
}

export function PlacePart(props: PlacePartProps) {
  const as = <K extends PlaceView["in"]>(kind: K): Extract<PlaceView, { in: K }> | false =>
    props.value.in === kind && (props.value as Extract<PlaceView, { in: K }>);
  return (
    <Switch>
      <Match when={as("docker")}>
        {(place) => (
          <Part title={t("place.container")}>
            <Inside value={place()} onChange={(next) => props.onChange({ ...next, in: "docker" })} />
          </Part>
        )}
      </Match>
      <Match when={as("ssh")}>
        {(place) => (
          <Part title={t("place.machine")}>
            <SshForm
              value={place() as SshPlaceView}
              hosts={[]}
              isFixed
              onChange={(next) => props.onChange({ ...next, in: "ssh" })}
            />
          </Part>
        )}
      </Match>
      <Match when={as("process")}>
        <p class="text-sm text-faint">{t("place.process.fixed")}</p>
      </Match>
    </Switch>
  );
}

function Inside(props: { value: DockerPlaceView; onChange: (value: DockerPlaceView) => void }) {
  const engines = createEngines();
  return <ContainerForm value={props.value} engines={engines} isFixed onChange={(next) => props.onChange(next)} />;
}
