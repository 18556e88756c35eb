/** Calls that only look, folded into one line while they follow each other. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { createMemo, For, Show } from "solid-js";
import { count, t } from "../../../i18n";
import { Icon } from "../../../ui/Icon";
import { createFold } from "../createFold";
import { useScope } from "../scope";
import { errorOf, lookOf, relative, stateOf } from "./call";
import { STATE_LOOK } from "./Shell";
import { ToolCall } from "./ToolCall";

interface Call {
  message: string;
  part: string;
}

export function Looks(props: { calls: Call[] }) {
  const scope = useScope();
  const parts = createMemo(() =>
    props.calls.flatMap((call) => {
      const part = scope.part(call.message, call.part);
      return part?.type === "tool" ? [{ part, message: call.message }] : [];
    }),
  );
  const isOver = (message: string) => {
    const info = scope.message(message);
    return info?.role === "assistant" && info.time.completed !== undefined;
  };
  /** A call that waits for a person or failed is shown as a card of its own. */
  const isLoud = (call: { part: ToolPart; message: string }) =>
    scope.isWaiting(call.part.callID) || errorOf(call.part) !== null;
  const [isOpen, toggle] = createFold(`looks:${props.calls[0]?.part ?? ""}`, () => false);
  const state = () => {
    const last = parts().at(-1);
    return last ? stateOf(last.part, scope.isWaiting(last.part.callID), isOver(last.message)) : "pending";
  };
  const subject = (part: ToolPart) => relative(lookOf(part.tool)?.subject(part) ?? "", scope.directory());
  const summary = () => {
    const one = parts()[0];
    if (parts().length === 1 && one)
      return `${t(lookOf(one.part.tool)?.label ?? "session.tool.read")} ${subject(one.part)}`;
    return `${count(parts().length, "session.looks.many", "session.looks.many")}: ${[...new Set(parts().map((call) => subject(call.part)))].join(", ")}`;
  };
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen()}
        onClick={toggle}
        class="flex h-7 w-full items-center gap-1.5 rounded-md text-left text-sm text-muted hover:text-ink"
      >
        <Icon name={isOpen() ? "chevron-down" : "chevron-right"} size={13} class="text-faint" />
        <Icon name={state() === "running" ? "circle-dot" : "eye"} size={13} class={STATE_LOOK[state()].color} />
        <span class="min-w-0 grow truncate">{summary()}</span>
      </button>
      <Show
        when={isOpen()}
        fallback={
          <div class="flex flex-col gap-1.5">
            <For each={parts().filter(isLoud)}>
              {(call) => <ToolCall part={call.part} isOver={isOver(call.message)} />}
            </For>
          </div>
        }
      >
        <div class="flex flex-col gap-1.5 pt-1 pb-1 pl-[19px]">
          <For each={props.calls}>
            {(call) => (
              <Show when={scope.part(call.message, call.part)}>
                {(part) => <ToolCall part={part() as ToolPart} isOver={isOver(call.message)} />}
              </Show>
            )}
          </For>
        </div>
      </Show>
    </div>
  );
}
