/** The model before the first snapshot. */
import type { Model } from "./state";

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
    settings: {
      theme: "system",
      opencode_binary: null,
      on_quit: "ask",
      recent_directories: [],
      tour_offered: true,
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
  };
}
