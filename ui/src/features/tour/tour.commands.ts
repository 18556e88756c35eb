/** Starts the tour and leads to its session, with the prompt ready to be sent. */
import { go, place } from "../../app/place";
import { t } from "../../i18n";
import { save } from "../../lib/persist";
import { createSession, startTour, updateSettings } from "../../model/commands";
import { isReady, sessionsOf } from "../../model/selectors";
import { model } from "../../model/store";
import { until } from "../../model/until";

export async function openTour(): Promise<void> {
  const instance = await startTour();
  if (!model.settings.tour_offered) await updateSettings({ tour_offered: true });
  go({ kind: "instance", id: instance });
  const isHere = () => {
    const here = place();
    return here.kind === "instance" && here.id === instance;
  };
  try {
    await until(
      () => isReady(model.instances[instance]),
      () => !isHere() || model.instances[instance]?.state.state === "crashed",
    );
  } catch {
    // The person went elsewhere, or it failed: its page says why.
    return;
  }
  const known = sessionsOf(model, instance)[0];
  const session = known?.id ?? (await createSession(instance));
  if (!known) save(`draft.${instance}/${session}`, t("tour.prompt"));
  if (isHere()) go({ kind: "session", instance, session });
}
