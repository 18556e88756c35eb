/** Code: its language, a button that copies it, and colours once a worker has them. While it grows it is plain. */
import { createEffect, createSignal, For, on, Show } from "solid-js";
import { t } from "../i18n";
import { type ColouredLine, coloured, colouredNow } from "../lib/highlight";
import { CopyButton } from "./CopyButton";
import "../styles/text.css";

interface CodeBlockProps {
  code: string;
  language: string;
  /** It still grows. */
  isOpen?: boolean;
  /** Without the head that names the language. */
  bare?: boolean;
  /** In pixels; longer code scrolls. */
  maxHeight?: number;
}

export function CodeBlock(props: CodeBlockProps) {
  const [lines, setLines] = createSignal<ColouredLine[] | null>(null);
  createEffect(
    on([() => props.code, () => props.language, () => props.isOpen === true], ([code, language, isOpen]) => {
      setLines(isOpen ? null : colouredNow(code, language));
      if (isOpen || lines()) return;
      void coloured(code, language).then((result) => {
        if (props.code === code && props.language === language && !props.isOpen) setLines(result);
      });
    }),
  );
  return (
    <div class="code-block group/code relative my-2 overflow-hidden rounded-md border border-line bg-panel">
      <Show when={!props.bare}>
        <div class="flex h-7 items-center gap-2 border-b border-line pr-1 pl-3 text-xs text-faint">
          <span class="grow font-mono">{props.language || t("session.code.plain")}</span>
          <CopyButton text={props.code} label={t("session.code.copy")} />
        </div>
      </Show>
      <pre
        class="selectable overflow-auto px-3 py-2 font-mono text-sm leading-[18px]"
        style={{ "max-height": props.maxHeight ? `${props.maxHeight}px` : undefined }}
      >
        <Show when={lines()} fallback={<GrowingText text={props.code} />}>
          {(coloured) => (
            <code>
              <For each={coloured()}>
                {(line, at) => (
                  <>
                    {at() > 0 ? "\n" : ""}
                    <For each={line}>
                      {([text, color]) => <span style={{ color: color || undefined }}>{text}</span>}
                    </For>
                  </>
                )}
              </For>
            </code>
          )}
        </Show>
      </pre>
    </div>
  );
}

/** A text that mostly grows at its end: what is there already is not written again, so a selection in it stays. */
export function GrowingText(props: { text: string }) {
  const node = document.createTextNode("");
  let written = "";
  createEffect(() => {
    const text = props.text;
    if (text.startsWith(written)) node.appendData(text.slice(written.length));
    else node.data = text;
    written = text;
  });
  return <code>{node}</code>;
}
