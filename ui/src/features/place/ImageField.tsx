/** The image of a container: ours, or another one by its name. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { PINNED_OPENCODE } from "../../lib/pinned";
import { Choice } from "../../ui/Choice";
import { Suggestions } from "../../ui/Suggestions";
import { TextField } from "../../ui/TextField";

interface ImageFieldProps {
  /** None: ours. Empty: another one that is yet to be named. */
  value: string | null;
  error: string | undefined;
  /** Images that the engine has. */
  known: readonly string[];
  onChange: (image: string | null) => void;
}

/** What the choice above it has already. */
const isOurs = (image: string) => image.startsWith("opencode-portal:");

export function ImageField(props: ImageFieldProps) {
  const isThere = () => props.known.includes(`opencode-portal:${PINNED_OPENCODE}`);
  let field: HTMLInputElement | undefined;
  return (
    <div class="flex min-w-0 flex-col gap-3">
      <Choice<"ours" | "other">
        label={t("place.image")}
        value={props.value === null ? "ours" : "other"}
        options={[
          { value: "ours", label: t("place.image.ours", { version: PINNED_OPENCODE }) },
          { value: "other", label: t("place.image.other") },
        ]}
        hint={props.value === null ? t(isThere() ? "place.image.ours.there" : "place.image.ours.hint") : undefined}
        onChange={(which) => props.onChange(which === "ours" ? null : "")}
      />
      <Show when={props.value !== null}>
        <div class="flex min-w-0 flex-col gap-1.5">
          <TextField
            ref={(input) => {
              field = input;
            }}
            label={t("place.image.name")}
            placeholder="ghcr.io/anomalyco/opencode"
            hint={t("place.image.hint")}
            error={props.error}
            value={props.value ?? ""}
            onInput={(event) => props.onChange(event.currentTarget.value)}
          />
          <Suggestions
            label={t("place.image.known")}
            field={() => field}
            values={props.known.filter((image) => image !== props.value?.trim() && !isOurs(image))}
            onChoose={(image) => props.onChange(image)}
          />
        </div>
      </Show>
    </div>
  );
}
