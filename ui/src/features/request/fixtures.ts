/** Requests for tests. */
import { emptyProfile } from "../../model/empty";
import type { InstanceView, RequestView } from "../../wire/messages";

export function bashRequest(over: Partial<RequestView> = {}): RequestView {
  return {
    id: "per_1",
    instance: "i1",
    session: "ses_1",
    session_path: ["Build it", "Explore"],
    directory: "/w/app",
    asked_at_ms: 1_000,
    message: "msg_1",
    call: "call_1",
    body: {
      kind: "permission",
      permission: "bash",
      patterns: ["rm -rf build"],
      always: ["rm *"],
      command: "rm -rf build",
      file: null,
      diff: null,
    },
    ...over,
  };
}

export function editRequest(over: Partial<RequestView> = {}): RequestView {
  return bashRequest({
    id: "per_2",
    asked_at_ms: 2_000,
    body: {
      kind: "permission",
      permission: "edit",
      patterns: ["src/a.ts"],
      always: ["*"],
      command: null,
      file: "/w/app/src/a.ts",
      diff: "Index: /w/app/src/a.ts\n===\n--- /w/app/src/a.ts\n+++ /w/app/src/a.ts\n@@ -1,1 +1,1 @@\n-const a = 1;\n+const a = 2;\n",
    },
    ...over,
  });
}

export function questionRequest(over: Partial<RequestView> = {}): RequestView {
  return bashRequest({
    id: "que_1",
    asked_at_ms: 3_000,
    body: {
      kind: "question",
      questions: [
        {
          question: "Which colour?",
          header: "Colour",
          options: [
            { label: "Red", description: "Warm" },
            { label: "Blue", description: "" },
          ],
          multiple: false,
          custom: true,
        },
        {
          question: "Which parts?",
          header: "Parts",
          options: [
            { label: "Door", description: "" },
            { label: "Roof", description: "" },
          ],
          multiple: true,
          custom: false,
        },
      ],
    },
    ...over,
  });
}

export function readyInstance(over: Partial<InstanceView> = {}): InstanceView {
  return {
    id: "i1",
    name: "app",
    directory: "/w/app",
    kind: "process",
    owner: "portal",
    state: { state: "ready", activity: "waiting" },
    sources: ["started"],
    role: "serve",
    command: null,
    is_secured: true,
    host: "127.0.0.1",
    port: 3100,
    way: { url: null, is_overheard: false, trust: null },
    container: null,
    ssh_host: null,
    pid: 1,
    version: "1.18.33",
    started_at_ms: 0,
    memory_bytes: null,
    cpu_percent: null,
    doing: null,
    waiting: 1,
    last_end: null,
    restart: null,
    interrupted: [],
    is_over_budget: false,
    profile: emptyProfile(),
    demo: false,
    attach_command: null,
    log_path: null,
    ...over,
  };
}
