/**
 * Markdown, streamed: a text is read into blocks, finished blocks stay as they are and only the last one is read again.
 * Owns the one place where HTML text becomes elements; everything passes a list of allowed tags first.
 */
import DOMPurify from "dompurify";
import { Marked, type Token, type Tokens } from "marked";
import remend from "remend";

/** A piece of a text that is drawn by itself. */
export interface Block {
  kind: "html" | "code";
  /** The source; for `code` with its fence. */
  raw: string;
  /** For `code`: what stands in the fence. */
  code: string;
  /** For `code`: what stands after the opening fence, or nothing. */
  language: string;
  /** It may still grow. */
  isOpen: boolean;
}

const TAGS =
  "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i input kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td th thead tr u ul".split(
    " ",
  );
const ALLOWED = new Set(TAGS);
const ATTRIBUTES = ["href", "title", "align", "start", "type", "checked", "disabled", "open", "colspan", "rowspan"];
/** Finished blocks whose HTML is kept, so that scrolling back costs nothing. */
const MOST_KEPT = 400;

const marked = new Marked({
  gfm: true,
  renderer: {
    // A picture would tell a foreign server that it is read: it stays a link.
    image({ href, text }) {
      if (!/^https?:/i.test(href)) return escapeHtml(text || href);
      return `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`;
    },
    // Paths stay visible as text; nothing but addresses becomes a link.
    link({ href, title, tokens }) {
      const text = this.parser.parseInline(tokens);
      if (!/^(https?:|mailto:)/i.test(href)) return text;
      return `<a href="${escapeHtml(href)}" title="${escapeHtml(title ?? href)}">${text}</a>`;
    },
    // `<T>` in a sentence is no markup: it is shown as it was written.
    html({ text }) {
      return isAllowedHtml(text) ? text : escapeHtml(text);
    },
  },
});

/** Reads one text that grows. */
export class MarkdownReader {
  #text = "";
  #finished: Block[] = [];
  #finishedLength = 0;

  /** The blocks of `text`. Blocks that did not change are the same objects as before. */
  read(text: string, isFinal: boolean): Block[] {
    const source = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    if (!source.startsWith(this.#text)) this.#reset();
    this.#text = source;
    const tokens = marked.lexer(source.slice(this.#finishedLength));
    const drawn = tokens.filter((token) => token.type !== "space" && token.type !== "def");
    const last = isFinal ? undefined : drawn.at(-1);
    const blocks: Block[] = [];
    let length = 0;
    for (const token of tokens) {
      if (token === last) break;
      length += token.raw.length;
      if (token.type !== "space" && token.type !== "def") blocks.push(blockOf(token, false));
    }
    const consumed = tokens.slice(0, last === undefined ? tokens.length : tokens.indexOf(last));
    const isExact = source.startsWith(consumed.map((token) => token.raw).join(""), this.#finishedLength);
    const result = [...this.#finished, ...blocks];
    if (isExact && last !== undefined) {
      this.#finished = result;
      this.#finishedLength += length;
    }
    return last === undefined ? result : [...result, blockOf(last, true)];
  }

  #reset() {
    this.#finished = [];
    this.#finishedLength = 0;
  }
}

/** The safe HTML of a block. An open block is mended first: a half-written `**bold` is shown bold. */
export function htmlOf(block: Block): string {
  if (block.isOpen) return sanitize(marked.parse(remend(block.raw, { linkMode: "text-only" }), { async: false }));
  const known = kept.get(block.raw);
  if (known !== undefined) {
    kept.delete(block.raw);
    kept.set(block.raw, known);
    return known;
  }
  const html = sanitize(marked.parse(block.raw, { async: false }));
  kept.set(block.raw, html);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
  return html;
}

/** Draws HTML that `htmlOf` gave. */
export function draw(element: HTMLElement, html: string): void {
  element.innerHTML = html;
}

/** Where a link in drawn Markdown leads, if it leads out of the app to something that may be opened. */
export function linkOf(target: EventTarget | null): string | null {
  const anchor = target instanceof Element ? target.closest("a[href]") : null;
  const href = anchor?.getAttribute("href") ?? "";
  return /^(https?:|mailto:)/i.test(href) ? href : null;
}

const kept = new Map<string, string>();

function blockOf(token: Token, isOpen: boolean): Block {
  if (token.type === "code") {
    const { text, lang, raw } = token as Tokens.Code;
    const language = (lang ?? "").trim().split(/\s+/)[0] ?? "";
    return { kind: "code", raw, code: text, language, isOpen: isOpen && !isClosedFence(raw) };
  }
  return { kind: "html", raw: token.raw, code: "", language: "", isOpen };
}

function isClosedFence(raw: string): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1];
  if (fence === undefined) return false;
  const lines = raw.trimEnd().split("\n");
  const end = lines.at(-1)?.trim() ?? "";
  return lines.length > 1 && end.length >= fence.length && end === (fence[0] ?? "").repeat(end.length);
}

function sanitize(html: string): string {
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ATTRIBUTES, ALLOW_DATA_ATTR: false });
}

/** Tags of the list, without attributes, so that not even the sanitizer has to see them. */
function isAllowedHtml(text: string): boolean {
  const tags = [...text.matchAll(/<\/?([a-z][\w-]*)([^>]*)/gi)];
  return (
    tags.length > 0 &&
    tags.every(([, name, rest]) => ALLOWED.has((name ?? "").toLowerCase()) && /^[\s/]*$/.test(rest ?? ""))
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
