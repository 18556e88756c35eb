/** A piece of an answer: text, reasoning, a tool call, a file, a retry. */
import type {
  FilePart,
  Part,
  ReasoningPart,
  RetryPart,
  SubtaskPart,
  TextPart,
  ToolPart,
} from "@opencode-ai/sdk/v2/types";
import { createMemo, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { baseName } from "../../lib/format";
import { took } from "../../lib/format-usage";
import { CopyButton } from "../../ui/CopyButton";
import { Icon } from "../../ui/Icon";
import { Markdown } from "../../ui/Markdown";
import { createFold } from "./createFold";
import { useScope } from "./scope";
import { ToolCall } from "./tools/ToolCall";

export function AnswerPart(props: { message: string; part: string }) {
  const scope = useScope();
  const part = () => scope.part(props.message, props.part);
  const as = <T extends Part>(type: T["type"]) => {
    const current = part();
    return current?.type === type ? (current as T) : undefined;
  };
  const isOver = () => {
    const info = scope.message(props.message);
    return info?.role === "assistant" && info.time.completed !== undefined;
  };
  return (
    <Switch>
      <Match when={as<TextPart>("text")}>{(text) => <Text part={text()} isOver={isOver()} />}</Match>
      <Match when={as<ReasoningPart>("reasoning")}>
        {(reasoning) => <Reasoning part={reasoning()} isOver={isOver()} />}
      </Match>
      <Match when={as<ToolPart>("tool")}>{(tool) => <ToolCall part={tool()} isOver={isOver()} />}</Match>
      <Match when={as<FilePart>("file")}>
        {(file) => (
          <span class="inline-flex items-center gap-1 rounded border border-line bg-panel px-1.5 py-0.5 text-sm text-muted">
            <Icon name="file" size={12} />
            {file().filename ?? baseName(file().url)}
          </span>
        )}
      </Match>
      <Match when={as<SubtaskPart>("subtask")}>
        {(subtask) => (
          <div class="flex items-center gap-2 text-sm text-muted">
            <Icon name="bot" size={13} />
            {t("session.subtask", { agent: subtask().agent })}
            <span class="truncate">{subtask().description}</span>
          </div>
        )}
      </Match>
      <Match when={as<RetryPart>("retry")}>
        {(retry) => (
          <div class="selectable flex items-center gap-2 text-sm text-warn">
            <Icon name="rotate-cw" size={13} />
            {t("session.retry", { attempt: retry().attempt, message: retry().error.data.message })}
          </div>
        )}
      </Match>
    </Switch>
  );
}

function Text(props: { part: TextPart; isOver: boolean }) {
  const scope = useScope();
  const isFinal = () => props.isOver || props.part.time?.end !== undefined;
  return (
    <div class="group/text relative py-1">
      <Markdown text={props.part.text} isFinal={isFinal()} onLink={scope.openLink} />
      <Show when={isFinal()}>
        {/* In the margin of the row: beside the copy button of a code block, and never cut off. */}
        <div class="absolute -top-1 -right-4 opacity-0 group-hover/text:opacity-100 focus-within:opacity-100">
          <CopyButton text={props.part.text} label={t("session.copyText")} />
        </div>
      </Show>
    </div>
  );
}

function Reasoning(props: { part: ReasoningPart; isOver: boolean }) {
  const scope = useScope();
  const isDone = () => props.isOver || props.part.time?.end !== undefined;
  const [isOpen, toggle] = createFold(props.part.id, () => false);
  const time = createMemo(() => {
    const end = props.part.time?.end;
    const ms = end === undefined ? 0 : end - props.part.time.start;
    return ms >= 1000 ? took(ms) : null;
  });
  /** The last line says what it thinks about, without the rest. */
  const glimpse = () => {
    const text = props.part.text.trimEnd();
    return text
      .slice(text.lastIndexOf("\n") + 1)
      .slice(-200)
      .replace(/[*_#`]/g, "");
  };
  return (
    <div class="text-muted">
      <button
        type="button"
        aria-expanded={isOpen()}
        onClick={toggle}
        class="flex h-7 max-w-full items-center gap-1.5 rounded-md pr-2 text-sm hover:text-ink"
      >
        <Icon name={isOpen() ? "chevron-down" : "chevron-right"} size={13} class="text-faint" />
        <Icon name="brain" size={13} class={isDone() ? "text-faint" : "text-busy"} />
        <span class="shrink-0">{t(isDone() ? "session.reasoning" : "session.reasoning.open")}</span>
        <Show when={isDone()} fallback={<span class="truncate text-faint">{glimpse()}</span>}>
          <span class="text-faint">{time()}</span>
        </Show>
      </button>
      <Show when={isOpen()}>
        <div class="ml-[6px] border-l border-line pt-1 pb-2 pl-4">
          <Markdown text={props.part.text} isFinal={isDone()} onLink={scope.openLink} />
        </div>
      </Show>
    </div>
  );
}
