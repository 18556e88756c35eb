/** A command and what it wrote. While it runs the newest lines stay in view. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { createEffect, createMemo, Show } from "solid-js";
import { t } from "../../../i18n";
import { withoutAnsi } from "../../../lib/ansi";
import { AnsiText } from "../../../ui/AnsiText";
import { CopyButton } from "../../../ui/CopyButton";
import { createFold } from "../createFold";
import { input, meta, outputOf } from "./call";

/** Lines shown before a person asks for all. */
const SHOWN_LINES = 24;

export function BashBody(props: { part: ToolPart }) {
  const text = () => outputOf(props.part).replace(/\n+$/, "");
  const lineCount = createMemo(() => text().split("\n").length);
  const [isAll, showAll] = createFold(`${props.part.id}:all`, () => false);
  const shown = createMemo(() => (isAll() ? text() : text().split("\n").slice(-SHOWN_LINES).join("\n")));
  let box: HTMLPreElement | undefined;
  createEffect(() => {
    shown();
    if (box && props.part.state.status === "running") box.scrollTop = box.scrollHeight;
  });
  return (
    <div class="group/bash relative bg-panel">
      <div class="selectable flex gap-2 px-2.5 py-1.5 font-mono text-sm">
        <span class="text-faint" aria-hidden="true">
          $
        </span>
        <span class="min-w-0 grow whitespace-pre-wrap [overflow-wrap:anywhere]">{input(props.part, "command")}</span>
      </div>
      <Show when={lineCount() > SHOWN_LINES}>
        <button type="button" onClick={showAll} class="px-2.5 py-1 text-sm text-accent hover:underline">
          {isAll() ? t("session.tool.collapse") : t("session.tool.expand", { count: lineCount() })}
        </button>
      </Show>
      <Show
        when={text() !== ""}
        fallback={
          <Show when={props.part.state.status === "completed"}>
            <p class="px-2.5 pb-1.5 text-sm text-faint">{t("session.tool.noOutput")}</p>
          </Show>
        }
      >
        <pre
          ref={box}
          class="selectable max-h-96 overflow-auto px-2.5 pb-2 font-mono text-sm leading-[17px] whitespace-pre-wrap [overflow-wrap:anywhere]"
        >
          <AnsiText text={shown()} />
        </pre>
      </Show>
      <Show when={meta(props.part, "truncated") === true}>
        <p class="px-2.5 pb-1.5 text-sm text-faint">{t("session.tool.truncated")}</p>
      </Show>
      <div class="absolute top-1 right-1 opacity-0 group-hover/bash:opacity-100 focus-within:opacity-100">
        <CopyButton text={`$ ${input(props.part, "command")}\n${withoutAnsi(text())}`} />
      </div>
    </div>
  );
}
