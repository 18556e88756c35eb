/** How a container is made, as a form: what matters for safety in sight, the rest folded until it is set. */
import { createMemo } from "solid-js";
import { t } from "../../i18n";
import { NumberField } from "../../ui/NumberField";
import { COLUMNS } from "../../ui/Part";
import { TextField } from "../../ui/TextField";
import type { DockerPlaceView } from "../../wire/messages";
import { placeProblems, placeWarnings } from "./checks";
import { EngineField } from "./EngineField";
import { ImageField } from "./ImageField";
import { Mounts } from "./Mounts";
import { NetworkField } from "./NetworkField";
import { PassedIn } from "./PassedIn";
import type { Engines } from "./place.commands";
import { engineOf } from "./places";

interface ContainerFormProps {
  value: DockerPlaceView;
  engines: Engines;
  /** It is a container that there is: its engine stays. */
  isFixed?: boolean;
  onChange: (value: DockerPlaceView) => void;
}

export function ContainerForm(props: ContainerFormProps) {
  const problems = createMemo(() => placeProblems({ in: "docker", ...props.value }));
  const warnings = createMemo(() => placeWarnings({ in: "docker", ...props.value }));
  const change = (patch: Partial<DockerPlaceView>) => props.onChange({ ...props.value, ...patch });
  const engine = () => engineOf(props.engines.view(), props.value.engine);
  // Open from the start where something is set; what a person opens or closes then is theirs.
  const { memory_mib, cpu_percent, pids, mounts, user } = props.value;
  const isSet = memory_mib !== null || cpu_percent !== null || pids !== null || mounts.length > 0 || user !== null;
  return (
    <div class="flex min-w-0 flex-col gap-4">
      <p class="text-sm text-muted">{t(props.isFixed ? "place.container.fixed" : "place.container.text")}</p>
      <EngineField
        value={props.value.engine}
        error={problems().engine}
        engines={props.engines}
        isFixed={props.isFixed ?? false}
        onChange={(name) => change({ engine: name })}
      />
      <div class={COLUMNS}>
        <ImageField
          value={props.value.image}
          error={problems().image}
          known={engine()?.images ?? []}
          onChange={(image) => change({ image })}
        />
        <NetworkField
          value={props.value.network}
          error={problems().network}
          warning={warnings().network}
          offProblem={engine()?.network_off_problem ?? null}
          known={engine()?.networks ?? []}
          onChange={(network) => change({ network })}
        />
      </div>
      <PassedIn value={props.value} error={problems().passes_variables} onChange={change} />
      <details open={isSet}>
        <summary class="w-fit rounded text-sm text-muted hover:text-ink">{t("place.more")}</summary>
        <div class="mt-3 flex flex-col gap-4">
          <div class={COLUMNS}>
            <NumberField
              label={t("place.memory")}
              hint={t("place.memory.hint")}
              warning={warnings().memory_mib}
              error={problems().memory_mib}
              value={props.value.memory_mib}
              onChange={(memory) => change({ memory_mib: memory })}
            />
            <NumberField
              label={t("place.cpus")}
              decimals={2}
              hint={t("place.cpus.hint")}
              error={problems().cpu_percent}
              value={props.value.cpu_percent}
              onChange={(percent) => change({ cpu_percent: percent })}
            />
            <NumberField
              label={t("place.pids")}
              hint={t("place.pids.hint")}
              warning={warnings().pids}
              error={problems().pids}
              value={props.value.pids}
              onChange={(most) => change({ pids: most })}
            />
            <TextField
              label={t("place.user")}
              placeholder="1000:1000"
              hint={t("place.user.hint")}
              warning={warnings().user}
              error={problems().user}
              value={props.value.user ?? ""}
              onInput={(event) => change({ user: event.currentTarget.value || null })}
            />
          </div>
          <Mounts
            value={props.value.mounts}
            error={problems().mounts}
            warning={warnings().mounts}
            onChange={(list) => change({ mounts: list })}
          />
        </div>
      </details>
    </div>
  );
}
