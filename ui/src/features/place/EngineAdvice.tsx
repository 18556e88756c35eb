/** What to do where no container engine works, with a button that opens the page that it names. */
import { Show } from "solid-js";
import { openLink } from "../../app/link";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { Button } from "../../ui/Button";
import { addressIn } from "./places";

export function EngineAdvice(props: { text: string }) {
  return (
    <div class="flex min-w-0 flex-col items-start gap-2">
      <p class="selectable min-w-0 text-muted [overflow-wrap:anywhere]">{quoted(props.text)}</p>
      <Show when={addressIn(props.text)}>
        {(address) => (
          <Button icon="external-link" title={address()} onClick={() => openLink(address())}>
            {t("place.engines.guide")}
          </Button>
        )}
      </Show>
    </div>
  );
}
