/** Terminal output as runs of styled text. Colours by class, so that the theme decides; what moves the cursor is dropped. */
import Anser from "anser";

export interface Run {
  text: string;
  /** Class names: `ansi-red`, `ansi-on-blue`, `ansi-bold`. */
  classes: string;
  /** Colours that have no name: `#rrggbb`. */
  color?: string;
  background?: string;
}

const ESC = "\u001b";
const BELL = "\u0007";
/** Titles and links (OSC), everything of CSI but colours, and the short sequences. */
const NOT_COLOUR = new RegExp(
  [
    `${ESC}\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)`,
    `${ESC}\\[[0-?]*[ -/]*[@-ln-~]`,
    `${ESC}[()][0-9A-Za-z]`,
    `${ESC}[@-Z\\\\^_=>78]`,
  ].join("|"),
  "g",
);
const COLOUR = new RegExp(`${ESC}\\[[0-9;:]*m`, "g");
/** What a terminal does not draw and we do not read. */
const isDropped = (control: string) => control !== "\n" && control !== "\t" && control !== ESC;

/** The runs of an output, carriage returns played. */
export function ansiRuns(output: string): Run[] {
  const text = plainControls(output);
  if (!text.includes(ESC)) return text === "" ? [] : [{ text, classes: "" }];
  return Anser.ansiToJson(text, { json: true, remove_empty: true, use_classes: true }).map((piece) => {
    const classes = [
      colourClass("", piece.fg),
      colourClass("on-", piece.bg),
      ...(piece.decorations ?? []).map((decoration) => `ansi-${decoration}`),
    ];
    const color = piece.fg === "ansi-truecolor" ? rgb(piece.fg_truecolor) : paletteColour(piece.fg);
    const background = piece.bg === "ansi-truecolor" ? rgb(piece.bg_truecolor) : paletteColour(piece.bg);
    return {
      text: piece.content,
      classes: classes.filter(Boolean).join(" "),
      ...(color ? { color } : {}),
      ...(background ? { background } : {}),
    };
  });
}

/** The output without any escape sequence, as it is copied. */
export function withoutAnsi(output: string): string {
  return plainControls(output).replace(COLOUR, "");
}

function plainControls(output: string): string {
  const text = output.replace(NOT_COLOUR, "").replace(/\r\n/g, "\n");
  const lines = text.includes("\r") ? text.split("\n").map(afterReturns).join("\n") : text;
  return lines.replace(/\p{Cc}/gu, (control) => (isDropped(control) ? "" : control));
}

/** A progress bar writes over its line: what is left is the last state that said something. */
function afterReturns(line: string): string {
  const states = line.split("\r").filter((state) => state !== "");
  return states.at(-1) ?? "";
}

function colourClass(prefix: string, name: string | null): string {
  return name && !name.startsWith("ansi-palette") && name !== "ansi-truecolor"
    ? name.replace(/^ansi-/, `ansi-${prefix}`)
    : "";
}

function paletteColour(name: string | null): string | undefined {
  const index = Number(/^ansi-palette-(\d+)$/.exec(name ?? "")?.[1] ?? Number.NaN);
  if (Number.isNaN(index)) return undefined;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return hex([grey, grey, grey]);
  }
  if (index < 16) return undefined;
  const steps = [0, 95, 135, 175, 215, 255];
  const cube = index - 16;
  return hex([steps[Math.floor(cube / 36)] ?? 0, steps[Math.floor(cube / 6) % 6] ?? 0, steps[cube % 6] ?? 0]);
}

function rgb(text: string | null): string | undefined {
  const numbers = (text ?? "").split(",").map(Number);
  return numbers.length === 3 && numbers.every((n) => Number.isFinite(n)) ? hex(numbers) : undefined;
}

function hex(numbers: number[]): string {
  return `#${numbers.map((n) => n.toString(16).padStart(2, "0")).join("")}`;
}
