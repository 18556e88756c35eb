/** A line as small as a word: the course of a value, without axes. Its meaning is said by its label. */
import { createMemo, For } from "solid-js";
import { areaPath, linePath, niceMax, type Point, type Range, runs } from "./plot";

interface SparklineProps {
  label: string;
  points: readonly Point[];
  range: Range;
  gapMs: number;
  width?: number;
  height?: number;
  /** The scale never ends below this. */
  leastMax?: number;
  /** A text colour class. */
  color?: string;
}

export function Sparkline(props: SparklineProps) {
  const box = () => ({ width: props.width ?? 64, height: props.height ?? 16 });
  const max = createMemo(() => niceMax(Math.max(props.leastMax ?? 0, ...props.points.map((point) => point.value), 0)));
  const parts = createMemo(() => runs(props.points, props.range, props.gapMs));
  return (
    <svg
      role="img"
      aria-label={props.label}
      width={box().width}
      height={box().height}
      viewBox={`0 -1 ${box().width} ${box().height + 2}`}
      class={`inline-block shrink-0 ${props.color ?? "text-accent"}`}
    >
      <For each={parts()}>
        {(run) => (
          <>
            <path d={areaPath(run, props.range, max(), box())} fill="currentColor" opacity="0.15" />
            <path d={linePath(run, props.range, max(), box())} fill="none" stroke="currentColor" />
          </>
        )}
      </For>
    </svg>
  );
}
