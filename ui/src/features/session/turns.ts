/** Messages as turns: one prompt and all that answers it. Pure. */
import type { AssistantMessage, Message, UserMessage } from "@opencode-ai/sdk/v2/types";

export interface Turn {
  /** The prompt's id; of a turn whose prompt is on an older page, too. */
  id: string;
  /** Whether the prompt itself is here. */
  hasPrompt: boolean;
  /** Ids of the answers, oldest first. */
  answers: string[];
  /** Its last answer is complete. */
  isOver: boolean;
}

/** The turns of messages in their order. Answers belong to their prompt by `parentID`, wherever they stand. */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  const byId = new Map<string, Turn>();
  const open = (id: string): Turn => {
    let turn = byId.get(id);
    if (!turn) {
      turn = { id, hasPrompt: false, answers: [], isOver: false };
      byId.set(id, turn);
      turns.push(turn);
    }
    return turn;
  };
  for (const message of messages) {
    if (message.role === "user") {
      open(message.id).hasPrompt = true;
      continue;
    }
    const turn = open(message.parentID);
    turn.answers.push(message.id);
    turn.isOver = message.time.completed !== undefined;
  }
  return turns;
}

/** Whether two turns say the same, so that what was drawn for one can stay. */
export function isSameTurn(a: Turn, b: Turn): boolean {
  return (
    a.id === b.id &&
    a.hasPrompt === b.hasPrompt &&
    a.isOver === b.isOver &&
    a.answers.length === b.answers.length &&
    a.answers.every((id, at) => id === b.answers[at])
  );
}

export interface TurnSum {
  model: string | null;
  agent: string | null;
  /** From the prompt to the end of the last answer; null while that is open. */
  durationMs: number | null;
  tokensIn: number;
  tokensOut: number;
  cost: number;
  files: { file: string; additions: number; deletions: number }[];
}

/** What a turn cost and changed. */
export function sumOf(prompt: UserMessage | undefined, answers: readonly AssistantMessage[]): TurnSum {
  const last = answers.at(-1);
  const start = prompt?.time.created ?? answers[0]?.time.created;
  const end = last?.time.completed;
  return {
    model: last?.modelID ?? null,
    agent: last?.agent ?? null,
    durationMs: start !== undefined && end !== undefined ? end - start : null,
    // Each step sends the whole context again: the last one tells how much that is.
    tokensIn: last ? last.tokens.input + last.tokens.cache.read + last.tokens.cache.write : 0,
    tokensOut: answers.reduce((sum, answer) => sum + answer.tokens.output + answer.tokens.reasoning, 0),
    cost: answers.reduce((sum, answer) => sum + answer.cost, 0),
    files: (prompt?.summary?.diffs ?? []).map((diff) => ({
      file: diff.file ?? "",
      additions: diff.additions,
      deletions: diff.deletions,
    })),
  };
}
