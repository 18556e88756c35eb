/** What the fake core says of one instance: output that grows, processes, history, sleep; and an update that goes on. */
import type {
  HistoryEntryView,
  InstanceView,
  LogLevelView,
  LogLineView,
  LogPageView,
  ProcessView,
  PushItem,
  SampleView,
  UpdateView,
  VersionsView,
} from "../wire/messages";
import type { OperationName, Operations } from "../wire/operations";

interface FakeCore {
  instance: (id: string) => InstanceView;
  set: (changed: InstanceView) => void;
  push: (...items: PushItem[]) => void;
  instances: () => InstanceView[];
  versions: () => VersionsView;
  setVersions: (versions: VersionsView) => void;
}

type Carried = { [N in OperationName]?: (request: Operations[N]["request"]) => Operations[N]["reply"] };

const SEC = 1_000;
const MIN = 60 * SEC;
const HOUR = 60 * MIN;
const KEPT_LINES = 100_000;
const BEGUN = Date.now();

function lineAt(i: number): LogLineView {
  const kinds: [LogLevelView | null, string][] = [
    ["info", `\u001b[32mINFO\u001b[0m  +${i % 90}ms service=server method=GET path=/session request`],
    ["info", `\u001b[32mINFO\u001b[0m  +3ms service=bus type=\u001b[36mmessage.part.updated\u001b[0m publishing`],
    ["debug", `\u001b[34mDEBUG\u001b[0m +0ms service=permission pattern=cargo test * evaluated`],
    ["info", `\u001b[32mINFO\u001b[0m  +12ms service=llm provider=anthropic model=claude-sonnet stream`],
    [
      "warn",
      `\u001b[33mWARN\u001b[0m  +1ms service=mcp key=github slow answer of tools/list took ${1_000 + (i % 700)}ms`,
    ],
    [null, "        retrying in 2 s"],
  ];
  if (i % 97 === 0)
    return { text: `\u001b[31mERROR\u001b[0m +0ms service=lsp rust-analyzer ended with exit code 101`, level: "error" };
  if (i % 97 === 1)
    return { text: `        thread 'main' panicked at crates/ide/src/hover.rs:${i % 900}`, level: null };
  const [level, text] = kinds[(i * 7 + Math.floor(i / 5)) % kinds.length] ?? kinds[0] ?? [null, ""];
  return { text, level };
}

export function fakeInstanceOperations(core: FakeCore): Carried {
  const histories = new Map<string, HistoryEntryView[]>();
  const ended = new Set<number>();

  const count = () => KEPT_LINES + Math.floor((Date.now() - BEGUN) / 700);
  const page = (from: number, to: number, has_more: boolean): LogPageView => ({
    lines: Array.from({ length: Math.max(0, to - from) }, (_, i) => lineAt(from + i)),
    first: String(from),
    next: String(Math.max(from, to)),
    has_more,
    is_torn: false,
  });

  const historyOf = (id: string): HistoryEntryView[] => {
    const known = histories.get(id);
    if (known) return known;
    const now = Date.now();
    const made: HistoryEntryView[] = [
      { at_ms: now - 4 * MIN, state: "ready", reason: "It answered" },
      { at_ms: now - 4 * MIN - 3 * SEC, state: "starting", reason: "Used by a request after it slept" },
      { at_ms: now - 50 * MIN, state: "asleep", reason: "Nothing was done for 30 min" },
      { at_ms: now - 95 * MIN, state: "ready", reason: "It answered" },
      { at_ms: now - 95 * MIN - 2 * SEC, state: "starting", reason: "Started again, try 1 of 5" },
      { at_ms: now - 96 * MIN, state: "crashed", reason: "It was ended by signal 9 (`SIGKILL`) after 3 h 12 min" },
      { at_ms: now - 290 * MIN, state: "degraded", reason: "It did not answer for 5 s" },
      { at_ms: now - 26 * HOUR, state: "stopped", reason: "Stopped by you" },
    ];
    histories.set(id, made);
    return made;
  };
  const note = (id: string, state: string, reason: string) => {
    histories.set(id, [{ at_ms: Date.now(), state, reason }, ...historyOf(id)]);
  };

  const processesOf = (view: InstanceView): ProcessView[] => {
    if (view.pid === null || view.state.state !== "ready") return [];
    const pid = view.pid;
    const age = Date.now() - 95 * MIN;
    const one = (
      more: Partial<ProcessView> & Pick<ProcessView, "pid" | "command" | "part" | "memory_bytes" | "cpu_percent">,
    ): ProcessView => ({ started_at: `s${more.pid}`, parent: pid, started_at_ms: age, ...more });
    const list = [
      one({
        pid,
        parent: 1,
        command: `/home/ada/.opencode/bin/opencode serve --hostname 127.0.0.1 --port ${view.port}`,
        part: "server",
        memory_bytes: 214_000_000,
        cpu_percent: 1.1,
      }),
      one({
        pid: pid + 1,
        command: "npx -y @modelcontextprotocol/server-github",
        part: "mcp",
        memory_bytes: 48_000_000,
        cpu_percent: 0,
      }),
      one({
        pid: pid + 2,
        parent: pid + 1,
        command: "node server-github/dist/index.js",
        part: "mcp",
        memory_bytes: 61_000_000,
        cpu_percent: 0.1,
      }),
      one({
        pid: pid + 3,
        command: "rust-analyzer",
        part: "lsp",
        memory_bytes: 1_420_000_000,
        cpu_percent: 38.4,
        started_at_ms: Date.now() - 22 * MIN,
      }),
      one({
        pid: pid + 4,
        command: "/bin/bash -l",
        part: "terminal",
        memory_bytes: 5_100_000,
        cpu_percent: 0,
        started_at_ms: Date.now() - 9 * MIN,
      }),
      one({
        pid: pid + 5,
        command: "/bin/sh -c cargo test -p webhooks",
        part: "tool",
        memory_bytes: 1_900_000,
        cpu_percent: 0,
        started_at_ms: Date.now() - 40 * SEC,
      }),
      one({
        pid: pid + 6,
        parent: pid + 5,
        command: "cargo test -p webhooks",
        part: "tool",
        memory_bytes: 92_000_000,
        cpu_percent: 74.2,
        started_at_ms: Date.now() - 40 * SEC,
      }),
    ];
    return list.filter((process) => !ended.has(process.pid) && !ended.has(process.parent));
  };

  const samples = (span: number, step: number): SampleView[] => {
    const now = Math.floor(Date.now() / step) * step;
    const list: SampleView[] = [];
    for (let at = now - span; at <= now; at += step) {
      const ago = (now - at) / span;
      // A time asleep, of which nothing is known.
      if (ago > 0.62 && ago < 0.71) continue;
      const wave = Math.sin(at / (span / 17)) + Math.sin(at / (span / 61)) * 0.4;
      list.push({
        at_ms: at,
        memory_bytes: 900e6 + (1 - ago) * 900e6 + wave * 90e6,
        cpu_percent: Math.max(0.4, 40 + wave * 38 - (ago > 0.4 ? 30 : 0)),
      });
    }
    return list;
  };

  const update = (next: UpdateView) => core.setVersions({ ...core.versions(), update: next });

  return {
    read_log: ({ after, before, lines }) => {
      const end = count();
      if (after != null) {
        const from = Number(after);
        const to = Math.min(end, from + lines);
        return page(from, to, to < end);
      }
      const to = before != null ? Number(before) : end;
      const from = Math.max(0, to - lines);
      return page(from, to, from > 0);
    },
    search_log: ({ text }) => {
      const wanted = text.toLowerCase();
      const lines = [];
      for (let i = count() - 1; i >= 0 && lines.length < 500; i -= 1) {
        const line = lineAt(i);
        if (line.text.toLowerCase().includes(wanted)) lines.push({ place: String(i), line });
      }
      return { lines, has_more: lines.length === 500 };
    },
    save_log: ({ instance }) => ({ path: `/home/ada/Downloads/${core.instance(instance).name} 2026-11-23.log` }),
    instance_history: ({ instance }) => ({ entries: historyOf(instance) }),
    instance_resources: ({ instance }) => ({
      measure: "pss",
      processes: processesOf(core.instance(instance)),
      recent: samples(10 * MIN, 3 * SEC),
      hours: samples(12 * HOUR, MIN),
    }),
    end_child: ({ pid }) => {
      ended.add(pid);
      return {};
    },
    sleep_instance: ({ instance }) => {
      core.set({
        ...core.instance(instance),
        state: { state: "asleep" },
        pid: null,
        memory_bytes: null,
        cpu_percent: null,
      });
      note(instance, "asleep", "Put to sleep by you");
      return {};
    },
    wake_instance: ({ instance }) => {
      core.set({
        ...core.instance(instance),
        state: { state: "starting", step: "Starting the process", since_ms: Date.now() },
      });
      setTimeout(() => {
        core.set({
          ...core.instance(instance),
          state: { state: "ready", activity: "idle" },
          pid: 7_100,
          port: 3_103,
          started_at_ms: Date.now(),
          memory_bytes: 190_000_000,
          cpu_percent: 12,
        });
        note(instance, "ready", "Woken by you");
      }, 900);
      return {};
    },
    set_profile: ({ instance, profile }) => {
      core.set({ ...core.instance(instance), profile });
      return {};
    },
    look_for_versions: () => {
      core.setVersions({ ...core.versions(), latest: "1.19.2", looked_at_ms: Date.now(), look_error: null });
      return {};
    },
    update_opencode: ({ version }) => {
      const to = version ?? "1.19.2";
      const [first, second] = core.instances();
      const rolling = (done: number, instance: string | null, is_waiting: boolean): UpdateView => ({
        update: "rolling_out",
        version: to,
        done,
        total: 3,
        instance,
        is_waiting,
      });
      const course: UpdateView[] = [
        { update: "installing", version: to, line: "npm http fetch GET 200 opencode-ai" },
        { update: "checking", version: to },
        rolling(0, first?.id ?? null, true),
        rolling(1, second?.id ?? null, false),
        {
          update: "rolled_back",
          version: to,
          reason: "`website` did not answer within 30 s. Look at its logs, then try again.",
        },
      ];
      for (const [i, next] of course.entries()) setTimeout(() => update(next), i * 2_500);
      return {};
    },
  };
}
