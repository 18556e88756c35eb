/** A titled part of a form. */
import { createUniqueId, type JSX } from "solid-js";

export function Part(props: { title: string; children: JSX.Element }) {
  const id = createUniqueId();
  return (
    <section aria-labelledby={id} class="flex min-w-0 flex-col gap-3">
      <h3 id={id} class="border-b border-line pb-1 font-semibold">
        {props.title}
      </h3>
      {props.children}
    </section>
  );
}

/** Fields beside each other where there is room. */
export const COLUMNS = "grid grid-cols-[repeat(auto-fit,minmax(min(220px,100%),1fr))] items-start gap-x-4 gap-y-3";
