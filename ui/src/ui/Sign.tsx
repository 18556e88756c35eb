/** A small icon that means something, with its meaning as text. */
import { Icon, type IconName } from "./Icon";

export function Sign(props: { icon: IconName; word: string; size?: number; class?: string }) {
  return (
    <span
      role="img"
      aria-label={props.word}
      title={props.word}
      class={`inline-flex shrink-0 ${props.class ?? "text-faint"}`}
    >
      <Icon name={props.icon} size={props.size ?? 13} />
    </span>
  );
}
