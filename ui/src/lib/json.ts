/**
 * Whether a text is JSON, and if not, where it stops being so. Every engine words `JSON.parse`'s error its own way,
 * and not all of them name a place.
 */

/** What is wrong with a text, and where: line and column count from 1. */
export interface JsonProblem {
  problem: JsonFault;
  line: number;
  column: number;
}

export type JsonFault = "value" | "text" | "name" | "colon" | "end" | "rest" | "number" | "twice";

/** What is wrong with the text; null when it is one JSON value. */
export function jsonProblem(text: string): JsonProblem | null {
  try {
    new Reader(text).read();
    return null;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const before = text.slice(0, fault.at);
    const line = before.split("\n").length;
    return { problem: fault.problem, line, column: fault.at - (before.lastIndexOf("\n") + 1) + 1 };
  }
}

/** The object that a text is; null when it is no JSON or something else. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

class Fault extends Error {
  constructor(
    readonly problem: JsonFault,
    readonly at: number,
  ) {
    super(problem);
  }
}

/** Deeper texts are refused: nobody writes them by hand. */
const DEEPEST = 200;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): void {
    this.value(0);
    this.space();
    if (this.at < this.text.length) throw new Fault("rest", this.at);
  }

  private value(depth: number): void {
    this.space();
    const start = this.text[this.at];
    if (depth > DEEPEST || start === undefined) throw new Fault("value", this.at);
    if (start === "{") this.members("}", () => this.member(depth), new Set());
    else if (start === "[") {
      this.members("]", () => {
        this.value(depth + 1);
        return null;
      });
    } else if (start === '"') this.string("text");
    else this.word();
  }

  /** What stands between brackets, parted by commas. */
  private members(close: string, one: () => string | null, names?: Set<string>): void {
    this.at += 1;
    this.space();
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.space();
      const from = this.at;
      const name = one();
      if (names && name !== null) {
        // The later one would win without a word.
        if (names.has(name)) throw new Fault("twice", from);
        names.add(name);
      }
      this.space();
      const next = this.text[this.at];
      if (next !== "," && next !== close) throw new Fault("end", this.at);
      this.at += 1;
      if (next === close) return;
    }
  }

  private member(depth: number): string {
    if (this.text[this.at] !== '"') throw new Fault("name", this.at);
    const name = this.string("name");
    this.space();
    if (this.text[this.at] !== ":") throw new Fault("colon", this.at);
    this.at += 1;
    this.value(depth + 1);
    return name;
  }

  private string(problem: JsonFault): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: just these may not stand in a text of JSON.
    const match = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text)?.[0];
    if (found === undefined) throw new Fault(problem, this.at);
    this.at += found.length;
    return found;
  }

  private word(): void {
    const match = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text)?.[0];
    if (found === undefined) throw new Fault("value", this.at);
    if (/[\w.+-]/.test(this.text[this.at + found.length] ?? "")) {
      throw new Fault(/\d$/.test(found) ? "number" : "value", this.at);
    }
    this.at += found.length;
  }

  private space(): void {
    while (/[ \t\n\r]/.test(this.text[this.at] ?? "")) this.at += 1;
  }
}
