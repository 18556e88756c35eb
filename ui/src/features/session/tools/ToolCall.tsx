/** A card for a call of any tool. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { createMemo, type JSX, Show } from "solid-js";
import { t } from "../../../i18n";
import { createFold } from "../createFold";
import { useScope } from "../scope";
import { bodyOf } from "./bodies";
import { childOf, errorOf, genericSubject, lookOf, relative, stateOf, tookOf } from "./call";
import { CallError, Shell } from "./Shell";
import { TaskLink } from "./TaskLink";

export function ToolCall(props: { part: ToolPart; isOver: boolean }) {
  const scope = useScope();
  const isAsked = () => scope.isWaiting(props.part.callID);
  const child = () => childOf(props.part);
  const isChildAsked = () => {
    const session = child();
    return session !== null && scope.isSessionWaiting(session);
  };
  const state = createMemo(() => stateOf(props.part, isAsked() || isChildAsked(), props.isOver));
  const look = () => lookOf(props.part.tool);
  const body = createMemo(() => bodyOf(props.part.tool));
  const [isOpen, toggle] = createFold(props.part.id, () => body().isOpenByItself?.(props.part, state()) ?? false);
  const subject = () => {
    const known = look();
    const text = known ? known.subject(props.part) : genericSubject(props.part);
    return (known?.isPath ? relative(text, scope.directory()) : text).replace(/\s+/g, " ");
  };
  return (
    <Shell
      icon={look()?.icon ?? "wrench"}
      label={look() ? t(look()?.label ?? "session.tool.input") : props.part.tool}
      subject={subject()}
      isMono={look()?.isPath || ["bash", "glob", "grep", "webfetch"].includes(props.part.tool)}
      state={state()}
      tookMs={tookOf(props.part)}
      aside={body().aside?.(props.part)}
      hasVerdict={body().hasVerdict?.(props.part) ?? false}
      isOpen={isOpen()}
      onToggle={toggle}
      hasBody={body().has(props.part)}
      below={
        <Below>
          <Show when={errorOf(props.part)}>{(text) => <CallError text={text()} />}</Show>
          <Show when={child()}>{(session) => <TaskLink session={session()} />}</Show>
          <Show when={isAsked()}>
            <div class="border-t border-line p-2">{scope.requests(scope.session, props.part.callID)}</div>
          </Show>
        </Below>
      }
    >
      {body().draw(() => props.part, state)}
    </Shell>
  );
}

function Below(props: { children: JSX.Element }) {
  return <>{props.children}</>;
}
