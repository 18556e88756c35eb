import { expect, test } from "vitest";
import { commandsIn } from "./reason";

const shown = (message: string) =>
  commandsIn(message)
    .map(({ text, isCommand }) => (isCommand ? `[${text}]` : text))
    .join("");

test.each([
  ["Start it with `opencode --port 4097` here.", "Start it with [opencode --port 4097] here."],
  ["`/usr/bin/opencode serve` or `opencode web`", "[/usr/bin/opencode serve] or [opencode web]"],
  ["The file `opencode.json` is not valid", "The file “opencode.json” is not valid"],
  ["nothing named", "nothing named"],
  ["an odd ` one", "an odd ` one"],
  ["", ""],
])("%s", (message, expected) => {
  expect(shown(message)).toBe(expected);
});
