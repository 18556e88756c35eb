/** The model before the first snapshot, and the profile of an instance that nobody changed. */
import type { ProfileView } from "../wire/messages";
import type { Model } from "./state";

/** Everything is opencode's or our own default. */
export function emptyProfile(): ProfileView {
  return {
    place: { in: "process" },
    port: null,
    hostname: null,
    binary: null,
    arguments: [],
    environment: [],
    config: null,
    permission: null,
    restart: "never",
    sleep: { rule: "default" },
    memory_budget_mib: null,
    log_level: "info",
    is_pinned: false,
    group: null,
  };
}

export function emptyModel(): Model {
  return {
    loaded: false,
    link: "connecting",
    instances: {},
    instanceOrder: [],
    sessions: {},
    requests: {},
    transcripts: {},
    opencode: { opencode: "looking" },
    versions: { latest: null, looked_at_ms: null, look_error: null, update: { update: "none" } },
    settings: {
      theme: "system",
      opencode_binary: null,
      on_quit: "ask",
      recent_directories: [],
      tour_offered: true,
      sleep_after_minutes: 0,
      discover: true,
      restore_fleet: true,
    },
    host: {
      name: "browser",
      version: "",
      picks_directories: false,
      opens_programs: false,
      quits: false,
      config_folder: "",
      log_folder: "",
      home: "",
    },
    notices: {},
    prompts: [],
  };
}
