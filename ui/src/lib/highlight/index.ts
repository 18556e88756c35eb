/** Asks the worker for coloured code, and keeps what it gave. */
import { languageOf } from "./names";
import type { ColouredLine, Job, Result } from "./worker";

export type { ColouredLine } from "./worker";

/** Longer code is shown without colours. */
const MOST_CHARACTERS = 60_000;
const MOST_KEPT_CHARACTERS = 1_000_000;

const kept = new Map<string, ColouredLine[]>();
let keptCharacters = 0;
const waiting = new Map<number, (lines: ColouredLine[] | null) => void>();
let worker: Worker | null | undefined;
let lastId = 0;

/** Coloured lines that are there already. */
export function colouredNow(code: string, language: string): ColouredLine[] | null {
  return kept.get(`${language}\n${code}`) ?? null;
}

/** Coloured lines; null when the language is unknown, the code too long or the worker gone. */
export async function coloured(code: string, language: string): Promise<ColouredLine[] | null> {
  const known = languageOf(language);
  if (known === null || code.length > MOST_CHARACTERS) return null;
  const key = `${language}\n${code}`;
  const before = kept.get(key);
  if (before) return before;
  const lines = await ask({ code, language: known });
  if (lines) keep(key, lines);
  return lines;
}

function ask(job: Omit<Job, "id">): Promise<ColouredLine[] | null> {
  const running = start();
  if (!running) return Promise.resolve(null);
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    running.postMessage({ ...job, id } satisfies Job);
  });
}

function start(): Worker | null {
  if (worker !== undefined) return worker;
  if (typeof Worker === "undefined") {
    worker = null;
    return worker;
  }
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", (event: MessageEvent<Result>) => {
    waiting.get(event.data.id)?.(event.data.lines);
    waiting.delete(event.data.id);
  });
  worker.addEventListener("error", () => {
    worker = null;
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  });
  return worker;
}

function keep(key: string, lines: ColouredLine[]) {
  kept.set(key, lines);
  keptCharacters += key.length;
  for (const [old] of kept) {
    if (keptCharacters <= MOST_KEPT_CHARACTERS) break;
    kept.delete(old);
    keptCharacters -= old.length;
  }
}
