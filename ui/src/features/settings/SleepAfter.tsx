/** After how much idle time instances are put to sleep: a few usual times, or any other. */
import { createEffect, createSignal, on, Show } from "solid-js";
import { t } from "../../i18n";
import { updateSettings } from "../../model/commands";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { attempt } from "../../ui/notices";
import { Select } from "../../ui/Select";
import { TextField } from "../../ui/TextField";

const USUAL = [0, 5, 15, 30, 60];
const MOST_MINUTES = 24 * 60;

export function SleepAfter() {
  const [isOther, setOther] = createSignal(false);
  const [text, setText] = createSignal("");
  const minutes = () => model.settings.sleep_after_minutes;
  // What was chosen elsewhere is shown here, too.
  createEffect(on(minutes, () => setOther(false), { defer: true }));
  const offered = () => (USUAL.includes(minutes()) ? USUAL : [...USUAL, minutes()].sort((a, b) => a - b));
  const options = () => [
    ...offered().map((value) => ({
      value: String(value),
      label: value === 0 ? t("settings.sleep.never") : t("settings.sleep.minutes", { count: value }),
    })),
    { value: "other", label: t("settings.sleep.other") },
  ];
  const typed = () => (/^\d{1,4}$/.test(text().trim()) ? Number(text().trim()) : Number.NaN);
  const isRight = () => typed() >= 1 && typed() <= MOST_MINUTES;
  const save = (value: number) => attempt(() => updateSettings({ sleep_after_minutes: value }));
  const choose = (value: string) => {
    if (value === "other") {
      setText(minutes() > 0 ? String(minutes()) : "");
      setOther(true);
      return;
    }
    setOther(false);
    if (Number(value) !== minutes()) save(Number(value));
  };
  return (
    <div class="flex flex-col gap-1 py-1">
      <div class="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1">
        <span class="min-w-32 grow basis-40 text-muted">{t("settings.sleep")}</span>
        <Select
          label={t("settings.sleep")}
          value={isOther() ? "other" : String(minutes())}
          options={options()}
          onChange={choose}
        />
      </div>
      <Show when={isOther()}>
        <form
          class="flex items-start justify-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isRight()) return;
            setOther(false);
            save(typed());
          }}
        >
          <div class="w-44">
            <TextField
              label={t("settings.sleep.otherLabel")}
              inputmode="numeric"
              autofocus
              value={text()}
              error={text().trim() && !isRight() ? t("settings.sleep.otherWrong") : undefined}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </div>
          <Button type="submit" variant="primary" disabled={!isRight()} class="mt-5 h-8">
            {t("instance.save")}
          </Button>
        </form>
      </Show>
      <p class="text-sm text-faint">{t("settings.sleep.hint")}</p>
    </div>
  );
}
