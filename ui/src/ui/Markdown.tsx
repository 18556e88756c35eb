/** A Markdown text that may still grow. Only the last block is drawn again. */
import { createEffect, createMemo, Index, Match, Switch } from "solid-js";
import { type Block, draw, htmlOf, linkOf, MarkdownReader } from "../lib/markdown";
import { CodeBlock } from "./CodeBlock";
import "../styles/text.css";

interface MarkdownProps {
  text: string;
  /** Nothing will be added. */
  isFinal: boolean;
  /** A link to the outside was clicked. */
  onLink: (href: string) => void;
}

export function Markdown(props: MarkdownProps) {
  const reader = new MarkdownReader();
  const blocks = createMemo(() => reader.read(props.text, props.isFinal));
  const follow = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || !event.target.closest("a")) return;
    // The window shows the app and nothing else.
    event.preventDefault();
    const href = linkOf(event.target);
    if (href) props.onLink(href);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the links inside take the keys.
    <div class="markdown selectable" onClick={follow} onAuxClick={follow}>
      <Index each={blocks()}>
        {(block) => (
          <Switch>
            <Match when={block().kind === "code"}>
              <CodeBlock code={block().code} language={block().language} isOpen={block().isOpen} />
            </Match>
            <Match when={block().kind === "html"}>
              <Html block={block()} />
            </Match>
          </Switch>
        )}
      </Index>
    </div>
  );
}

function Html(props: { block: Block }) {
  let element: HTMLDivElement | undefined;
  const html = createMemo(() => htmlOf(props.block));
  createEffect(() => {
    const text = html();
    if (element) draw(element, text);
  });
  return <div ref={element} class="markdown-block" />;
}
