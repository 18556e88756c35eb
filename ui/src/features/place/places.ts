/** Places as forms begin with them, and what of a profile a place does not have. Pure. */
import type {
  DockerPlaceView,
  EnginesView,
  EngineView,
  PlaceView,
  ProfileView,
  SshPlaceView,
} from "../../wire/messages";

/** A sandbox that one click starts: the project and the internet, and nothing else of the person's. */
export function newDockerPlace(engine: string | null = null): DockerPlaceView {
  return {
    engine,
    image: null,
    memory_mib: null,
    cpu_percent: null,
    pids: null,
    network: { network: "on" },
    mounts: [],
    user: null,
    passes_auth: false,
    passes_git: false,
    passes_ssh_agent: false,
    passes_variables: [],
  };
}

/** It leaves nothing behind there unless that is wanted, as everywhere else. */
export function newSshPlace(): SshPlaceView {
  return { host: "", stays: false };
}

/** The engine that a place names; the usual one is the first. */
export function engineOf(view: EnginesView | undefined, name: string | null): EngineView | undefined {
  if (name === null) return view?.engines[0];
  // One that is yet to be named; and an engine that is not there has no address.
  if (name.trim() === "") return undefined;
  const said = name.trim();
  return view?.engines.find((engine) => engine.name === said || engine.address === said);
}

/** Whether two texts are of the same engine: each is its name or its address, and none is the usual one. */
export function isSameEngine(view: EnginesView | undefined, one: string | null, other: string | null): boolean {
  if ((one?.trim() ?? null) === (other?.trim() ?? null)) return true;
  const found = engineOf(view, other);
  const is = engineOf(view, one);
  // Several names may be of one engine.
  return found !== undefined && (is === found || (is?.address === found.address && found.address !== ""));
}

export function works(engine: EngineView): boolean {
  return engine.problem === null;
}

/** The engine that a new place names: none while the usual one works, else the first that does. */
export function engineToBeginWith(view: EnginesView | undefined): string | null {
  const [usual] = view?.engines ?? [];
  if (!usual || works(usual)) return null;
  return view?.engines.find(works)?.name ?? null;
}

/** The web address that a text of the core names. */
export function addressIn(text: string): string | undefined {
  return /https:\/\/[^\s`)]*[^\s`).,;:]/.exec(text)?.[0];
}

/** The profile without what its place does not have: a form may have been filled in for another one. */
export function fitted(profile: ProfileView): ProfileView {
  const place: PlaceView = trimmed(profile.place);
  if (place.in === "process") return { ...profile, place };
  // It is published, or forwarded, on loopback; a container runs the opencode of its image.
  return { ...profile, place, hostname: null, binary: place.in === "docker" ? null : profile.binary };
}

function trimmed(place: PlaceView): PlaceView {
  if (place.in === "ssh") return { ...place, host: place.host.trim() };
  if (place.in === "process") return place;
  const network = place.network;
  return {
    ...place,
    engine: place.engine?.trim() || null,
    image: place.image?.trim() ?? null,
    user: place.user?.trim() || null,
    network: network.network === "named" ? { ...network, name: network.name.trim() } : network,
    mounts: place.mounts.map((mount) => ({
      ...mount,
      path: mount.path.trim(),
      target: mount.target?.trim() || null,
    })),
  };
}
