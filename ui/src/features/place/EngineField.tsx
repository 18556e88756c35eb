/** Which container engine: a choice where there are several, said where there is one or where it stays. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { Choice } from "../../ui/Choice";
import { Icon } from "../../ui/Icon";
import type { EngineView } from "../../wire/messages";
import type { Engines } from "./place.commands";
import { engineOf } from "./places";

interface EngineFieldProps {
  value: string | null;
  engines: Engines;
  /** It is the engine of a container that there is. */
  isFixed: boolean;
  onChange: (engine: string | null) => void;
}

/** No name of an engine begins with a space. */
const USUAL = " usual";

export function EngineField(props: EngineFieldProps) {
  const all = () => props.engines.view()?.engines ?? [];
  const engine = () => engineOf(props.engines.view(), props.value);
  const isChoice = () => !props.isFixed && (all().length > 1 || (props.value !== null && engine() === undefined));
  const options = () => {
    const usual = all()[0];
    // The first is the usual one; by its name it is there only where it was chosen so.
    const named = all().filter((one, at) => at > 0 || one.name === props.value);
    const known = named.map((one) => ({ value: one.name, label: one.name, description: about(one) }));
    const isKnown = props.value === null || known.some((one) => one.value === props.value);
    return [
      {
        value: USUAL,
        label: usual ? t("place.engine.usualNamed", { name: usual.name }) : t("place.engine.usual"),
        ...(usual ? { description: about(usual) } : {}),
      },
      ...known,
      ...(isKnown ? [] : [{ value: props.value ?? "", label: props.value ?? "" }]),
    ];
  };
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <Show
        when={isChoice()}
        fallback={
          <p class="flex min-w-0 flex-wrap items-center gap-x-1.5 text-sm text-muted">
            <Icon name="container" />
            <span>{t("place.engine")}</span>
            <Show
              when={engine()}
              fallback={
                props.engines.isAsking() ? t("place.engines.looking") : (props.value ?? t("place.engine.usual"))
              }
            >
              {(one) => (
                <>
                  <span class="font-medium text-ink">{one().name}</span>
                  <span class="min-w-0 [overflow-wrap:anywhere]">{about(one())}</span>
                </>
              )}
            </Show>
          </p>
        }
      >
        <Choice
          label={t("place.engine")}
          value={props.value ?? USUAL}
          options={options()}
          hint={engine() ? about(engine() as EngineView) : undefined}
          onChange={(name) => props.onChange(name === USUAL ? null : name)}
        />
      </Show>
      <Show when={engine()?.problem}>
        {(problem) => <p class="selectable text-sm break-words text-warn">{quoted(problem())}</p>}
      </Show>
      <Show when={props.value !== null && props.engines.view() && engine() === undefined}>
        <p class="text-sm text-warn">{t("place.engine.unknown", { name: props.value ?? "" })}</p>
      </Show>
    </div>
  );
}

function about(engine: EngineView): string {
  return [engine.problem === null ? engine.version : t("place.engine.broken"), engine.address]
    .filter(Boolean)
    .join(" · ");
}
