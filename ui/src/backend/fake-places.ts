/** Containers and other machines of the fake core. `?fake=noengine` has no container engine, `?fake=engines` several. */
import { emptyProfile } from "../model/empty";
import type { ContainerView, DockerPlaceView, EngineView, InstanceView, ProfileView } from "../wire/messages";
import type { Operations } from "../wire/operations";
import { BackendFailure } from "./failure";
import { fakeInstance, ready } from "./fake-fleet";

const MIN = 60_000;
const ID = "9f3c1d7a2b4e8056c1f2a3b4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708";

function container(name: string, more: Partial<ContainerView> = {}): ContainerView {
  return {
    id: ID,
    name: `opencode-${name}-9f3c1d7a`,
    engine: "default",
    image: "opencode-portal:1.18.33",
    volume: `opencode-${name}-9f3c1d7a`,
    ...more,
  };
}

function contained(more: Partial<DockerPlaceView> = {}): ProfileView {
  return {
    ...emptyProfile(),
    place: {
      in: "docker",
      // As the core keeps it from the first start on.
      engine: DEFAULT.address,
      image: null,
      memory_mib: null,
      cpu_percent: null,
      pids: null,
      network: { network: "on" },
      mounts: [],
      user: null,
      passes_auth: true,
      passes_git: true,
      passes_ssh_agent: false,
      passes_variables: [],
      ...more,
    },
  };
}

const onMachine = (host: string): ProfileView => ({ ...emptyProfile(), place: { in: "ssh", host, stays: true } });

/** Containers that run, are made, died and cannot be seen; one of others; other machines, here and out of reach. */
export function fakePlaces(): InstanceView[] {
  return [
    {
      ...ready("ins_20", "/home/ada/projects/untrusted-fork", 32_768),
      kind: "docker",
      container: container("untrusted-fork"),
      pid: null,
      memory_bytes: 612_000_000,
      profile: contained({
        memory_mib: 2_048,
        cpu_percent: 150,
        mounts: [{ path: "~/reference/specs", target: "/specs", is_writable: false }],
        passes_variables: ["GITHUB_TOKEN"],
      }),
    },
    {
      ...fakeInstance("ins_21", "/home/ada/projects/sandbox"),
      kind: "docker",
      state: {
        state: "starting",
        step: "Building the image, step 4 of 9: RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git openssh-client ripgrep",
        since_ms: Date.now() - 38_000,
      },
      profile: contained(),
    },
    {
      ...fakeInstance("ins_22", "/home/ada/projects/simulation"),
      kind: "docker",
      container: container("simulation"),
      state: {
        state: "crashed",
        cause: "The container ran out of memory: it was ended at its limit of 1024 MiB (exit code 137)",
        hint: "Give it more memory in its profile, and start it again.",
        last_lines: ["INFO  +3ms service=llm stream", "Killed"],
      },
      profile: contained({ memory_mib: 1_024 }),
    },
    {
      ...fakeInstance("ins_23", "/home/ada/projects/legacy"),
      kind: "docker",
      container: container("legacy", { engine: "colima" }),
      state: {
        state: "unknown",
        reason: "`unix:///home/ada/.colima/default/docker.sock` does not answer. Start Colima.",
      },
      profile: contained({ engine: "colima" }),
    },
    {
      ...ready("ins_24", "/srv/app", 3_108),
      kind: "ssh",
      ssh_host: "build-box",
      pid: null,
      memory_bytes: 548_000_000,
      cpu_percent: 3.2,
      profile: onMachine("build-box"),
    },
    {
      ...fakeInstance("ins_25", "/home/ada/experiments/training"),
      kind: "ssh",
      ssh_host: "ada@gpu.example.org",
      state: {
        state: "unknown",
        reason: "`ada@gpu.example.org` does not answer: Connection timed out",
      },
      profile: onMachine("ada@gpu.example.org"),
    },
    {
      ...fakeInstance("ins_26", "/home/ada/projects/mirror"),
      kind: "docker",
      container: container("mirror"),
      last_end: "Somebody stopped it with `docker stop` (exit code 143)",
      profile: contained(),
    },
    {
      ...ready("fnd_20", "/workspace", 4_099),
      name: "opencode-web",
      owner: "external",
      kind: "docker",
      sources: ["container"],
      role: "web",
      container: container("web", {
        name: "team-opencode-web-1",
        image: "ghcr.io/anomalyco/opencode:1.18.30",
        volume: null,
      }),
      pid: null,
      version: "1.18.30",
      started_at_ms: Date.now() - 9 * 60 * MIN,
    },
  ];
}

const DEFAULT: EngineView = {
  name: "default",
  address: "unix:///var/run/docker.sock",
  version: "Docker 27.3.1",
  problem: null,
  network_off_problem: null,
  networks: ["backend", "monitoring"],
  images: ["opencode-portal:1.18.33", "ghcr.io/anomalyco/opencode:1.18.30", "team/opencode-rust:latest"],
};

const SEVERAL: EngineView[] = [
  DEFAULT,
  {
    ...DEFAULT,
    name: "rootless",
    address: "unix:///run/user/1000/docker.sock",
    version: "Docker 27.3.1, rootless",
    network_off_problem: "There a container cannot be without a network and still be reached, because it is rootless.",
    networks: [],
    images: [],
  },
  {
    name: "colima",
    address: "unix:///home/ada/.colima/default/docker.sock",
    version: null,
    problem: "Nothing answers at its socket. Start it with `colima start`.",
    network_off_problem: null,
    networks: [],
    images: [],
  },
];

type Some<N extends keyof Operations> = {
  [Name in N]: (request: Operations[Name]["request"]) => Operations[Name]["reply"];
};

const FOLDERS: Record<string, string[]> = {
  "/": ["etc", "home", "opt", "srv", "var"],
  "/home": ["ada"],
  "/home/ada": ["experiments", "notes", "projects", "a folder with a rather long name and spaces in it"],
  "/home/ada/projects": ["api", "firmware", "website"],
  "/srv": ["app", "build"],
};

export function fakePlaceOperations(
  scene: string,
): Some<"docker_engines" | "ssh_hosts" | "list_ssh_directory" | "open_shell"> {
  return {
    docker_engines: () => {
      if (scene === "noengine")
        return {
          engines: SEVERAL.slice(2),
          hint: "Install Docker Engine (docker.io on Debian and Ubuntu) or Podman, and add yourself to the group `docker`.",
        };
      return { engines: scene === "engines" ? SEVERAL : [DEFAULT], hint: null };
    },
    ssh_hosts: () => ({ hosts: ["build-box", "gpu", "staging-eu-1.internal.example.org"] }),
    list_ssh_directory: ({ host, path }) => {
      if (host.startsWith("gone"))
        throw new BackendFailure({
          code: "unavailable",
          message: `\`${host}\` cannot be reached: Connection timed out`,
          hint: `Run \`ssh ${host}\` in a terminal once: it may ask for something.`,
          detail: null,
        });
      const at =
        path
          .trim()
          .replace(/^~/, "/home/ada")
          .replace(/(.)\/+$/, "$1") || "/home/ada";
      return {
        path: at,
        directories: FOLDERS[at] ?? [],
        is_cut: at === "/srv",
        opencode: host.includes("gpu") ? null : "1.18.33",
      };
    },
    open_shell: () => ({}),
  };
}
