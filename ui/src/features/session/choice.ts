/** Which agent and which model a session talks to: what was chosen here, else what its last prompt was sent with. */
import type { UserMessage } from "@opencode-ai/sdk/v2/types";
import { createMemo } from "solid-js";
import { createKept } from "../../lib/persist";
import type { Scope } from "./scope";
import type { ModelChoice } from "./session.commands";

export interface Choice {
  agent: () => string | null;
  model: () => ModelChoice | null;
  setAgent: (name: string) => void;
  setModel: (choice: ModelChoice) => void;
}

interface Chosen {
  agent?: string;
  model?: ModelChoice;
}

export function createChoice(scope: Scope): Choice {
  const [chosen, setChosen] = createKept<Chosen>(`choice.${scope.instance}/${scope.session}`, {});
  const last = createMemo<UserMessage | undefined>(() =>
    scope.messages().findLast((message): message is UserMessage => message.role === "user"),
  );
  return {
    agent: () => chosen().agent ?? last()?.agent ?? null,
    model: () => {
      const used = last()?.model;
      return chosen().model ?? (used ? { providerID: used.providerID, modelID: used.modelID } : null);
    },
    setAgent: (agent) => setChosen({ ...chosen(), agent }),
    setModel: (model) => setChosen({ ...chosen(), model }),
  };
}
