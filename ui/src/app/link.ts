/** Opens a web address: in the person's browser, or beside this page where this is that browser. */
import { openWith } from "../model/commands";
import { model } from "../model/store";
import { reportFailure } from "../ui/notices";

export function openLink(href: string): void {
  openWith("browser", href).catch((error: unknown) => {
    if (!model.host.opens_programs) window.open(href, "_blank", "noopener,noreferrer");
    else reportFailure(error);
  });
}
