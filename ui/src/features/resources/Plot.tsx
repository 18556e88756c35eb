/** A line over time: axes with units, the value under the pointer or the arrow keys, a budget, and the same in words. */
import { createMemo, createSignal, createUniqueId, For, onCleanup, onMount, Show } from "solid-js";
import { t } from "../../i18n";
import {
  agoLabel,
  areaPath,
  figures,
  linePath,
  nearest,
  niceMax,
  type Point,
  type Range,
  runs,
  timeTicks,
  valueTicks,
  xOf,
  yOf,
} from "./plot";

interface PlotProps {
  title: string;
  points: readonly Point[];
  range: Range;
  /** Samples further apart than this have a gap between them. */
  gapMs: number;
  format: (value: number) => string;
  /** The scale never ends below this, so that noise does not look like load. */
  leastMax: number;
  /** A line that should not be crossed. */
  budget?: number | undefined;
  /** The time that is pointed at, the same in every plot of a page. */
  at: number | undefined;
  onAt: (at_ms: number | undefined) => void;
  /** A text colour class of the line. */
  color: string;
}

const LEFT_PX = 58;
const RIGHT_PX = 14;
const TOP_PX = 8;
const FOOT_PX = 20;
const HEIGHT_PX = 128;

export function Plot(props: PlotProps) {
  const id = createUniqueId();
  const [width, setWidth] = createSignal(560);
  let frame!: HTMLDivElement;
  onMount(() => {
    const measure = () => setWidth(Math.max(220, frame.clientWidth));
    measure();
    const resize = new ResizeObserver(measure);
    resize.observe(frame);
    onCleanup(() => resize.disconnect());
  });

  const box = createMemo(() => ({ width: width() - LEFT_PX - RIGHT_PX, height: HEIGHT_PX }));
  const found = createMemo(() => figures(props.points, props.range));
  const max = createMemo(() => niceMax(Math.max(found()?.most ?? 0, (props.budget ?? 0) * 1.05, props.leastMax)));
  const parts = createMemo(() => runs(props.points, props.range, props.gapMs));
  const pointed = createMemo(() => (props.at === undefined ? undefined : nearest(props.points, props.at, props.gapMs)));
  const summary = () => {
    const known = found();
    if (!known) return t("resources.plot.nothing", { title: props.title });
    return t("resources.plot.summary", {
      title: props.title,
      now: props.format(known.now),
      least: props.format(known.least),
      most: props.format(known.most),
    });
  };
  const timeAt = (clientX: number) => {
    const left = frame.getBoundingClientRect().left + LEFT_PX;
    const part = Math.min(1, Math.max(0, (clientX - left) / box().width));
    return props.range.from_ms + part * (props.range.to_ms - props.range.from_ms);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = (props.range.to_ms - props.range.from_ms) / 60;
    const from = props.at ?? props.range.to_ms;
    const next =
      event.key === "ArrowLeft"
        ? from - step
        : event.key === "ArrowRight"
          ? from + step
          : event.key === "Home"
            ? props.range.from_ms
            : event.key === "End"
              ? props.range.to_ms
              : undefined;
    if (event.key === "Escape" && props.at !== undefined) {
      event.preventDefault();
      props.onAt(undefined);
    }
    if (next === undefined) return;
    event.preventDefault();
    props.onAt(Math.min(props.range.to_ms, Math.max(props.range.from_ms, next)));
  };
  const when = (point: Point) => new Date(point.at_ms).toLocaleTimeString();

  return (
    <figure class="flex min-w-0 flex-col gap-1">
      <figcaption class="flex flex-wrap items-center gap-x-3" id={id}>
        <span class="font-medium">{props.title}</span>
        <Show when={found()} fallback={<span class="text-sm text-faint">{t("resources.plot.none")}</span>}>
          {(known) => (
            <span class="text-sm text-muted">
              {pointed()
                ? t("resources.plot.at", {
                    value: props.format((pointed() as Point).value),
                    time: when(pointed() as Point),
                  })
                : t("resources.plot.figures", {
                    now: props.format(known().now),
                    mean: props.format(known().mean),
                    most: props.format(known().most),
                  })}
            </span>
          )}
        </Show>
        <Show when={props.budget}>
          {(budget) => (
            <span class="flex items-center gap-1 text-sm text-muted">
              <span class="inline-block w-4 border-t-2 border-dashed border-warn" />
              {t("resources.plot.budget", { value: props.format(budget()) })}
            </span>
          )}
        </Show>
      </figcaption>
      <div
        ref={frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move along the line.
        tabIndex={0}
        role="img"
        aria-label={`${summary()} ${t("resources.plot.keys")}`}
        class="w-full rounded-md"
        onPointerMove={(event) => props.onAt(timeAt(event.clientX))}
        onPointerLeave={() => props.onAt(undefined)}
        onBlur={() => props.onAt(undefined)}
        onKeyDown={onKeyDown}
      >
        <svg
          width={width()}
          height={HEIGHT_PX + TOP_PX + FOOT_PX}
          viewBox={`0 0 ${width()} ${HEIGHT_PX + TOP_PX + FOOT_PX}`}
          aria-hidden="true"
          class="block max-w-full"
        >
          <g transform={`translate(${LEFT_PX} ${TOP_PX})`}>
            <For each={valueTicks(max(), HEIGHT_PX)}>
              {(value) => (
                <g transform={`translate(0 ${yOf(value, max(), box())})`}>
                  <line x2={box().width} class="stroke-line" />
                  <text x="-8" dy="0.35em" text-anchor="end" class="fill-faint text-xs">
                    {props.format(value)}
                  </text>
                </g>
              )}
            </For>
            <For each={timeTicks(props.range, box().width)}>
              {(at) => (
                <g transform={`translate(${xOf(at, props.range, box())} ${HEIGHT_PX})`}>
                  <line y2="4" class="stroke-line-strong" />
                  <text y="16" text-anchor={at === props.range.to_ms ? "end" : "middle"} class="fill-faint text-xs">
                    {agoLabel(at, props.range, t("resources.plot.now"))}
                  </text>
                </g>
              )}
            </For>
            <g class={props.color}>
              <For each={parts()}>
                {(run) => (
                  <>
                    <path d={areaPath(run, props.range, max(), box())} fill="currentColor" opacity="0.12" />
                    <path
                      d={linePath(run, props.range, max(), box())}
                      fill="none"
                      stroke="currentColor"
                      stroke-width="1.5"
                      stroke-linejoin="round"
                    />
                  </>
                )}
              </For>
            </g>
            <Show when={props.budget}>
              {(budget) => (
                <line
                  x2={box().width}
                  y1={yOf(budget(), max(), box())}
                  y2={yOf(budget(), max(), box())}
                  class="stroke-warn"
                  stroke-width="1.5"
                  stroke-dasharray="5 4"
                />
              )}
            </Show>
            <Show when={pointed()}>
              {(point) => (
                <g class={props.color}>
                  <line
                    x1={xOf(point().at_ms, props.range, box())}
                    x2={xOf(point().at_ms, props.range, box())}
                    y2={HEIGHT_PX}
                    class="stroke-line-strong"
                  />
                  <circle
                    cx={xOf(point().at_ms, props.range, box())}
                    cy={yOf(point().value, max(), box())}
                    r="3.5"
                    fill="currentColor"
                    class="stroke-canvas"
                    stroke-width="1.5"
                  />
                </g>
              )}
            </Show>
          </g>
        </svg>
      </div>
      <span class="sr-only" aria-live="polite">
        {pointed() &&
          t("resources.plot.at", { value: props.format((pointed() as Point).value), time: when(pointed() as Point) })}
      </span>
    </figure>
  );
}
