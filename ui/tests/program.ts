/** A program of `testkit` that stands for a part of the world: it says what it is as a line of JSON, and hears words. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EXAMPLES } from "./harness";

/** An image of some hundred megabytes is made the first time. */
const BEGIN_MS = 200_000;

export interface Program<T> {
  /** What it said. */
  told: T;
  /** Says a word to it. */
  say(word: string): void;
  /** Ends it, with what it holds. */
  end(): Promise<void>;
}

/** None where it ended well without a word: what it stands for is not on this machine, and skips are not forbidden. */
export async function startProgram<T>(name: string): Promise<Program<T> | null> {
  const path = join(EXAMPLES, name);
  if (!existsSync(path)) throw new Error(`${path} does not exist: run \`cargo build -p testkit --example ${name}\``);
  const program = spawn(path, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<number | null>((done) => program.once("exit", done));
  const first = new Promise<string | null>((done) => {
    const lines = createInterface({ input: program.stdout });
    lines.on("line", (line) => line.startsWith("{") && done(line));
    lines.on("close", () => done(null));
  });
  const timer = setTimeout(() => program.kill("SIGKILL"), BEGIN_MS);
  const line = await first;
  clearTimeout(timer);
  if (line === null) {
    if ((await ended) !== 0) throw new Error(`${name} failed; see above`);
    return null;
  }
  return {
    told: JSON.parse(line) as T,
    say: (word) => void program.stdin.write(`${word}\n`),
    async end() {
      program.stdin.end();
      const late = setTimeout(() => program.kill("SIGKILL"), 30_000);
      await ended;
      clearTimeout(late);
    },
  };
}
