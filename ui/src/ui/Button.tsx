/** Buttons. */
import { type JSX, Show, splitProps } from "solid-js";
import { Icon, type IconName } from "./Icon";
import { Tooltip } from "./Tooltip";

export type Variant = "primary" | "plain" | "quiet" | "danger";

const LOOK: Record<Variant, string> = {
  primary: "bg-accent text-accent-ink border-transparent hover:brightness-110 font-medium",
  plain: "bg-raised text-ink border-line-strong hover:bg-hover",
  quiet: "bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink",
  danger: "bg-raised text-bad border-line-strong hover:bg-bad-soft",
};

const SIZE = { small: "h-6 px-2 text-sm gap-1", normal: "h-7 px-2.5 gap-1.5", large: "h-9 px-4 text-base gap-2" };

interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Variant;
  size?: keyof typeof SIZE;
  icon?: IconName;
  /** Working: takes no click and says so. */
  busy?: boolean;
}

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ["variant", "size", "icon", "busy", "class", "children", "disabled"]);
  return (
    <button
      type="button"
      {...rest}
      disabled={own.disabled || own.busy}
      aria-busy={own.busy ? "true" : undefined}
      class={`inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-md border disabled:opacity-50 ${SIZE[own.size ?? "normal"]} ${LOOK[own.variant ?? "plain"]} ${own.class ?? ""}`}
    >
      <Show when={own.icon}>{(name) => <Icon name={name()} />}</Show>
      {own.children}
    </button>
  );
}

interface IconButtonProps extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
  icon: IconName;
  /** Its name, also shown on hover. */
  label: string;
  keys?: string;
  size?: number;
  pressed?: boolean;
}

/** A button of an icon only. */
export function IconButton(props: IconButtonProps) {
  const [own, rest] = splitProps(props, ["icon", "label", "keys", "size", "class", "pressed"]);
  return (
    <Tooltip text={own.label} keys={own.keys}>
      <button
        type="button"
        {...rest}
        aria-label={own.label}
        aria-pressed={own.pressed}
        class={`inline-flex size-6 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink disabled:opacity-40 aria-pressed:bg-active aria-pressed:text-ink ${own.class ?? ""}`}
      >
        <Icon name={own.icon} size={own.size ?? 15} />
      </button>
    </Tooltip>
  );
}
