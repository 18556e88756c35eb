/** The opencode binary that new instances run: what was found, or what to do when none works. */
import { For, Match, Show, Switch } from "solid-js";
import { go } from "../../app/place";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { installOpencode, lookForOpencode } from "../../model/commands";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Icon } from "../../ui/Icon";
import { attempt } from "../../ui/notices";
import { BusyMark } from "../../ui/states";

const BY_HAND = "npm install -g opencode-ai";

export function OpencodeStatus() {
  return (
    <section
      aria-live="polite"
      class="mx-auto flex w-full max-w-xl flex-col gap-3 rounded-lg border border-line bg-panel p-5"
    >
      <Switch>
        <Match when={model.opencode.opencode === "missing" && model.opencode}>
          {(missing) => (
            <>
              <Heading title={t("opencode.missing.title")} />
              <p class="text-muted">{t("opencode.missing.text")}</p>
              <Show when={missing().install_error}>
                {(error) => (
                  <div role="alert" class="selectable rounded-md bg-bad-soft px-3 py-2 break-words">
                    <strong class="font-semibold text-bad">{t("opencode.installError")}</strong>
                    <div class="whitespace-pre-wrap">{quoted(error())}</div>
                  </div>
                )}
              </Show>
              <Buttons />
              <ByHand />
              <details class="text-sm text-muted">
                <summary>{t("opencode.missing.searched", { count: missing().searched.length })}</summary>
                <ul class="selectable mt-1 font-mono text-xs break-all">
                  <For each={missing().searched}>{(path) => <li>{path}</li>}</For>
                </ul>
              </details>
            </>
          )}
        </Match>
        <Match when={model.opencode.opencode === "broken" && model.opencode}>
          {(broken) => (
            <>
              <Heading title={t("opencode.broken.title")} />
              <p class="selectable text-muted break-words">{t("opencode.broken.text", { path: broken().path })}</p>
              <pre class="selectable rounded-md bg-bad-soft px-3 py-2 font-mono text-sm whitespace-pre-wrap break-words">
                {quoted(broken().reason)}
              </pre>
              <Buttons />
              <ByHand />
            </>
          )}
        </Match>
        <Match when={model.opencode.opencode === "installing" && model.opencode}>
          {(installing) => (
            <>
              <h2 class="flex items-center gap-2 text-lg font-semibold">
                <BusyMark label={t("opencode.installing")} />
                {t("opencode.installing")}
              </h2>
              <p class="selectable truncate font-mono text-sm text-muted">{installing().line || "…"}</p>
            </>
          )}
        </Match>
      </Switch>
    </section>
  );
}

function Heading(props: { title: string }) {
  return (
    <h2 class="flex items-center gap-2 text-lg font-semibold">
      <Icon name="triangle-alert" size={18} class="text-warn" />
      {props.title}
    </h2>
  );
}

function Buttons() {
  return (
    <div class="flex flex-wrap gap-2">
      <Button variant="primary" icon="download" onClick={() => attempt(installOpencode)}>
        {t("opencode.install")}
      </Button>
      <Button icon="refresh-cw" onClick={() => attempt(lookForOpencode)}>
        {t("opencode.look")}
      </Button>
      <Button variant="quiet" onClick={() => go({ kind: "settings" })}>
        {t("opencode.choose")}
      </Button>
    </div>
  );
}

function ByHand() {
  return (
    <div class="text-sm text-muted">
      {t("opencode.missing.own")}
      <div class="mt-1 flex items-center gap-1">
        <code class="selectable rounded bg-hover px-2 py-0.5 font-mono text-ink">{BY_HAND}</code>
        <CopyButton text={BY_HAND} />
      </div>
    </div>
  );
}
