/** A shortcut, as the keyboard of this machine names it. */
import { keysLabel } from "../actions/keys";

export function Kbd(props: { keys: string }) {
  return (
    <kbd class="rounded border border-line bg-panel px-1 font-sans text-xs text-muted whitespace-nowrap">
      {keysLabel(props.keys)}
    </kbd>
  );
}
