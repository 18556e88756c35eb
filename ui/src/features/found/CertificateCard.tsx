/** A certificate that is not trusted, for a person to look at. */
import { createMemo, For, Show } from "solid-js";
import { t } from "../../i18n";
import { CopyButton } from "../../ui/CopyButton";
import type { CertificateView } from "../../wire/messages";
import { factsOf } from "./certificate";

export function CertificateCard(props: { certificate: CertificateView }) {
  const facts = createMemo(() => factsOf(props.certificate, Date.now()));
  return (
    <dl
      aria-label={t("certificate.label")}
      class="selectable grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-0.5 rounded-md border border-line bg-canvas px-3 py-2 text-sm"
    >
      <For each={facts()}>
        {(fact) => (
          <>
            <dt class="text-muted">{fact.name}</dt>
            <dd
              class={`min-w-0 [overflow-wrap:anywhere] ${fact.isCode ? "font-mono" : ""} ${fact.isWrong ? "font-medium text-bad" : ""}`}
            >
              <Show when={fact.isCode} fallback={fact.value}>
                <For each={fact.value.split(":")}>
                  {(pair, i) => (
                    <>
                      {i() > 0 ? ":" : ""}
                      <wbr />
                      {pair}
                    </>
                  )}
                </For>{" "}
                <span class="inline-block align-middle">
                  <CopyButton text={fact.value} />
                </span>
              </Show>
            </dd>
          </>
        )}
      </For>
    </dl>
  );
}
