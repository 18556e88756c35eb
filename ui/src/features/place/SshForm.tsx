/** How another machine is reached: its name, and whether the server stays there. */
import { createUniqueId, type JSX } from "solid-js";
import { t } from "../../i18n";
import { Suggestions } from "../../ui/Suggestions";
import { TextField } from "../../ui/TextField";
import type { SshPlaceView } from "../../wire/messages";

interface SshFormProps {
  value: SshPlaceView;
  /** What is wrong with the host, once that is worth saying. */
  error?: string | undefined;
  /** Hosts that `ssh` knows by name. */
  hosts: readonly string[];
  /** It is the machine of an instance that there is. */
  isFixed?: boolean;
  onChange: (value: SshPlaceView) => void;
  /** Where on it: the directory. */
  children?: JSX.Element;
}

export function SshForm(props: SshFormProps) {
  const id = createUniqueId();
  let field: HTMLInputElement | undefined;
  const change = (patch: Partial<SshPlaceView>) => props.onChange({ ...props.value, ...patch });
  return (
    <div class="flex min-w-0 flex-col gap-3">
      <div class="flex min-w-0 flex-col gap-1.5">
        <TextField
          ref={(input) => {
            field = input;
          }}
          label={t("place.host")}
          placeholder={t("place.host.placeholder")}
          hint={t(props.isFixed ? "place.machine.fixed" : "place.host.hint")}
          error={props.error}
          readOnly={props.isFixed}
          class="read-only:bg-panel read-only:text-muted"
          value={props.value.host}
          onInput={(event) => change({ host: event.currentTarget.value })}
        />
        <Suggestions
          label={t("place.host.known")}
          field={() => field}
          values={props.isFixed ? [] : props.hosts.filter((host) => host !== props.value.host.trim())}
          onChoose={(host) => change({ host })}
        />
      </div>
      {props.children}
      <div class="flex items-start gap-2">
        <input
          id={id}
          type="checkbox"
          checked={props.value.stays}
          aria-describedby={`${id}-about`}
          class="mt-[3px]"
          onChange={(event) => change({ stays: event.currentTarget.checked })}
        />
        <div class="min-w-0">
          <label for={id}>{t("place.stays")}</label>
          <p id={`${id}-about`} class="text-sm text-faint">
            {t("place.stays.about")}
          </p>
        </div>
      </div>
    </div>
  );
}
