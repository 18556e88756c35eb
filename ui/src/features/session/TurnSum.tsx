/** The foot of a turn: what it changed, with what, how long, how much. */
import type { AssistantMessage, UserMessage } from "@opencode-ai/sdk/v2/types";
import { createMemo, Show } from "solid-js";
import { count, t } from "../../i18n";
import { cost, tokens, took } from "../../lib/format-usage";
import { Icon } from "../../ui/Icon";
import { useScope } from "./scope";
import { sumOf, type Turn } from "./turns";

export function TurnSum(props: { turn: Turn }) {
  const scope = useScope();
  const sum = createMemo(() => {
    const prompt = scope.message(props.turn.id);
    const answers = props.turn.answers.flatMap((id) => {
      const info = scope.message(id);
      return info?.role === "assistant" ? [info as AssistantMessage] : [];
    });
    return sumOf(prompt?.role === "user" ? (prompt as UserMessage) : undefined, answers);
  });
  const added = () => sum().files.reduce((n, file) => n + file.additions, 0);
  const removed = () => sum().files.reduce((n, file) => n + file.deletions, 0);
  return (
    <div class="mt-1 mb-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-faint">
      <Show when={sum().files.length > 0}>
        <button
          type="button"
          title={sum()
            .files.map((file) => file.file)
            .join("\n")}
          aria-label={`${count(sum().files.length, "session.files.one", "session.files.many")}. ${t("session.review")}`}
          onClick={() => scope.onReviewTurn(props.turn.id)}
          class="inline-flex h-6 items-center gap-1.5 rounded-md border border-line bg-raised px-2 text-sm text-muted hover:bg-hover hover:text-ink"
        >
          <Icon name="file-diff" size={13} />
          {count(sum().files.length, "session.files.one", "session.files.many")}
          <span class="text-good">+{added()}</span>
          <span class="text-bad">−{removed()}</span>
        </button>
      </Show>
      <Show when={sum().model}>{(model) => <span>{model()}</span>}</Show>
      <Show when={sum().durationMs !== null}>
        <span>{took(sum().durationMs ?? 0)}</span>
      </Show>
      <Show when={sum().tokensIn + sum().tokensOut > 0}>
        <span title={t("session.tokens.title")}>
          {t("session.tokens", { in: tokens(sum().tokensIn), out: tokens(sum().tokensOut) })}
        </span>
      </Show>
      <Show when={cost(sum().cost)}>{(dollars) => <span>{dollars()}</span>}</Show>
    </div>
  );
}
