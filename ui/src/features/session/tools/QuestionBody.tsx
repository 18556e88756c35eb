/** Questions that were asked, and what was answered. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { For } from "solid-js";
import { t } from "../../../i18n";
import { inputValue, meta } from "./call";

export function questionsOf(part: ToolPart): { question: string; answer: string[] }[] {
  const questions = inputValue(part, "questions");
  const answers = meta(part, "answers");
  if (!Array.isArray(questions)) return [];
  return questions.map((item: unknown, at) => {
    const { question } = (typeof item === "object" && item !== null ? item : {}) as { question?: unknown };
    const given: unknown = Array.isArray(answers) ? answers[at] : undefined;
    return {
      question: typeof question === "string" ? question : "",
      answer: Array.isArray(given) ? given.filter((text): text is string => typeof text === "string") : [],
    };
  });
}

export function QuestionBody(props: { part: ToolPart }) {
  return (
    <dl class="selectable flex flex-col gap-1 px-2.5 py-1.5">
      <For each={questionsOf(props.part)}>
        {(item) => (
          <div>
            <dt class="text-muted">{item.question}</dt>
            <dd class={item.answer.length > 0 ? "font-medium" : "text-faint"}>
              {item.answer.join(", ") || t("session.tool.unanswered")}
            </dd>
          </div>
        )}
      </For>
    </dl>
  );
}
