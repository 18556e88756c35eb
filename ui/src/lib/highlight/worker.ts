/** Colours code off the main thread. Colours come out as CSS variables, so that one result serves every theme. */
import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { LANGUAGES, type Language } from "./languages";

export interface Job {
  id: number;
  code: string;
  language: Language;
}

/** A line as pieces of text and their colour; an empty colour is the text's own. */
export type ColouredLine = [text: string, color: string][];

export interface Result {
  id: number;
  /** Null when it could not be coloured. */
  lines: ColouredLine[] | null;
}

let highlighter: Promise<HighlighterCore> | undefined;

async function colour(job: Job): Promise<ColouredLine[]> {
  highlighter ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: "variables", variablePrefix: "--code-" })],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const ready = await highlighter;
  if (!ready.getLoadedLanguages().includes(job.language)) await ready.loadLanguage(LANGUAGES[job.language]);
  const { tokens } = ready.codeToTokens(job.code, { lang: job.language, theme: "variables" });
  return tokens.map((line) =>
    line.map(({ content, color }) => [content, color === "var(--code-foreground)" ? "" : (color ?? "")]),
  );
}

self.addEventListener("message", async (event: MessageEvent<Job>) => {
  let lines: ColouredLine[] | null = null;
  try {
    lines = await colour(event.data);
  } catch {
    // Shown without colours.
  }
  self.postMessage({ id: event.data.id, lines } satisfies Result);
});
