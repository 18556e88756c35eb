/** The state of something as a colour, a shape and a word: the same in every surface. */
import { Show } from "solid-js";
import { Icon, type IconName } from "./Icon";

/** How a state is drawn. */
export interface Mark {
  icon: IconName;
  /** A text colour class. */
  color: string;
  word: string;
}

export function StateMark(props: { mark: Mark; withWord?: boolean; size?: number }) {
  return (
    <span class={`inline-flex shrink-0 items-center gap-1.5 ${props.mark.color}`}>
      <span role="img" aria-label={props.mark.word} title={props.mark.word} class="inline-flex shrink-0">
        <Icon name={props.mark.icon} size={props.size ?? 14} />
      </span>
      <Show when={props.withWord}>
        <span aria-hidden="true" class="text-sm whitespace-nowrap">
          {props.mark.word}
        </span>
      </Show>
    </span>
  );
}
