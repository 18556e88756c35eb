/** What a person has chosen for the questions of a request, and what is sent of it. Pure. */
import type { QuestionView } from "../../wire/messages";

/** The answer to one question so far. */
export interface Choice {
  labels: string[];
  /** The free text. */
  custom: string;
  /** Whether the free text counts. */
  usesCustom: boolean;
}

export const noChoice = (): Choice => ({ labels: [], custom: "", usesCustom: false });

/** An option is pressed: the only one, or one more, or one less. */
export function withOption(choice: Choice, label: string, isMultiple: boolean): Choice {
  if (!isMultiple) return { ...choice, labels: [label], usesCustom: false };
  const has = choice.labels.includes(label);
  return { ...choice, labels: has ? choice.labels.filter((one) => one !== label) : [...choice.labels, label] };
}

/** Free text is typed; where only one answer is taken it is that one. */
export function withCustom(choice: Choice, custom: string, isMultiple: boolean): Choice {
  const usesCustom = custom.trim() !== "";
  return { labels: isMultiple || !usesCustom ? choice.labels : [], custom, usesCustom };
}

/** What is sent for one question: labels in the order offered, then the free text. */
export function answerOf(question: QuestionView, choice: Choice): string[] {
  const offered = question.options.map((option) => option.label);
  const labels = offered.filter((label) => choice.labels.includes(label));
  return choice.usesCustom ? [...labels, choice.custom.trim()] : labels;
}

export function isComplete(questions: readonly QuestionView[], choices: readonly Choice[]): boolean {
  return questions.every((question, at) => {
    const choice = choices[at];
    return choice !== undefined && answerOf(question, choice).length > 0;
  });
}
