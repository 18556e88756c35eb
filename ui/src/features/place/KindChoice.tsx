/** Where a new instance runs, as cards; an address is none that we start, and has a dialog of its own. */
import { createUniqueId, For } from "solid-js";
import { t } from "../../i18n";
import type { PlaceKind } from "../../model/kinds";
import { Icon, type IconName } from "../../ui/Icon";

interface KindChoiceProps {
  value: PlaceKind;
  /** What to say of containers, where there is something: that no engine works. */
  dockerNote: string | undefined;
  onChange: (kind: PlaceKind) => void;
  onAddress: () => void;
}

const KINDS: readonly { kind: PlaceKind; icon: IconName }[] = [
  { kind: "process", icon: "monitor" },
  { kind: "docker", icon: "container" },
  { kind: "ssh", icon: "server" },
];

const CARD =
  "flex min-w-0 cursor-default items-start gap-2 rounded-lg border border-line-strong bg-raised px-2.5 py-2 text-left hover:bg-hover";

export function KindChoice(props: KindChoiceProps) {
  const name = createUniqueId();
  return (
    <fieldset class="@container min-w-0">
      <legend class="mb-1 text-sm font-medium text-muted">{t("place.kind")}</legend>
      <div class="grid grid-cols-2 gap-2 @min-[620px]:grid-cols-4">
        <For each={KINDS}>
          {({ kind, icon }) => (
            <label
              class={`${CARD} has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent`}
            >
              <input
                type="radio"
                name={name}
                value={kind}
                checked={props.value === kind}
                aria-describedby={`${name}-${kind}`}
                class="sr-only"
                onChange={() => props.onChange(kind)}
              />
              <Icon name={icon} size={16} class="mt-0.5 text-muted" />
              <span class="flex min-w-0 flex-col">
                <span class="font-medium">{t(`place.kind.${kind}`)}</span>
                <span id={`${name}-${kind}`} aria-hidden="true" class="text-sm text-muted">
                  {(kind === "docker" ? props.dockerNote : undefined) ?? t(`place.kind.${kind}.about`)}
                </span>
              </span>
            </label>
          )}
        </For>
        <button type="button" class={CARD} onClick={() => props.onAddress()}>
          <Icon name="globe" size={16} class="mt-0.5 text-muted" />
          <span class="flex min-w-0 flex-col">
            <span class="font-medium">{t("place.kind.address")}</span>
            <span class="text-sm text-muted">{t("place.kind.address.about")}</span>
          </span>
        </button>
      </div>
    </fieldset>
  );
}
