/** From a `task` call into the sub-agent's session. */
import { Show } from "solid-js";
import { t } from "../../../i18n";
import { session as sessionOf } from "../../../model/selectors";
import { model } from "../../../model/store";
import { Icon } from "../../../ui/Icon";
import { useScope } from "../scope";

export function TaskLink(props: { session: string }) {
  const scope = useScope();
  const view = () => sessionOf(model, scope.instance, props.session);
  return (
    <>
      <button
        type="button"
        onClick={() => scope.openSession(props.session)}
        class="flex h-8 w-full items-center gap-2 border-t border-line px-2.5 text-left text-sm text-accent hover:bg-hover"
      >
        <Icon name="arrow-right" size={13} />
        <span class="shrink-0">{t("session.tool.open")}</span>
        <span class="min-w-0 grow truncate text-muted">{view()?.doing ?? ""}</span>
      </button>
      <Show when={scope.isSessionWaiting(props.session)}>
        <div class="border-t border-line p-2">{scope.requests(props.session)}</div>
      </Show>
    </>
  );
}
