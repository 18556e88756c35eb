/** Before the first line that is shown: more, nothing, or what is gone. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";

interface LogHeadProps {
  hasOlder: boolean;
  isCut: boolean;
  isReading: boolean;
  isFiltered: boolean;
  onOlder: () => void;
}

export function LogHead(props: LogHeadProps) {
  return (
    <div class="flex min-h-7 items-center px-3 pb-1 font-sans text-sm text-faint">
      <Show when={props.hasOlder} fallback={t(props.isCut ? "logs.cut" : "logs.begin")}>
        <Button size="small" variant="quiet" icon="arrow-up" busy={props.isReading} onClick={() => props.onOlder()}>
          {t(props.isFiltered ? "logs.older.filtered" : "logs.older")}
        </Button>
      </Show>
    </div>
  );
}
