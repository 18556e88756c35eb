/** That no container engine works, why not, and what to do. */
import { For, Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { FailureNote } from "../../ui/states";
import { EngineAdvice } from "./EngineAdvice";
import type { Engines } from "./place.commands";

interface NoEngineProps {
  engines: Engines;
  /** Somebody knows of an engine that was not found. */
  onAddress: () => void;
}

export function NoEngine(props: NoEngineProps) {
  const all = () => props.engines.view()?.engines ?? [];
  return (
    <section
      aria-label={t("place.engines.none.title")}
      class="flex min-w-0 gap-2.5 rounded-lg border border-line bg-panel px-3 py-2.5"
    >
      <Icon name="triangle-alert" class="mt-[3px] text-warn" />
      <div class="flex min-w-0 grow flex-col items-start gap-2">
        <div role="status" class="flex min-w-0 flex-col gap-1">
          <p class="selectable font-medium">{t("place.engines.none.title")}</p>
          <EngineAdvice text={props.engines.view()?.hint ?? t("place.engines.none.hint")} />
        </div>
        <Show when={all().length > 0}>
          <ul class="selectable flex w-full min-w-0 flex-col gap-1 border-t border-line pt-2 text-sm">
            <For each={all()}>
              {(engine) => (
                <li class="min-w-0 break-words">
                  <span class="font-medium">{engine.name}</span>{" "}
                  <span class="font-mono text-faint [overflow-wrap:anywhere]">{engine.address}</span>
                  <Show when={engine.problem}>
                    {(problem) => <span class="block text-muted">{quoted(problem())}</span>}
                  </Show>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <FailureNote failure={props.engines.failure()} />
        <div class="flex flex-wrap gap-2">
          <Button icon="refresh-cw" busy={props.engines.isAsking()} onClick={() => props.engines.ask()}>
            {t("place.engines.look")}
          </Button>
          <Button variant="quiet" onClick={() => props.onAddress()}>
            {t("place.engine.another")}
          </Button>
        </div>
      </div>
    </section>
  );
}
