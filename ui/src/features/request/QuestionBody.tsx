/** The questions of a request: options, free text, answer or dismiss. */
import { createUniqueId, For, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import type { QuestionView, RequestView } from "../../wire/messages";
import { answerOf, type Choice, isComplete, noChoice, withCustom, withOption } from "./answers";
import { type Answering, answerQuestion, dismissQuestion } from "./request.commands";
import type { VariantOf } from "./wording";

interface QuestionBodyProps {
  request: RequestView;
  body: VariantOf<"question">;
  answer: Answering | undefined;
}

export function QuestionBody(props: QuestionBodyProps) {
  const [choices, setChoices] = createStore<Choice[]>(props.body.questions.map(noChoice));
  const isSending = () => props.answer?.state === "sending" || props.answer?.state === "taken";
  const isReady = () => isComplete(props.body.questions, choices);
  const submit = () => {
    if (!isReady() || isSending()) return;
    const given = props.body.questions.map((question, at) => answerOf(question, choices[at] ?? noChoice()));
    void answerQuestion(props.request, given);
  };
  return (
    <form
      class="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        // A radio button or a box would not send the form by itself in every engine.
        if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        event.stopPropagation();
        submit();
      }}
    >
      <For each={props.body.questions}>
        {(question, at) => (
          <Question
            question={question}
            choice={choices[at()] ?? noChoice()}
            disabled={isSending()}
            onChange={(next) => setChoices(at(), next)}
          />
        )}
      </For>
      <div class="flex flex-wrap items-center gap-2">
        <Button
          type="submit"
          variant="primary"
          size="small"
          busy={isSending() && props.answer?.verdict === "answer"}
          disabled={!isReady() || isSending()}
        >
          {t("request.answer")}
        </Button>
        <Button
          variant="quiet"
          size="small"
          title={t("request.dismiss.hint")}
          busy={isSending() && props.answer?.verdict === "dismiss"}
          disabled={isSending()}
          onClick={() => void dismissQuestion(props.request)}
        >
          {t("request.dismiss")}
        </Button>
      </div>
    </form>
  );
}

interface QuestionProps {
  question: QuestionView;
  choice: Choice;
  disabled: boolean;
  onChange: (next: Choice) => void;
}

function Question(props: QuestionProps) {
  const name = createUniqueId();
  const isChosen = (label: string) => props.choice.labels.includes(label);
  return (
    <fieldset class="flex min-w-0 flex-col gap-1.5" disabled={props.disabled}>
      <legend class="selectable mb-1 flex flex-wrap items-baseline gap-x-2">
        <Show when={props.question.header}>
          <span class="text-sm font-medium text-muted">{props.question.header}</span>
        </Show>
        <span class="w-full">{props.question.question}</span>
      </legend>
      <Show when={props.question.multiple}>
        <p class="text-sm text-faint">{t("request.several")}</p>
      </Show>
      <For each={props.question.options}>
        {(option, at) => (
          <label
            class="flex min-w-0 items-start gap-2 rounded-md border px-2 py-1 hover:bg-hover"
            classList={{
              "border-accent bg-accent-soft": isChosen(option.label),
              "border-line": !isChosen(option.label),
            }}
          >
            <input
              type={props.question.multiple ? "checkbox" : "radio"}
              name={name}
              class="mt-[3px]"
              checked={isChosen(option.label)}
              aria-describedby={option.description ? `${name}-${at()}` : undefined}
              onChange={() => props.onChange(withOption(props.choice, option.label, props.question.multiple))}
            />
            <span class="flex min-w-0 flex-col">
              <span class="break-words">{option.label}</span>
              <Show when={option.description}>
                <span id={`${name}-${at()}`} class="text-sm break-words text-muted">
                  {option.description}
                </span>
              </Show>
            </span>
          </label>
        )}
      </For>
      <Show when={props.question.custom || props.question.options.length === 0}>
        <input
          type="text"
          aria-label={t("request.custom")}
          placeholder={t("request.custom")}
          autocomplete="off"
          class="selectable h-7 w-full rounded-md border bg-canvas px-2 placeholder:text-faint"
          classList={{ "border-accent": props.choice.usesCustom, "border-line-strong": !props.choice.usesCustom }}
          value={props.choice.custom}
          onInput={(event) =>
            props.onChange(withCustom(props.choice, event.currentTarget.value, props.question.multiple))
          }
        />
      </Show>
    </fieldset>
  );
}
