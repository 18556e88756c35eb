/** The fleet of the fake core: one of each state. `?fake=empty` and `?fake=missing` show a fresh machine. */
import { emptyProfile } from "../model/empty";
import type { FleetView, InstanceView, SessionView } from "../wire/messages";
import { fakeFound } from "./fake-found";
import { fakePlaces } from "./fake-places";

const MIN = 60_000;

export function fakeInstance(id: string, directory: string): InstanceView {
  return {
    id,
    name: directory.split("/").at(-1) ?? directory,
    directory,
    kind: "process",
    owner: "portal",
    state: { state: "stopped" },
    sources: ["started"],
    role: "serve",
    command: null,
    is_secured: true,
    host: "127.0.0.1",
    port: null,
    way: { url: null, is_overheard: false, trust: null },
    container: null,
    ssh_host: null,
    pid: null,
    version: null,
    started_at_ms: null,
    memory_bytes: null,
    cpu_percent: null,
    doing: null,
    waiting: 0,
    last_end: null,
    restart: null,
    interrupted: [],
    is_over_budget: false,
    profile: emptyProfile(),
    demo: false,
    attach_command: null,
    log_path: `/home/ada/.local/state/opencode-portal/logs/${id}.log`,
  };
}

export function fakeSession(instance: string, id: string, title: string, updated: number): SessionView {
  return {
    instance,
    id,
    title,
    parent: null,
    directory: "/home/ada/projects/payments-api",
    created_ms: updated - 20 * MIN,
    updated_ms: updated,
    status: { status: "idle" },
    waiting: 0,
    doing: null,
    failure: null,
  };
}

export function ready(id: string, directory: string, port: number): InstanceView {
  return {
    ...fakeInstance(id, directory),
    state: { state: "ready", activity: "idle" },
    port,
    way: { url: `http://127.0.0.1:${port}`, is_overheard: false, trust: null },
    pid: 4000 + port,
    version: "1.18.33",
    started_at_ms: Date.now() - 95 * MIN,
    memory_bytes: 412_000_000,
    cpu_percent: 1.4,
    attach_command: `opencode attach http://127.0.0.1:${port}`,
  };
}

export function fakeFleet(scene: string): FleetView {
  const isFresh = scene === "found" || scene === "empty" || scene === "missing" || scene === "broken";
  return {
    instances: scene === "found" ? fakeFound() : isFresh ? [] : fakeInstances(),
    sessions: isFresh ? [] : fakeSessions(),
    requests: isFresh
      ? []
      : [
          {
            id: "per_1",
            instance: "ins_1",
            session: "ses_1",
            session_path: ["Retry failed webhooks with back-off"],
            directory: "/home/ada/projects/payments-api",
            asked_at_ms: Date.now() - 2 * MIN,
            message: "msg_2",
            call: "call_9",
            body: {
              kind: "permission",
              permission: "bash",
              patterns: ["cargo test -p webhooks"],
              always: ["cargo test *"],
              command: "cargo test -p webhooks",
              file: null,
              diff: null,
            },
          },
          {
            id: "que_1",
            instance: "ins_2",
            session: "ses_4",
            session_path: ["Move the site to the new grid"],
            directory: "/home/ada/projects/website",
            asked_at_ms: Date.now() - 1 * MIN,
            message: null,
            call: null,
            body: {
              kind: "question",
              questions: [
                {
                  question: "Which browsers must the grid support?",
                  header: "Browsers",
                  options: [
                    { label: "Evergreen only", description: "Subgrid and container queries" },
                    { label: "Two years back", description: "With a fallback for old Safari" },
                  ],
                  multiple: false,
                  custom: true,
                },
              ],
            },
          },
        ],
    opencode:
      scene === "missing"
        ? {
            opencode: "missing",
            searched: ["/usr/local/bin/opencode", "/home/ada/.opencode/bin/opencode"],
            install_error: null,
          }
        : scene === "broken"
          ? {
              opencode: "broken",
              path: "/usr/local/bin/opencode",
              reason: "It printed no version within 10 s",
              source: "path",
            }
          : { opencode: "found", path: "/home/ada/.opencode/bin/opencode", version: "1.18.33", source: "path" },
    versions: { latest: "1.18.40", looked_at_ms: Date.now() - 42 * MIN, look_error: null, update: { update: "none" } },
    settings: {
      theme: "system",
      opencode_binary: null,
      on_quit: "ask",
      recent_directories: ["/home/ada/projects/payments-api", "/home/ada/projects/website", "/home/ada/notes"],
      tour_offered: scene !== "empty",
      sleep_after_minutes: 30,
      discover: true,
      restore_fleet: true,
    },
    host: {
      name: "window",
      version: "0.1.0",
      picks_directories: true,
      opens_programs: true,
      quits: true,
      config_folder: "/home/ada/.config/opencode-portal",
      log_folder: "/home/ada/.local/state/opencode-portal/logs",
      home: "/home/ada",
    },
    notices: [],
    prompts: [],
  };
}

function fakeInstances(): InstanceView[] {
  return [
    {
      ...ready("ins_1", "/home/ada/projects/payments-api", 3100),
      state: { state: "ready", activity: "waiting" },
      doing: "bash: cargo test -p webhooks",
      waiting: 1,
      memory_bytes: 1_842_000_000,
      cpu_percent: 114,
      is_over_budget: true,
      last_end: "It was ended by signal 9 (SIGKILL) 96 min ago",
      profile: { ...emptyProfile(), memory_budget_mib: 1_536, restart: "on_failure" },
    },
    {
      ...ready("ins_2", "/home/ada/projects/website", 3101),
      state: { state: "ready", activity: "busy" },
      doing: "Reading src/layout/grid.css",
      waiting: 1,
    },
    { ...ready("ins_3", "/home/ada/work/a very long folder name/with spaces/infrastructure", 3102) },
    {
      ...fakeInstance("ins_4", "/home/ada/projects/firmware"),
      state: {
        state: "crashed",
        cause: "The process ended with exit code 1 after 4 s",
        hint: "The configuration in opencode.json is not valid. Correct it and start again.",
        last_lines: ["Error: Config file at /home/ada/projects/firmware/opencode.json is not valid", "  at line 12"],
      },
    },
    { ...fakeInstance("ins_5", "/home/ada/notes"), profile: { ...emptyProfile(), is_pinned: true } },
    { ...fakeInstance("ins_6", "/home/ada/projects/old-shop"), state: { state: "asleep" } },
    {
      ...ready("ins_7", "/home/ada/projects/payments-api", 3104),
      name: "payments-api 2",
      profile: { ...emptyProfile(), group: "Client work" },
    },
    {
      ...fakeInstance("ins_8", "/home/ada/projects/crawler"),
      state: {
        state: "crashed",
        cause: "It was ended by signal 9 (SIGKILL) after 3 h 12 min",
        hint: "The system may have been out of memory.",
        last_lines: ["INFO  +12ms service=session id=ses_7 step"],
      },
      restart: { at_ms: Date.now() + 14_000, attempt: 3, attempts: 5 },
      interrupted: [
        { session: "ses_20", title: "Follow redirects across hosts" },
        { session: "ses_21", title: "Respect robots.txt" },
      ],
      profile: { ...emptyProfile(), restart: "on_failure", group: "Client work" },
    },
    ...fakePlaces(),
    ...fakeFound(),
  ];
}

function fakeSessions(): SessionView[] {
  const now = Date.now();
  return [
    {
      ...fakeSession("ins_1", "ses_1", "Retry failed webhooks with back-off", now - MIN),
      status: { status: "busy" },
      waiting: 1,
      doing: "bash: cargo test -p webhooks",
    },
    { ...fakeSession("ins_1", "ses_2", "Explain the ledger's locking", now - 50 * MIN) },
    {
      ...fakeSession("ins_1", "ses_3", "Bump the TLS library", now - 300 * MIN),
      failure: "The provider refused the key",
    },
    {
      ...fakeSession("ins_2", "ses_4", "Move the site to the new grid", now),
      status: { status: "busy" },
      doing: "Reading src/layout/grid.css",
    },
    { ...fakeSession("ins_2", "ses_5", "Cut the bundle in half", now - 26 * 60 * MIN) },
    {
      ...fakeSession("ins_3", "ses_6", "Terraform plan for staging", now - 3 * MIN),
      status: { status: "retry", attempt: 2, message: "Overloaded", next_ms: now + 8_000 },
    },
  ];
}
