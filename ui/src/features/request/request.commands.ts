/**
 * Answers requests, and remembers while a card is on screen what becomes of an answer: sent, refused, taken.
 * One place for every card of a request, so that two cards never send two answers.
 */
import { createStore, produce } from "solid-js/store";
import { backend } from "../../backend";
import type { PermissionReply, RequestView } from "../../wire/messages";

export type Verdict = PermissionReply | "answer" | "dismiss";

export interface Answering {
  /** What was chosen. */
  verdict: Verdict;
  state: "sending" | "taken" | "failed";
  /** Why it failed. */
  error: unknown;
}

const [answers, setAnswers] = createStore<Record<string, Answering>>({});

const key = (request: RequestView) => `${request.instance}/${request.id}`;

/** What became of the answer to a request; undefined when none was given here. */
export function answering(request: RequestView): Answering | undefined {
  return answers[key(request)];
}

/** Forgets the answers to requests that left the screen. */
export function forget(request: RequestView): void {
  setAnswers(produce((all) => void delete all[key(request)]));
}

export function answerPermission(request: RequestView, reply: PermissionReply, message: string | null = null) {
  const { instance, id } = request;
  return send(request, reply, () => backend().call("answer_permission", { instance, request: id, reply, message }));
}

export function answerQuestion(request: RequestView, given: string[][]) {
  const { instance, id } = request;
  return send(request, "answer", () => backend().call("answer_question", { instance, request: id, answers: given }));
}

export function dismissQuestion(request: RequestView) {
  const { instance, id } = request;
  return send(request, "dismiss", () => backend().call("reject_question", { instance, request: id }));
}

async function send(request: RequestView, verdict: Verdict, call: () => Promise<unknown>): Promise<void> {
  const before = answers[key(request)];
  // A second press while the first answer is on its way.
  if (before && before.state !== "failed") return;
  setAnswers(key(request), { verdict, state: "sending", error: null });
  try {
    await call();
    setAnswers(key(request), { verdict, state: "taken", error: null });
  } catch (error) {
    setAnswers(key(request), { verdict, state: "failed", error });
  }
}
