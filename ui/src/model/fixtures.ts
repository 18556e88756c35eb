/** Values for tests. */
import type { EngineView, FleetView, InstanceView, RequestView, SessionView } from "../wire/messages";
import { emptyModel, emptyProfile } from "./empty";

export function anInstance(id: string, more: Partial<InstanceView> = {}): InstanceView {
  return {
    id,
    name: id,
    directory: `/p/${id}`,
    kind: "process",
    owner: "portal",
    state: { state: "ready", activity: "idle" },
    sources: ["started"],
    role: "serve",
    command: null,
    is_secured: true,
    host: "127.0.0.1",
    port: 3100,
    way: { url: null, is_overheard: false, trust: null },
    container: null,
    ssh_host: null,
    pid: 42,
    version: "1.18.33",
    started_at_ms: 0,
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
    log_path: null,
    ...more,
  };
}

export function aSession(instance: string, id: string, more: Partial<SessionView> = {}): SessionView {
  return {
    instance,
    id,
    title: id,
    parent: null,
    directory: `/p/${instance}`,
    created_ms: 0,
    updated_ms: 0,
    status: { status: "idle" },
    waiting: 0,
    doing: null,
    failure: null,
    ...more,
  };
}

export function aRequest(instance: string, session: string, id: string, more: Partial<RequestView> = {}): RequestView {
  return {
    id,
    instance,
    session,
    session_path: [session],
    directory: `/p/${instance}`,
    asked_at_ms: 0,
    message: null,
    call: null,
    body: { kind: "question", questions: [] },
    ...more,
  };
}

export function anEngine(name: string, more: Partial<EngineView> = {}): EngineView {
  return {
    name,
    address: `unix:///run/${name}.sock`,
    version: "Docker 27.3.1",
    problem: null,
    network_off_problem: null,
    networks: [],
    images: [],
    ...more,
  };
}

export function aFleet(more: Partial<FleetView> = {}): FleetView {
  const { opencode, versions, settings, host } = emptyModel();
  return {
    instances: [],
    sessions: [],
    requests: [],
    opencode,
    versions,
    settings,
    host,
    notices: [],
    prompts: [],
    ...more,
  };
}
