/** One request: who asks, what, and the ways to answer. Used in the transcript (compact) and in the inbox (full). */
import { createEffect, createMemo, createUniqueId, For, Match, onCleanup, Show, Switch } from "solid-js";
import { type CurrentRequest, leaveRequest, setCurrentRequest } from "../../actions/request";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { ago } from "../../lib/format";
import { takesAnswers } from "../../model/requests";
import { model } from "../../model/store";
import { Icon } from "../../ui/Icon";
import { ErrorNote } from "../../ui/states";
import type { RequestView } from "../../wire/messages";
import { PermissionBody } from "./PermissionBody";
import { QuestionBody } from "./QuestionBody";
import { answering } from "./request.commands";
import { titleOf, type VariantOf } from "./wording";

export interface RequestCardProps {
  request: RequestView;
  /** `compact` leaves out what the place around it says already. */
  variant?: "full" | "compact";
  /** It no longer waits: it fades, and says what became of it. */
  leaving?: boolean;
  /** Marked as the one that keys are about. */
  marked?: boolean;
  /** Opens the session that asks. */
  onOpen?: () => void;
  /** The focus came into the card. */
  onFocus?: () => void;
}

export function RequestCard(props: RequestCardProps) {
  let root!: HTMLElement;
  const titleId = createUniqueId();
  const answer = createMemo(() => answering(props.request));
  const isTaken = () => props.leaving === true || answer()?.state === "taken";
  const instance = () => model.instances[props.request.instance];
  const path = () => (props.variant === "compact" ? props.request.session_path.slice(1) : props.request.session_path);

  /** What keys may do with this card; the body fills in its own part. */
  const handle: CurrentRequest = { id: props.request.id };
  if (props.onOpen) handle.open = () => props.onOpen?.();
  const enter = () => {
    if (isTaken()) return;
    setCurrentRequest(handle);
    props.onFocus?.();
  };
  createEffect(() => {
    if (props.marked && !isTaken()) setCurrentRequest(handle);
  });
  const leave = (event: FocusEvent) => {
    // In the inbox the mark stays where it is when the focus goes elsewhere.
    if (!props.marked && !root.contains(event.relatedTarget as Node | null)) leaveRequest(props.request.id);
  };
  onCleanup(() => leaveRequest(handle.id));

  return (
    <article
      ref={root}
      tabindex="0"
      aria-labelledby={titleId}
      aria-busy={answer()?.state === "sending" ? "true" : undefined}
      inert={isTaken()}
      data-request={props.request.id}
      onFocusIn={enter}
      onFocusOut={leave}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === root && props.onOpen) {
          event.preventDefault();
          props.onOpen();
        }
      }}
      data-compact={props.variant === "compact" ? "" : undefined}
      class="group flex min-w-0 flex-col gap-2 rounded-lg border bg-raised px-3 py-2.5 [contain:content]"
      classList={{
        "border-line-strong": !props.marked,
        "border-accent": props.marked === true,
        "opacity-55 transition-opacity duration-150": isTaken(),
      }}
    >
      <header class="flex min-w-0 items-start gap-2">
        <Icon
          name={props.request.body.kind === "question" ? "message-circle-question-mark" : "shield-question-mark"}
          class="mt-[3px] text-warn"
          size={15}
        />
        <div class="flex min-w-0 grow flex-col">
          <h3 id={titleId} class="font-medium">
            {titleOf(props.request.body)}
          </h3>
          <Show when={props.variant !== "compact" || path().length > 0}>
            <p class="flex min-w-0 flex-wrap items-center gap-x-1 text-sm text-muted">
              <Show when={props.variant !== "compact"}>
                <span>{instance()?.name ?? props.request.instance}</span>
              </Show>
              <For each={path()}>
                {(title, at) => (
                  <>
                    <Show when={props.variant !== "compact" || at() > 0}>
                      <Icon name="chevron-right" size={11} class="text-faint" />
                    </Show>
                    <span class="max-w-96 truncate">{title}</span>
                  </>
                )}
              </For>
            </p>
          </Show>
        </div>
        <time
          class="shrink-0 text-sm text-faint"
          datetime={new Date(props.request.asked_at_ms).toISOString()}
          title={new Date(props.request.asked_at_ms).toLocaleString()}
        >
          {ago(props.request.asked_at_ms, now())}
        </time>
      </header>
      <Switch>
        <Match when={bodyOf(props.request, "permission")}>
          {(body) => <PermissionBody request={props.request} body={body()} handle={handle} answer={answer()} />}
        </Match>
        <Match when={bodyOf(props.request, "question")}>
          {(body) => <QuestionBody request={props.request} body={body()} answer={answer()} />}
        </Match>
      </Switch>
      <Show when={isTaken()}>
        <p role="status" class="flex items-center gap-1.5 text-sm text-muted">
          <Icon name="check" size={13} />
          {answer()?.state === "taken"
            ? t(`request.gone.${answer()?.verdict ?? "answer"}`)
            : t("request.gone.elsewhere")}
        </p>
      </Show>
      <Show when={answer()?.state === "failed" && !props.leaving}>
        <ErrorNote error={answer()?.error} />
      </Show>
      <Show when={!isTaken() && instance() && !takesAnswers(instance())}>
        <p class="flex items-center gap-1.5 text-sm text-warn">
          <Icon name="triangle-alert" size={13} />
          {t("request.unreachable", { name: instance()?.name ?? "" })}
        </p>
      </Show>
    </article>
  );
}

function bodyOf<K extends RequestView["body"]["kind"]>(request: RequestView, kind: K): VariantOf<K> | undefined {
  return request.body.kind === kind ? (request.body as VariantOf<K>) : undefined;
}
