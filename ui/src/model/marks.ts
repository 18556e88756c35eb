/** How each state looks: one colour, one shape, one word, in every surface. */
import { t } from "../i18n";
import type { Mark } from "../ui/StateMark";
import type { StateWord } from "./selectors";

const LOOK = {
  stopped: { icon: "square", color: "text-faint" },
  starting: { icon: "circle-dashed", color: "text-busy" },
  idle: { icon: "circle-check", color: "text-good" },
  busy: { icon: "circle-dot", color: "text-busy" },
  waiting: { icon: "hand", color: "text-warn" },
  stopping: { icon: "circle-dashed", color: "text-muted" },
  asleep: { icon: "moon", color: "text-asleep" },
  degraded: { icon: "triangle-alert", color: "text-warn" },
  locked: { icon: "lock", color: "text-warn" },
  unreachable: { icon: "unplug", color: "text-muted" },
  crashed: { icon: "octagon-x", color: "text-bad" },
  unknown: { icon: "circle-question-mark", color: "text-muted" },
  retry: { icon: "rotate-cw", color: "text-warn" },
  failed: { icon: "circle-x", color: "text-bad" },
} as const satisfies Record<StateWord, Omit<Mark, "word">>;

export function markOf(word: StateWord): Mark {
  return { ...LOOK[word], word: t(`state.${word}`) };
}
