/** Offers the tour once; later it is in the palette and in the settings. */
import { createUniqueId, Show } from "solid-js";
import { t } from "../../i18n";
import { updateSettings } from "../../model/commands";
import { lacksOpencode } from "../../model/selectors";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { attempt, createAttempt } from "../../ui/notices";
import { openTour } from "./tour.commands";

export function TourOffer() {
  const [isStarting, begin] = createAttempt();
  const reason = createUniqueId();
  return (
    <Show when={model.loaded && !model.settings.tour_offered}>
      <section class="flex flex-wrap items-start gap-3 rounded-lg border border-line bg-accent-soft p-4">
        <Icon name="compass" size={20} class="mt-0.5 text-accent" />
        <div class="flex min-w-56 flex-1 flex-col gap-1 text-left">
          <h2 class="font-semibold">{t("tour.title")}</h2>
          <p class="text-muted">{t("tour.text")}</p>
          <Show when={lacksOpencode(model)}>
            <p id={reason} class="text-muted">
              {t("tour.needsOpencode")}
            </p>
          </Show>
          <div class="mt-2 flex gap-2">
            <Button
              variant="primary"
              icon="play"
              busy={isStarting()}
              disabled={lacksOpencode(model)}
              aria-describedby={lacksOpencode(model) ? reason : undefined}
              onClick={() => begin(openTour)}
            >
              {t("tour.start")}
            </Button>
            <Button variant="quiet" onClick={() => attempt(() => updateSettings({ tour_offered: true }))}>
              {t("tour.later")}
            </Button>
          </div>
        </div>
      </section>
    </Show>
  );
}
