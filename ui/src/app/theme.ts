/** Puts the chosen theme on the page. The last one is kept, so that a start does not flash in the other. */
import { createEffect, createSignal, onCleanup } from "solid-js";
import { load, save } from "../lib/persist";
import { model } from "../model/store";
import type { ThemeView } from "../wire/messages";

export function followTheme(): void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const [isDark, setDark] = createSignal(query.matches);
  const onChange = () => setDark(query.matches);
  query.addEventListener("change", onChange);
  onCleanup(() => query.removeEventListener("change", onChange));

  createEffect(() => {
    const theme = model.loaded ? model.settings.theme : load<ThemeView>("theme", "system");
    if (model.loaded) save("theme", theme);
    document.documentElement.dataset.theme = theme === "system" ? (isDark() ? "dark" : "light") : theme;
  });
}
