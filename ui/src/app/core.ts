/** Carries what the core pushes into the model, and follows it where it says to go. */
import type { Backend } from "../backend/types";
import { apply, applyLink } from "../model/store";
import { tellWatched } from "../model/watch";
import { openDialog } from "./dialogs";
import { go, placeOfName } from "./place";

export function followCore(core: Backend): () => void {
  return core.subscribe(
    (push) => {
      apply(push);
      for (const item of push.items) if (item.type === "navigate") follow(item.place);
    },
    (link) => {
      applyLink(link);
      // A stream that was opened anew knows nothing of what this window shows.
      if (link === "live") tellWatched();
    },
  );
}

function follow(name: string): void {
  const next = placeOfName(name);
  if (next.kind === "quit") openDialog("quit");
  else go(next);
}
