/** Colours of the lines of a diff, from the worker that colours code; only for files that are on screen. */
import { createSignal } from "solid-js";
import type { DiffFile, DiffLine } from "../../lib/diff-patch";
import { type ColouredLine, coloured } from "../../lib/highlight";
import { languageOfFile } from "../../lib/highlight/names";

const colours = new WeakMap<DiffLine, ColouredLine>();
const asked = new WeakSet<DiffFile>();

export interface Colours {
  /** Asks for a file's colours, once. */
  ask(file: DiffFile, path: string): void;
  /** The colours of a line, when they came. */
  of(line: DiffLine): ColouredLine | undefined;
}

export function createColours(): Colours {
  const [version, setVersion] = createSignal(0);
  return {
    ask: (file, path) => {
      const language = languageOfFile(path);
      if (language === null || asked.has(file)) return;
      asked.add(file);
      for (const side of ["removed", "added"] as const) {
        // Context is coloured with the new side, which is what the file will be.
        const lines = file.hunks.flatMap((hunk) =>
          hunk.lines.filter((line) => line.kind === side || line.kind === "context"),
        );
        if (!lines.some((line) => line.kind === side) && side === "removed") continue;
        void colourLines(lines, language, side).then((came) => came && setVersion((before) => before + 1));
      }
    },
    of: (line) => {
      version();
      return colours.get(line);
    },
  };
}

async function colourLines(lines: DiffLine[], language: string, side: "removed" | "added"): Promise<boolean> {
  const code = lines.map((line) => line.text.replace(/\r$/, "")).join("\n");
  const result = await coloured(code, language);
  if (result?.length !== lines.length) return false;
  lines.forEach((line, at) => {
    const own = result[at];
    if (own && (line.kind === side || side === "added")) colours.set(line, own);
  });
  return true;
}

export type ColourOf = (line: DiffLine) => ColouredLine | undefined;
