/** Where a password is kept, when the keyring does not take it: consent to a file, or none. */
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import type { Keeping } from "./keeping";

export function KeepQuestion(props: { keeping: Keeping }) {
  return (
    <div role="alert" class="flex gap-2 rounded-md border border-line-strong bg-panel px-3 py-2">
      <Icon name="key-round" class="mt-[3px] text-warn" />
      <div class="flex min-w-0 flex-col gap-2">
        <p>
          {props.keeping.asksWhere()}. <span class="text-muted">{t("unlock.keepWhere")}</span>
        </p>
        <div class="flex flex-wrap gap-2">
          <Button busy={props.keeping.isSending()} onClick={() => void props.keeping.send("file")}>
            {t("unlock.keepFile")}
          </Button>
          <Button busy={props.keeping.isSending()} onClick={() => void props.keeping.send("no")}>
            {t("unlock.keepNo")}
          </Button>
        </div>
      </div>
    </div>
  );
}
