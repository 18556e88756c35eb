import { expect, test } from "vitest";
import type { ProcessView } from "../../wire/messages";
import { below, canEnd, nextSort, processRows, shortCommand, TREE } from "./processes";

function process(pid: number, parent: number, more: Partial<ProcessView> = {}): ProcessView {
  return {
    pid,
    parent,
    started_at: `t${pid}`,
    command: `command ${pid}`,
    part: "tool",
    memory_bytes: pid * 10,
    cpu_percent: 0,
    started_at_ms: pid * 1_000,
    ...more,
  };
}

const server = process(10, 1, { part: "server", cpu_percent: 5 });
const list = [server, process(12, 10, { part: "mcp" }), process(11, 10, { cpu_percent: 90 }), process(13, 12)];
const shown = (rows: ReturnType<typeof processRows>) => rows.map((row) => `${row.process.pid}@${row.depth}`);

test("the tree shows who started whom, and leaves nobody away", () => {
  expect(shown(processRows(list, TREE))).toEqual(["10@0", "12@1", "13@2", "11@1"]);
  const orphan = process(20, 999);
  const circle = [process(30, 31), process(31, 30)];
  expect(shown(processRows([...list, orphan, ...circle], TREE)).length).toBe(7);
  expect(processRows([], TREE)).toEqual([]);
});

test("columns sort, the most first, then the least, then the tree again", () => {
  const memory = nextSort(TREE, "memory");
  expect(shown(processRows(list, memory))).toEqual(["13@0", "12@0", "11@0", "10@0"]);
  const least = nextSort(memory, "memory");
  expect(shown(processRows(list, least))).toEqual(["10@0", "11@0", "12@0", "13@0"]);
  expect(nextSort(least, "memory")).toEqual(TREE);
  expect(shown(processRows(list, nextSort(least, "cpu")))[0]).toBe("11@0");
  expect(shown(processRows(list, nextSort(TREE, "age")))[0], "the oldest first").toBe("10@0");
});

test("ending one names how many end with it, and the server is never among them", () => {
  expect(below(list, 12)).toBe(1);
  expect(below(list, 10)).toBe(3);
  expect(below(list, 13)).toBe(0);
  expect(list.filter(canEnd).map((one) => one.pid)).toEqual([12, 11, 13]);
});

test("a command is known by its program, not by where that lies", () => {
  expect(shortCommand("/home/ada/.opencode/bin/opencode serve --port 1")).toBe("opencode serve --port 1");
  expect(shortCommand("/bin/sh -c /opt/x/run")).toBe("sh -c /opt/x/run");
  expect(shortCommand("C:\\bin\\node.exe a.js")).toBe("node.exe a.js");
  expect(shortCommand("rust-analyzer")).toBe("rust-analyzer");
  expect(shortCommand("npx -y @a/b")).toBe("npx -y @a/b");
});
