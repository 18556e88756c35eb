/** An editor for a JSON object: plain text, with what is wrong and where. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { jsonObject } from "../../lib/json";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/TextField";

interface JsonTextProps {
  label: string;
  hint?: string;
  placeholder?: string;
  value: string | null;
  error?: string;
  onChange: (text: string | null) => void;
}

/** Lines that show without scrolling. */
const LINES = { least: 4, most: 14 };

export function JsonText(props: JsonTextProps) {
  const text = () => props.value ?? "";
  const formatted = () => {
    const value = jsonObject(text());
    return value && JSON.stringify(value, null, 2);
  };
  const lines = () => (text() || props.placeholder || "").split("\n").length;
  return (
    <div class="relative">
      <TextArea
        label={props.label}
        hint={props.hint}
        error={props.error}
        placeholder={props.placeholder}
        spellcheck={false}
        autocomplete="off"
        wrap="off"
        rows={Math.min(LINES.most, Math.max(LINES.least, lines()))}
        class="overflow-auto font-mono text-sm"
        value={text()}
        onInput={(event) => props.onChange(event.currentTarget.value === "" ? null : event.currentTarget.value)}
      />
      {/* Beside the label: over the text it would hide the end of a long line. */}
      <Show when={formatted() !== null && formatted() !== text()}>
        <span class="absolute -top-1 right-0">
          <Button size="small" variant="quiet" onClick={() => props.onChange(formatted())}>
            {t("profile.json.format")}
          </Button>
        </span>
      </Show>
    </div>
  );
}
