/** The container engines of this machine: what each is, or why it cannot be used. */
import { For, Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { FailureNote } from "../../ui/states";
import type { EngineView } from "../../wire/messages";
import { EngineAdvice } from "../place/EngineAdvice";
import { createEngines } from "../place/place.commands";
import { works } from "../place/places";

export function ContainerEngines() {
  const engines = createEngines();
  const all = () => engines.view()?.engines ?? [];
  /** What to install, where nothing works; said by the core, for this system. */
  const hint = () => {
    const view = engines.view();
    return view && !view.engines.some(works) ? (view.hint ?? t("place.engines.none.hint")) : null;
  };
  return (
    <div class="flex flex-col gap-2 py-1">
      <Show when={all().length > 0}>
        <ul class="overflow-hidden rounded-lg border border-line">
          <For each={all()}>{(engine, at) => <Engine engine={engine} isUsual={at() === 0} />}</For>
        </ul>
      </Show>
      <div role="status" class="text-sm text-muted empty:hidden">
        <Show when={engines.view() === undefined && engines.isAsking()}>{t("place.engines.looking")}</Show>
        <Show when={hint()}>
          {(text) => (
            <>
              <p class="selectable font-medium text-ink">{t("place.engines.none.title")}.</p>
              <EngineAdvice text={text()} />
            </>
          )}
        </Show>
      </div>
      <FailureNote failure={engines.failure()} />
      <div>
        <Button icon="refresh-cw" busy={engines.isAsking()} onClick={engines.ask}>
          {t("place.engines.look")}
        </Button>
      </div>
      <p class="text-sm text-faint">{t("settings.containers.hint")}</p>
    </div>
  );
}

function Engine(props: { engine: EngineView; isUsual: boolean }) {
  return (
    <li class="flex items-start gap-2.5 border-b border-line px-3 py-2 last:border-0">
      <Icon
        name={works(props.engine) ? "circle-check" : "triangle-alert"}
        class={`mt-[3px] ${works(props.engine) ? "text-good" : "text-warn"}`}
      />
      <div class="selectable flex min-w-0 grow flex-col">
        <span class="flex min-w-0 flex-wrap items-center gap-x-2">
          <span class="font-medium">{props.engine.name}</span>
          <Show when={props.engine.version}>
            <span class="text-muted">{props.engine.version}</span>
          </Show>
          <Show when={props.isUsual}>
            <Badge label={t("settings.containers.usual.about")}>{t("settings.containers.usual")}</Badge>
          </Show>
        </span>
        <span class="font-mono text-sm text-faint [overflow-wrap:anywhere]">{props.engine.address}</span>
        <Show when={props.engine.problem}>
          {(problem) => <span class="text-sm break-words text-warn">{quoted(problem())}</span>}
        </Show>
      </div>
    </li>
  );
}
