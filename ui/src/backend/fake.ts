/** A core in memory, for working on the UI without one: `vite` and `?fake`. Not part of a build. */
import type { FleetView, Forward, InstanceView, Push, PushItem } from "../wire/messages";
import type { OperationName, Operations } from "../wire/operations";
import { BackendFailure } from "./failure";
import { fakeFleet, fakeInstance, fakeSession } from "./fake-fleet";
import { fakeFoundOperations } from "./fake-found";
import { fakeInstanceOperations } from "./fake-instance";
import { fakeMessages } from "./fake-messages";
import { fakePlaceOperations } from "./fake-places";
import type { Backend, Forwarded } from "./types";

export function createFakeBackend(): Backend {
  const scene = new URLSearchParams(location.search).get("fake") || "busy";
  let fleet: FleetView = fakeFleet(scene);
  const listeners = new Set<(push: Push) => void>();
  let seq = 0;

  function push(...items: PushItem[]) {
    seq += 1;
    for (const listener of listeners) listener({ seq, items });
  }

  function instance(id: string): InstanceView {
    const found = fleet.instances.find((candidate) => candidate.id === id);
    if (!found) throw fail("not_found", `There is no instance \`${id}\``);
    return found;
  }

  function set(changed: InstanceView) {
    fleet = { ...fleet, instances: fleet.instances.map((old) => (old.id === changed.id ? changed : old)) };
    push({ type: "instance", instance: changed });
  }

  function start(id: string) {
    set({ ...instance(id), state: { state: "starting", step: "Starting the process", since_ms: Date.now() } });
    setTimeout(
      () =>
        set({ ...instance(id), state: { state: "ready", activity: "idle" }, restart: null, started_at_ms: Date.now() }),
      900,
    );
  }

  const operations: { [N in OperationName]?: (request: Operations[N]["request"]) => Operations[N]["reply"] } = {
    ...fakeInstanceOperations({
      instance,
      set,
      push,
      instances: () => fleet.instances,
      versions: () => fleet.versions,
      setVersions: (versions) => {
        fleet = { ...fleet, versions };
        push({ type: "versions", versions });
      },
    }),
    ...fakeFoundOperations({
      instances: () => fleet.instances,
      set,
      start,
      add: (added) => {
        fleet = { ...fleet, instances: [...fleet.instances, added] };
        push({ type: "instance", instance: added });
      },
      remove: (id) => {
        fleet = { ...fleet, instances: fleet.instances.filter((i) => i.id !== id) };
        push({ type: "instance_gone", id });
      },
    }),
    ...fakePlaceOperations(scene),
    fleet: () => fleet,
    instance_log: () => ({
      lines: Array.from(
        { length: 200 },
        (_, i) => `\u001b[32mINFO\u001b[0m  +${i}ms service=server request GET /session`,
      ),
      truncated: true,
    }),
    check_directory: ({ directory }) => {
      if (!directory.startsWith("/") && !directory.startsWith("~"))
        throw fail("invalid", `\`${directory}\` does not exist`, "Give an absolute path or one that starts with ~.");
      const path = directory.replace(/^~/, "/home/ada").replace(/\/+$/, "");
      return { directory: path, instance: fleet.instances.find((i) => i.directory === path)?.id ?? null };
    },
    start_instance: ({ directory, name, profile }) => {
      const path = directory.replace(/^~/, "/home/ada");
      const place = profile?.place ?? { in: "process" };
      const known = fleet.instances.find((i) => i.directory === path && i.profile.place.in === place.in);
      const added = known ?? {
        ...fakeInstance(`ins_${fleet.instances.length}`, path),
        name: name ?? path.split("/").at(-1) ?? "",
        kind: place.in,
        ssh_host: place.in === "ssh" ? place.host : null,
        ...(profile ? { profile } : {}),
      };
      if (!known) {
        fleet = { ...fleet, instances: [...fleet.instances, added] };
        push({ type: "instance", instance: added });
      }
      if (added.state.state !== "ready") start(added.id);
      return { instance: added.id };
    },
    stop_instance: ({ instance: id }) => {
      set({ ...instance(id), state: { state: "stopping" } });
      setTimeout(() => set({ ...instance(id), state: { state: "stopped" }, memory_bytes: null }), 500);
      return {};
    },
    restart_instance: ({ instance: id }) => {
      start(id);
      return {};
    },
    get_image_again: ({ instance: id }) => {
      start(id);
      return {};
    },
    remove_instance: ({ instance: id }) => {
      fleet = { ...fleet, instances: fleet.instances.filter((i) => i.id !== id) };
      push({ type: "instance_gone", id });
      return {};
    },
    rename_instance: ({ instance: id, name }) => {
      set({ ...instance(id), name });
      return {};
    },
    answer_permission: ({ instance: id, request }) => gone(id, request),
    answer_question: ({ instance: id, request }) => gone(id, request),
    reject_question: ({ instance: id, request }) => gone(id, request),
    update_settings: (patch) => {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value != null));
      fleet = { ...fleet, settings: { ...fleet.settings, ...given } };
      push({ type: "settings", settings: fleet.settings });
      return fleet.settings;
    },
    install_opencode: () => {
      push({ type: "opencode", opencode: { opencode: "installing", line: "npm http fetch GET 200 opencode-ai" } });
      return {};
    },
    look_for_opencode: () => ({}),
    start_tour: () => ({ instance: fleet.instances[0]?.id ?? "" }),
    pick_directory: () => ({ directory: "/home/ada/projects/picked" }),
    open: () => ({}),
    quit: () => ({}),
    watch: () => ({}),
    resync: () => {
      push({ type: "snapshot", fleet });
      return {};
    },
  };

  function gone(id: string, request: string): Operations["answer_permission"]["reply"] {
    fleet = { ...fleet, requests: fleet.requests.filter((r) => r.id !== request) };
    push({ type: "request_gone", instance: id, id: request });
    return {};
  }

  return {
    async call(name, request) {
      const carryOut = operations[name];
      if (!carryOut) throw fail("not_here", `The fake core has no \`${name}\``);
      return carryOut(request);
    },
    async forward(request) {
      const session = /^\/session\/([^/]+)$/.exec(request.path)?.[1];
      if (request.path === "/session" && request.method === "POST") {
        const view = fakeSession(request.instance, `ses_new${fleet.sessions.length}`, "New session", Date.now());
        fleet = { ...fleet, sessions: [...fleet.sessions, view] };
        push({ type: "session", session: view });
        return json({ id: view.id, title: view.title });
      }
      if (session && request.method === "DELETE") {
        fleet = { ...fleet, sessions: fleet.sessions.filter((s) => s.id !== session) };
        push({ type: "session_gone", instance: request.instance, id: session });
        return json(true);
      }
      if (session && request.method === "PATCH") return renamed(request, session);
      return json(fakeMessages(request));
    },
    subscribe(onPush, onLink) {
      listeners.add(onPush);
      queueMicrotask(() => {
        onLink("live");
        push({ type: "snapshot", fleet });
      });
      return () => listeners.delete(onPush);
    },
    onDrop: () => () => {},
  };

  function renamed(request: Forward, id: string): Forwarded {
    const { title } = JSON.parse(request.body ?? "{}") as { title?: string };
    const view = fleet.sessions.find((s) => s.id === id);
    if (view && title) push({ type: "session", session: { ...view, title } });
    return json({ id, title });
  }
}

function fail(code: BackendFailure["code"], message: string, hint: string | null = null): BackendFailure {
  return new BackendFailure({ code, message, hint, detail: null });
}

function json(value: unknown): Forwarded {
  return {
    head: { status: 200, headers: [["content-type", "application/json"]] },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}
