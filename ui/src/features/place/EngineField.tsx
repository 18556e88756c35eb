/** Which container engine: a choice where there are several, said where there is one or where it stays; any other by its address. */
import { createSignal, Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Choice } from "../../ui/Choice";
import { Icon } from "../../ui/Icon";
import { TextField } from "../../ui/TextField";
import type { EngineView } from "../../wire/messages";
import type { Engines } from "./place.commands";
import { engineOf } from "./places";

interface EngineFieldProps {
  /** None: the usual one. Empty: another one that is yet to be named. */
  value: string | null;
  /** What is wrong with it. */
  error: string | undefined;
  engines: Engines;
  /** It is the engine of a container that there is. */
  isFixed: boolean;
  onChange: (engine: string | null) => void;
}

/** No name of an engine begins with a space. */
const USUAL = " usual";
const OTHER = " other";

export function EngineField(props: EngineFieldProps) {
  const all = () => props.engines.view()?.engines ?? [];
  const engine = () => engineOf(props.engines.view(), props.value);
  const [isTyping, setTyping] = createSignal(false);
  /** Not one that was found, or typed as if it were not. */
  const isOther = () =>
    !props.isFixed &&
    props.value !== null &&
    (isTyping() || (props.engines.view() !== undefined && engine() === undefined));
  const isChoice = () => !props.isFixed && (all().length > 1 || isOther());
  const choose = (name: string) => {
    setTyping(name === OTHER);
    props.onChange(name === USUAL ? null : name === OTHER ? "" : name);
  };
  /** A place has an engine by its name or by its address: it is the same choice. */
  const shown = () => {
    if (isOther()) return OTHER;
    const found = engine();
    if (found === undefined) return props.value ?? USUAL;
    return found === all()[0] ? USUAL : found.name;
  };
  const options = () => {
    const usual = all()[0];
    // The first is the usual one, also where a place names it.
    const known = all()
      .slice(1)
      .map((one) => ({ value: one.name, label: one.name, description: about(one) }));
    const isKnown = props.value === null || isOther() || engine() !== undefined;
    return [
      {
        value: USUAL,
        label: usual ? t("place.engine.usualNamed", { name: usual.name }) : t("place.engine.usual"),
        ...(usual ? { description: about(usual) } : {}),
      },
      ...known,
      ...(isKnown ? [] : [{ value: props.value ?? "", label: props.value ?? "" }]),
      { value: OTHER, label: t("place.engine.another") },
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
            <Show when={!props.isFixed && props.engines.view()}>
              <Button size="small" variant="quiet" onClick={() => choose(OTHER)}>
                {t("place.engine.another")}
              </Button>
            </Show>
          </p>
        }
      >
        <Choice
          label={t("place.engine")}
          value={shown()}
          options={options()}
          hint={engine() ? about(engine() as EngineView) : undefined}
          onChange={choose}
        />
      </Show>
      <Show when={isOther()}>
        <TextField
          label={t("place.engine.address")}
          placeholder="unix:///run/user/1000/podman/podman.sock"
          hint={t("place.engine.address.hint")}
          error={props.error}
          class="font-mono text-sm placeholder:font-sans"
          value={props.value ?? ""}
          onInput={(event) => {
            setTyping(true);
            props.onChange(event.currentTarget.value);
          }}
        />
      </Show>
      <Show when={engine()?.problem}>
        {(problem) => <p class="selectable text-sm break-words text-warn">{quoted(problem())}</p>}
      </Show>
      <Show when={props.value && !isByAddress(props.value) && props.engines.view() && engine() === undefined}>
        <p class="text-sm text-warn">{t("place.engine.unknown", { name: props.value ?? "" })}</p>
      </Show>
    </div>
  );
}

/** It need not be found to be there. */
const isByAddress = (value: string) => value.includes("://");

function about(engine: EngineView): string {
  return [engine.problem === null ? engine.version : t("place.engine.broken"), engine.address]
    .filter(Boolean)
    .join(" · ");
}
