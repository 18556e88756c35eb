/** One session on the overview: its state, what it does, what it asks. */
import { createMemo, For, type JSX, Show } from "solid-js";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { ago } from "../../lib/format";
import { markOf } from "../../model/marks";
import { requestsUnder } from "../../model/requests";
import { sessionNeed } from "../../model/selectors";
import { model } from "../../model/store";
import { StateMark } from "../../ui/StateMark";
import type { RequestView, SessionView } from "../../wire/messages";

interface SessionCardProps {
  sessionKey: string;
  request: (request: RequestView) => JSX.Element;
  isSmall?: boolean;
}

export function SessionCard(props: SessionCardProps) {
  return <Show when={model.sessions[props.sessionKey]}>{(view) => <Card {...props} session={view()} />}</Show>;
}

function Card(props: SessionCardProps & { session: SessionView }) {
  const asked = createMemo(() => (props.isSmall ? [] : requestsUnder(model, props.session.instance, props.session.id)));
  const line = () => {
    const { session } = props;
    if (session.status.status === "retry") return session.status.message;
    return session.failure ?? session.doing;
  };
  return (
    <article class="flex min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-canvas contain-content">
      <button
        type="button"
        onClick={() => go({ kind: "session", instance: props.session.instance, session: props.session.id })}
        class="flex min-w-0 flex-col gap-1 px-3 py-2 text-left hover:bg-hover"
      >
        <span class="flex w-full items-center gap-2">
          <StateMark mark={markOf(sessionNeed(model, props.session))} withWord={!props.isSmall} />
          <Show when={props.isSmall}>
            <span class="min-w-0 grow truncate">{props.session.title || t("instance.session.untitled")}</span>
          </Show>
          <span class={`truncate text-sm text-muted ${props.isSmall ? "max-w-28" : "grow text-right"}`}>
            {model.instances[props.session.instance]?.name}
          </span>
          <span class="shrink-0 text-xs text-faint">{ago(props.session.updated_ms, now())}</span>
        </span>
        <Show when={!props.isSmall}>
          <span class="w-full truncate font-medium">{props.session.title || t("instance.session.untitled")}</span>
          <Show when={line()}>
            <span class={`w-full truncate text-sm ${props.session.failure ? "text-bad" : "text-muted"}`}>{line()}</span>
          </Show>
        </Show>
      </button>
      <Show when={asked().length > 0}>
        <div class="flex flex-col gap-2 border-t border-line p-2">
          <For each={asked()}>{(request) => props.request(request)}</For>
        </div>
      </Show>
    </article>
  );
}
