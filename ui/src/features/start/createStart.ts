/** What a person says about a new instance: its place, its directory, its profile; and what a start of that does. */
import { createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import { go } from "../../app/place";
import { asFailure, type BackendFailure } from "../../backend/failure";
import { checkDirectory } from "../../model/commands";
import { emptyProfile } from "../../model/empty";
import { startNew } from "../../model/fleet-commands";
import { isHere, type PlaceKind } from "../../model/kinds";
import { instanceAt, instances, isAlike, isReady } from "../../model/selectors";
import { model } from "../../model/store";
import type { DirectoryView, InstanceView, PlaceView, ProfileView } from "../../wire/messages";
import { remoteDirectoryProblem } from "../place/checks";
import { createEngines } from "../place/place.commands";
import { engineOf, engineToBeginWith, fitted, isSameEngine, newDockerPlace, newSshPlace, works } from "../place/places";
import { usedThere } from "../place/recent";
import { profileProblems } from "../profile/checks";

/** How long typing rests before the directory is looked at. */
const REST_MS = 250;

/** What a start is sent with. */
interface Said {
  name: string | null;
  /** None: as the instance of the directory was run, or as usual. */
  profile: ProfileView | null;
}

export type Start = ReturnType<typeof createStart>;

export function createStart(given: () => string | undefined) {
  const [text, setText] = createSignal(given() ?? "");
  const [remote, setRemote] = createSignal("");
  const [name, setName] = createSignal("");
  const [chosen, setChosen] = createSignal<PlaceKind | null>(null);
  /** Changed by hand, by kind: what was filled in for one stays while another is looked at. */
  const [places, setPlaces] = createSignal<Partial<Record<PlaceKind, PlaceView>>>({});
  /** Whether it was said here if a server on another machine stays; otherwise the instance that is known there says so. */
  const [isStaysSaid, setStaysSaid] = createSignal(false);
  const [changed, setChanged] = createSignal<ProfileView | null>(null);
  const [isAnother, setAnother] = createSignal(false);
  const [found, setFound] = createSignal<DirectoryView | null>(null);
  const [problem, setProblem] = createSignal<BackendFailure | null>(null);
  const [failure, setFailure] = createSignal<unknown>(null);
  const [isStarting, setStarting] = createSignal(false);
  const engines = createEngines();
  let checks = 0;

  createEffect(on(given, (directory) => directory && setText(directory), { defer: true }));

  createEffect(() => {
    const typed = text().trim();
    setFound(null);
    setProblem(null);
    setFailure(null);
    setAnother(false);
    checks += 1;
    const mine = checks;
    if (!typed) return;
    const timer = setTimeout(() => {
      checkDirectory(typed).then(
        (view) => mine === checks && setFound(view),
        (error) => mine === checks && setProblem(asFailure(error)),
      );
    }, REST_MS);
    onCleanup(() => clearTimeout(timer));
  });

  // One more was wanted of another directory.
  createEffect(on(remote, () => setAnother(false), { defer: true }));

  /** The instance that the core gives for this directory when nothing is said about the place. */
  const usual = () => model.instances[found()?.instance ?? ""];
  const usualKind = (): PlaceKind => {
    const first = usual();
    return first?.owner === "portal" ? first.profile.place.in : "process";
  };
  const kind = () => chosen() ?? usualKind();
  const isRemote = () => kind() === "ssh";

  const fresh = (): PlaceView => {
    if (kind() === "docker") return { in: "docker", ...newDockerPlace(engineToBeginWith(engines.view())) };
    return kind() === "ssh" ? { in: "ssh", ...newSshPlace() } : { in: "process" };
  };
  const isSame = (one: string | null, wanted: string) => isSameEngine(engines.view(), one, wanted);
  /** Whether what was said of the place, if anything, is of this instance. */
  const isGiven = (one: InstanceView) => {
    const said = places()[kind()];
    return said === undefined || one.owner !== "portal" || isAlike(one.profile.place, said, isSame);
  };
  /** The instance that a start gives, unless one more is wanted. What is locked or cannot be reached is nobody's to give. */
  const known = createMemo((): InstanceView | undefined => {
    const first = usual();
    if (!isRemote() && first && kind() === usualKind() && isGiven(first)) return first;
    const directory = isRemote() ? remote().trim() : found()?.directory;
    return directory ? instanceAt(model, directory, places()[kind()] ?? fresh(), isSame) : undefined;
  });
  const present = () => (isAnother() ? undefined : known());
  const running = () => {
    const instance = present();
    return isReady(instance) ? instance : undefined;
  };
  const isPlaceTouched = () => {
    const said = places()[kind()];
    const own = present()?.profile.place;
    // The machine has to be named also to find what runs on it.
    const isOwnHost = said?.in === "ssh" && own?.in === "ssh" && said.host.trim() === own.host;
    const isOwn = isOwnHost && (!isStaysSaid() || said.stays === own.stays);
    return said !== undefined && !isOwn;
  };
  const isTouched = () => changed() !== null || isPlaceTouched();
  const profile = createMemo((): ProfileView => {
    const base = changed() ?? present()?.profile ?? emptyProfile();
    const own = present()?.profile.place;
    const said = places()[kind()];
    if (said?.in === "ssh" && own?.in === "ssh" && !isStaysSaid())
      return { ...base, place: { ...said, stays: own.stays } };
    return { ...base, place: said ?? (own?.in === kind() ? own : fresh()) };
  });
  const place = () => profile().place;

  /** Instances of this directory, of this machine or the one that is named, the one that a start would give first. */
  const existing = createMemo(() => {
    const directory = isRemote() ? remote().trim() : found()?.directory;
    if (!directory) return [];
    const host = place();
    const isThere = (one: InstanceView) =>
      host.in === "ssh" ? one.kind === "ssh" && one.ssh_host === host.host.trim() : isHere(one);
    const here = instances(model).filter((one) => one.directory === directory && isThere(one));
    const first = known();
    return first ? [first, ...here.filter((one) => one.id !== first.id)] : here;
  });

  const problems = createMemo(() => profileProblems(profile()));
  // What a known instance is run with was found well before; a machine has to be named first.
  const isWrong = () => (isTouched() || isRemote()) && Object.keys(problems()).length > 0;
  /** Containers need an engine; while they are looked for nothing is known against it. */
  const lacksEngine = () => {
    if (kind() !== "docker" || running()) return false;
    const view = engines.view();
    const said = places().docker;
    // The person knows of one that was not found.
    const isByAddress = said?.in === "docker" && said.engine !== null && engineOf(view, said.engine) === undefined;
    return view !== undefined && !isByAddress && !view.engines.some(works);
  };

  const setPlace = (next: PlaceView) => {
    setFailure(null);
    const before = place();
    if (next.in === "ssh" && before.in === "ssh" && next.stays !== before.stays) setStaysSaid(true);
    // What only the instance there says is not taken along to another machine.
    const kept = next.in === "ssh" && !isStaysSaid() ? { ...next, stays: newSshPlace().stays } : next;
    setPlaces((all) => ({ ...all, [next.in]: kept }));
  };

  /** What nobody changed is run as the instance of this directory was, and is not sent. */
  const sent = () => {
    const isSaid = isTouched() || kind() !== usualKind() || (isAnother() && kind() !== "process");
    if (!isSaid) return null;
    const said = fitted(profile());
    const own = present()?.profile.place;
    // The one that is there is found by its engine as it has it: as a name or as an address.
    if (said.place.in === "docker" && own?.in === "docker")
      return { ...said, place: { ...said.place, engine: own.engine } };
    return said;
  };

  async function start(directory: string, given: Said | (() => Promise<Said>), isMore: boolean) {
    if (!directory.trim() || isStarting()) return;
    setStarting(true);
    setFailure(null);
    let own: Said = { name: null, profile: null };
    try {
      own = typeof given === "function" ? await given() : given;
      const instance = await startNew({ directory: directory.trim(), ...own, isAnother: isMore });
      if (own.profile?.place.in === "ssh") usedThere(own.profile.place.host, directory.trim());
      go({ kind: "instance", id: instance });
    } catch (error) {
      const failed = asFailure(error);
      // What is wrong with the directory belongs under its field; with more said, it may be about that.
      const isOfDirectory = failed.code === "invalid" || failed.code === "not_found";
      if (isOfDirectory && own.profile === null) setProblem(failed);
      else setFailure(failed);
    } finally {
      setStarting(false);
    }
  }

  /** Whether more was filled in than where it runs. */
  const isFilledIn = () => changed() !== null || name().trim() !== "" || places()[kind()] !== undefined;
  /** What a start in this directory sends when nothing is said but where it runs. */
  const asThere = async (directory: string): Promise<Said> => {
    const wanted = chosen();
    if (wanted === null) return { name: null, profile: null };
    // The core knows how it writes the directory, and which instance it gives.
    const there = await checkDirectory(directory);
    const first = model.instances[there.instance ?? ""];
    const isFirst = first?.owner === "portal" && first.profile.place.in === wanted;
    if (isFirst) return { name: null, profile: null };
    const known = instanceAt(model, there.directory, fresh(), isSame);
    return { name: null, profile: fitted(known?.profile ?? { ...emptyProfile(), place: fresh() }) };
  };
  /** Starts in a directory of this machine; where more was filled in, the person starts it, having seen all of it. */
  const startAt = (directory: string) => {
    const isMoreSaid = isFilledIn();
    setText(directory);
    if (isMoreSaid || (kind() === "docker" && (isWrong() || lacksEngine()))) return;
    void start(directory, () => asThere(directory), false);
  };

  const isReadyToStart = () => {
    if (isWrong() || lacksEngine()) return false;
    if (isRemote()) return remote().trim() !== "" && remoteDirectoryProblem(remote()) === null;
    return text().trim() !== "" && problem() === null;
  };

  /** Goes to the instance that runs, or starts. */
  const submit = () => {
    const instance = running();
    if (instance && !isTouched()) go({ kind: "instance", id: instance.id });
    else if (isReadyToStart()) {
      void start(isRemote() ? remote() : text(), { name: name().trim() || null, profile: sent() }, isAnother());
    }
  };

  return {
    text,
    setText,
    remote,
    setRemote,
    name,
    setName,
    kind,
    setKind: (next: PlaceKind) => {
      setFailure(null);
      setChosen(next);
    },
    isRemote,
    place,
    setPlace,
    profile,
    setProfile: (next: ProfileView) => setChanged(next),
    problems,
    isFilledIn,
    /** Whether something that was filled in has to be put right. */
    hasProblems: () => isTouched() && isWrong(),
    isTouched,
    engines,
    lacksEngine,
    found,
    problem,
    existing,
    known,
    running,
    isAnother,
    setAnother,
    failure,
    isStarting,
    isReadyToStart,
    startAt,
    submit,
  };
}
