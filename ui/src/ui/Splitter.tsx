/** A divider between two columns: drags, and moves by the arrow keys. */
interface SplitterProps {
  label: string;
  /** Width of the column that it sizes. */
  value: number;
  min: number;
  max: number;
  /** On which side of the divider that column is. */
  side: "left" | "right";
  onChange: (value: number) => void;
  /** Double click and Enter. */
  onReset: () => void;
}

const STEP = 16;

export function Splitter(props: SplitterProps) {
  const clamp = (value: number) => Math.round(Math.min(props.max, Math.max(props.min, value)));
  const sign = () => (props.side === "left" ? 1 : -1);

  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const bar = event.currentTarget;
    const start = event.clientX;
    const width = props.value;
    bar.setPointerCapture(event.pointerId);
    const onMove = (move: PointerEvent) => props.onChange(clamp(width + sign() * (move.clientX - start)));
    const onUp = () => {
      bar.removeEventListener("pointermove", onMove);
      bar.removeEventListener("pointerup", onUp);
      bar.removeEventListener("pointercancel", onUp);
    };
    bar.addEventListener("pointermove", onMove);
    bar.addEventListener("pointerup", onUp);
    bar.addEventListener("pointercancel", onUp);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft") props.onChange(clamp(props.value - sign() * STEP));
    else if (event.key === "ArrowRight") props.onChange(clamp(props.value + sign() * STEP));
    else if (event.key === "Home") props.onChange(props.min);
    else if (event.key === "End") props.onChange(props.max);
    else if (event.key === "Enter") props.onReset();
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a divider that moves is no <hr>.
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={props.label}
      aria-valuenow={props.value}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onDblClick={() => props.onReset()}
      onKeyDown={onKeyDown}
      class="relative z-10 -mx-[3px] w-[7px] shrink-0 cursor-col-resize touch-none before:absolute before:inset-y-0 before:left-[3px] before:w-px before:bg-line hover:before:w-[2px] hover:before:bg-accent focus-visible:before:bg-accent"
    />
  );
}
