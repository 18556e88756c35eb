/** The middle column: the page of the place. */
import { lazy, Match, Show, Suspense, Switch } from "solid-js";
import { InstancePage } from "../features/instance/InstancePage";
import { Overview } from "../features/overview/Overview";
import { Inbox } from "../features/request/Inbox";
import { RequestCard } from "../features/request/RequestCard";
import { SessionRequests } from "../features/request/SessionRequests";
import { SettingsPage } from "../features/settings/SettingsPage";
import { StartPage } from "../features/start/StartPage";
import { TourGuide } from "../features/tour/TourGuide";
import { TourOffer } from "../features/tour/TourOffer";
import { t } from "../i18n";
import { markOf } from "../model/marks";
import { instanceWord, isReady } from "../model/selectors";
import { model } from "../model/store";
import { verbsOf } from "../model/verbs";
import { Button } from "../ui/Button";
import { StateMark } from "../ui/StateMark";
import { Empty, Skeleton } from "../ui/states";
import type { InstanceView } from "../wire/messages";
import { carryOut, iconOf } from "./instanceMenu";
import { go, type Place, place } from "./place";

const SessionView = lazy(async () => ({ default: (await import("../features/session/SessionView")).SessionView }));

interface WorkProps {
  onReviewTurn: (message: string) => void;
}

export function Work(props: WorkProps) {
  const at = <K extends Place["kind"]>(kind: K): Extract<Place, { kind: K }> | false => {
    const here = place();
    return here.kind === kind && (here as Extract<Place, { kind: K }>);
  };
  return (
    <Show when={model.loaded} fallback={<Skeleton lines={6} label={t("app.connecting")} />}>
      <Suspense fallback={<Skeleton lines={6} label={t("app.loading")} />}>
        <Switch fallback={<Overview request={(request) => <RequestCard request={request} />} tour={<TourOffer />} />}>
          <Match when={at("inbox")}>
            <Inbox />
          </Match>
          <Match when={at("settings")}>
            <SettingsPage />
          </Match>
          <Match when={at("new-instance")}>{(here) => <StartPage directory={here().directory} />}</Match>
          <Match when={at("instance")}>
            {(here) => (
              <Show when={here().id} keyed>
                {(id) => (
                  <Show when={model.instances[id]} fallback={<Gone />}>
                    {(instance) => <InstancePage instance={instance()} />}
                  </Show>
                )}
              </Show>
            )}
          </Match>
          <Match when={at("session")}>
            {(here) => (
              <Show when={`${here().instance}/${here().session}`} keyed>
                <Show when={model.instances[here().instance]} fallback={<Gone />}>
                  {(instance) => (
                    <div class="flex h-full min-h-0 min-w-0 flex-col">
                      <Show when={!isReady(instance())}>
                        <NotReady instance={instance()} />
                      </Show>
                      <Show when={instance().demo}>
                        <TourGuide instance={here().instance} session={here().session} />
                      </Show>
                      <div class="relative min-h-0 grow">
                        <div class="absolute inset-0">
                          <SessionView
                            instance={here().instance}
                            session={here().session}
                            requests={(session, call) => (
                              <SessionRequests instance={here().instance} session={session} call={call} />
                            )}
                            onReviewTurn={props.onReviewTurn}
                          />
                        </div>
                      </div>
                    </div>
                  )}
                </Show>
              </Show>
            )}
          </Match>
        </Switch>
      </Suspense>
    </Show>
  );
}

/** Says over a session that its server does not run, and what to do. */
function NotReady(props: { instance: InstanceView }) {
  const verb = () =>
    verbsOf(props.instance, model.host).find((one) => one === "unlock" || one === "wake" || one === "start");
  return (
    <div role="status" class="flex shrink-0 flex-wrap items-center gap-3 border-b border-line bg-panel px-4 py-2">
      <StateMark mark={markOf(instanceWord(props.instance))} withWord />
      <a href={`#/instance/${encodeURIComponent(props.instance.id)}`} class="min-w-0 truncate hover:underline">
        {props.instance.name}
      </a>
      <span class="grow" />
      <Show when={verb()}>
        {(one) => (
          <Button size="small" icon={iconOf(one())} onClick={() => carryOut(one(), props.instance)}>
            {t(`verb.${one()}`)}
          </Button>
        )}
      </Show>
    </div>
  );
}

function Gone() {
  return (
    <Empty icon="circle-question-mark" title={t("app.gone.title")} text={t("app.gone.text")}>
      <Button onClick={() => go({ kind: "overview" })}>{t("app.gone.overview")}</Button>
    </Empty>
  );
}
