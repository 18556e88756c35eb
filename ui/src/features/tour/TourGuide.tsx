/** A line over the tour's session: what this is, and what to do next. */
import { createMemo, Show } from "solid-js";
import { t } from "../../i18n";
import { createKept } from "../../lib/persist";
import { requestsUnder } from "../../model/requests";
import { sessionKey } from "../../model/state";
import { model } from "../../model/store";
import { Badge } from "../../ui/Badge";
import { IconButton } from "../../ui/Button";

export function TourGuide(props: { instance: string; session: string }) {
  const [isHidden, setHidden] = createKept("tour.hidden", false);
  const step = createMemo(() => {
    const asked = requestsUnder(model, props.instance, props.session)[0];
    if (asked?.body.kind === "permission") return asked.body.diff ? t("tour.step.edit") : t("tour.step.command");
    if (asked) return t("tour.step.question");
    const status = model.sessions[sessionKey(props.instance, props.session)]?.status.status ?? "idle";
    if (status !== "idle") return t("tour.step.works");
    const transcript = model.transcripts[sessionKey(props.instance, props.session)];
    return transcript && transcript.order.length > 0 ? t("tour.step.review") : t("tour.step.send");
  });
  return (
    <Show when={!isHidden()}>
      <div
        role="status"
        class="flex shrink-0 items-center gap-2.5 border-b border-line bg-accent-soft py-1.5 pr-2 pl-4"
      >
        <Badge tone="accent" label={t("tour.demoHint")}>
          {t("tour.demo")}
        </Badge>
        <span class="min-w-0 grow">{step()}</span>
        <IconButton icon="x" size={13} label={t("tour.hide")} onClick={() => setHidden(true)} />
      </div>
    </Show>
  );
}
