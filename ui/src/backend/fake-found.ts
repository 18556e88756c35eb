/** What the fake core found on the machine, and what can be done with it. */
import type { AddAddress, CertificateView, InstanceView } from "../wire/messages";
import type { Operations } from "../wire/operations";
import { BackendFailure } from "./failure";
import { fakeInstance, ready } from "./fake-fleet";

const MIN = 60_000;

/** One of each: locked, without a password, an unsafe one, a terminal UI that cannot be reached, an address elsewhere. */
export function fakeFound(): InstanceView[] {
  return [
    {
      ...ready("fnd_1", "/srv/build", 4096),
      owner: "external",
      state: { state: "locked" },
      sources: ["process", "registry"],
      version: null,
      command: "/usr/local/bin/opencode serve --port 4096",
      started_at_ms: Date.now() - 3 * 24 * 60 * MIN,
    },
    {
      ...ready("fnd_2", "/home/ada/projects/website", 41_233),
      owner: "external",
      sources: ["process"],
      role: "tui",
      is_secured: false,
      version: "1.0.201",
      command: "node /home/ada/.npm-global/bin/opencode --port 41233",
    },
    {
      ...fakeInstance("fnd_3", "/home/ada/projects/a-rather-long-project-name/with/a/deep/folder"),
      owner: "external",
      sources: ["process"],
      role: "tui",
      state: {
        state: "unreachable",
        reason:
          "This terminal UI (pid 5120) listens at no port. End it, and start it with `opencode --port 4097` to work with it here.",
        certificate: null,
      },
      pid: 5120,
      memory_bytes: 388_000_000,
      command: "opencode",
      started_at_ms: Date.now() - 40 * MIN,
    },
    {
      ...ready("fnd_4", "/home/build", 4096),
      name: "build-box.local:4096",
      host: "build-box.local",
      way: { url: "http://build-box.local:4096", is_overheard: true, trust: null },
      kind: "remote",
      owner: "external",
      sources: ["added"],
      state: { state: "unknown", reason: "`http://build-box.local:4096` did not answer within 5 s" },
      pid: null,
      memory_bytes: null,
      version: null,
      started_at_ms: null,
    },
    elsewhere("fnd_5", "https://build.example/opencode", {
      state: {
        state: "unreachable",
        reason: "The certificate of `https://build.example/opencode` is not the one that was trusted: it has changed",
        certificate: { ...fakeCertificate(), problem: { problem: "changed", trusted: fakePrint("4A") } },
      },
    }),
    elsewhere("fnd_6", "https://lab.example:8443", {
      state: {
        state: "unreachable",
        reason: "The certificate of `https://lab.example:8443` has expired",
        certificate: {
          ...fakeCertificate(),
          subject: "CN=lab.example",
          issuer: "CN=Example internal CA 2, O=Example Industries",
          is_self_signed: false,
          until_ms: Date.UTC(2026, 9, 3),
          problem: { problem: "expired" },
        },
      },
    }),
    elsewhere("fnd_7", "http://attic.example:4096", {
      state: { state: "locked" },
      way: { url: "http://attic.example:4096", is_overheard: true, trust: null },
    }),
  ];
}

function elsewhere(id: string, url: string, more: Partial<InstanceView>): InstanceView {
  const { hostname, port } = new URL(url);
  return {
    ...ready(id, "/home/build", Number(port) || 443),
    name: url.replace(/^https?:\/\//, ""),
    host: hostname,
    kind: "remote",
    owner: "external",
    sources: ["added"],
    pid: null,
    memory_bytes: null,
    version: null,
    started_at_ms: null,
    way: { url, is_overheard: false, trust: { trust: "system" } },
    ...more,
  };
}

function fakePrint(pair: string): string {
  return Array.from({ length: 32 }, (_, i) => (i % 2 ? "0F" : pair)).join(":");
}

function fakeCertificate(): CertificateView {
  return {
    fingerprint: fakePrint("C3"),
    subject: "CN=build.example, O=Example Industries",
    issuer: "CN=build.example, O=Example Industries",
    is_self_signed: true,
    names: ["build.example", "build.internal.example", "10.0.0.7"],
    from_ms: Date.UTC(2026, 0, 4),
    until_ms: Date.UTC(2029, 0, 4),
    problem: { problem: "unknown_issuer" },
  };
}

interface Fake {
  instances: () => InstanceView[];
  set: (changed: InstanceView) => void;
  add: (added: InstanceView) => void;
  remove: (id: string) => void;
  start: (id: string) => void;
}

type Some<N extends keyof Operations> = {
  [Name in N]: (request: Operations[Name]["request"]) => Operations[Name]["reply"];
};

export function fakeFoundOperations(
  fake: Fake,
): Some<
  | "stop_external"
  | "unlock_instance"
  | "add_address"
  | "added_address"
  | "change_address"
  | "check_address"
  | "trust_certificate"
  | "start_all"
  | "stop_all"
  | "restart_failed"
  | "continue_sessions"
  | "dismiss_interrupted"
> {
  const one = (id: string): InstanceView => {
    const found = fake.instances().find((candidate) => candidate.id === id);
    if (!found) throw new BackendFailure({ code: "not_found", message: `No \`${id}\``, hint: null, detail: null });
    return found;
  };
  const ours = (group: string | null | undefined) =>
    fake.instances().filter((view) => view.owner === "portal" && (!group || view.profile.group === group));
  const startThose = (is: (view: InstanceView) => boolean) => (request: { group?: string | null }) => {
    for (const view of ours(request.group)) if (is(view)) fake.start(view.id);
    return {};
  };
  return {
    stop_external: ({ instance }) => {
      fake.remove(instance);
      return {};
    },
    unlock_instance: ({ instance, password, keep }) => {
      if (password === "wrong")
        throw failed(
          "precondition",
          `\`${one(instance).name}\` refused this password for \`opencode\``,
          "It is what `OPENCODE_SERVER_PASSWORD` says where the server was started",
        );
      if (keep === "keyring") throw failed("no_keyring", "There is no keyring");
      fake.set({ ...one(instance), state: { state: "ready", activity: "idle" }, version: "1.18.33" });
      return {};
    },
    check_address: ({ url, trust }) => {
      const certificate = fakeCertificate();
      const isTrusted = trust?.trust === "pinned" || !url.includes("build");
      return {
        url,
        is_overheard: false,
        found: isTrusted ? { found: "locked" } : { found: "untrusted", certificate, reason: "It is not trusted" },
      };
    },
    trust_certificate: ({ instance, trust }) => {
      const view = one(instance);
      if (trust.trust === "ca" && !trust.file.endsWith(".pem"))
        throw failed("invalid", `The certificates in \`${trust.file}\` cannot be used: No such file or directory`);
      fake.set({ ...view, way: { ...view.way, trust }, state: { state: "ready", activity: "idle" } });
      return {};
    },
    add_address: ({ url, name }: AddAddress) => {
      const host = url.replace(/^https?:\/\//, "");
      if (!/^[\w.-]+(:\d+)?(\/.*)?$/.test(host))
        throw failed("invalid", `\`${url}\` is no address`, "Give a host and a port, such as `127.0.0.1:4096`.");
      const id = `fnd_${fake.instances().length}`;
      const [first] = fakeFound().filter((view) => view.kind === "remote");
      if (first) fake.add({ ...first, id, name: name ?? host, host: host.split(":")[0] ?? host });
      return { instance: id };
    },
    added_address: ({ instance }) => {
      const { way, is_secured, host } = one(instance);
      const user = is_secured ? "opencode" : null;
      return { url: way.url ?? host, user, trust: way.trust ?? { trust: "system" } };
    },
    change_address: ({ instance, url, trust }) => {
      const view = one(instance);
      const host = url.replace(/^https?:\/\//, "").replace(/[:/].*$/, "");
      fake.set({ ...view, host, way: { ...view.way, url, trust: trust ?? view.way.trust } });
      return { instance };
    },
    start_all: startThose((view) => ["stopped", "asleep", "crashed"].includes(view.state.state)),
    restart_failed: startThose((view) => view.state.state === "crashed"),
    stop_all: ({ group }) => {
      for (const view of ours(group)) fake.set({ ...view, state: { state: "stopped" }, memory_bytes: null });
      return {};
    },
    continue_sessions: ({ instance, sessions }) => {
      const view = one(instance);
      const isLeft = (session: string) => sessions.length > 0 && !sessions.includes(session);
      fake.set({ ...view, interrupted: view.interrupted.filter(({ session }) => isLeft(session)) });
      return {};
    },
    dismiss_interrupted: ({ instance }) => {
      fake.set({ ...one(instance), interrupted: [] });
      return {};
    },
  };
}

function failed(code: BackendFailure["code"], message: string, hint: string | null = null): BackendFailure {
  return new BackendFailure({ code, message, hint, detail: null });
}
