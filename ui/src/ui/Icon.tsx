/** One icon of the set. Decoration: the control that carries it has the name. */
import { createMemo } from "solid-js";
import { ICONS, type IconName } from "./icons";

export type { IconName } from "./icons";

const parsed = new Map<IconName, SVGSVGElement>();

function drawing(name: IconName): SVGSVGElement {
  let svg = parsed.get(name);
  if (!svg) {
    const root = new DOMParser().parseFromString(ICONS[name], "image/svg+xml").documentElement;
    svg = document.importNode(root, true) as unknown as SVGSVGElement;
    svg.setAttribute("aria-hidden", "true");
    svg.removeAttribute("class");
    parsed.set(name, svg);
  }
  return svg.cloneNode(true) as SVGSVGElement;
}

export function Icon(props: { name: IconName; size?: number; class?: string }) {
  const element = createMemo(() => {
    const svg = drawing(props.name);
    const size = String(props.size ?? 14);
    svg.setAttribute("width", size);
    svg.setAttribute("height", size);
    svg.setAttribute("class", `shrink-0 ${props.class ?? ""}`);
    return svg;
  });
  return <>{element()}</>;
}
