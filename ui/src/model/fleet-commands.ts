/** What a person can make the fleet do beside starting and stopping one: profiles, many at once, what others started. */
import { backend } from "../backend";
import type {
  AddAddress,
  AddedAddressView,
  AddressView,
  CertificateTrust,
  ChangeAddress,
  CheckAddress,
  InstanceView,
  KeepPassword,
  ProfileView,
} from "../wire/messages";

/** How a new instance is to be run; what is none is left to the core. */
export interface NewInstance {
  directory: string;
  name: string | null;
  profile: ProfileView | null;
  /** One more where there is one already. */
  isAnother: boolean;
}

/** The id of the instance. */
export async function startNew({ directory, name, profile, isAnother }: NewInstance): Promise<string> {
  const request = { directory, name, ...(profile ? { profile } : {}), ...(isAnother ? { another: true } : {}) };
  return (await backend().call("start_instance", request)).instance;
}

/** Starts just this one: several may serve its directory. */
export async function startKnown(instance: string): Promise<void> {
  // What does not run has nothing to stop first.
  await backend().call("restart_instance", { instance });
}

export async function setProfile(instance: string, profile: ProfileView): Promise<void> {
  await backend().call("set_profile", { instance, profile });
}

/** Changes some of an instance's profile and leaves the rest. */
export async function changeProfile(instance: InstanceView, patch: Partial<ProfileView>): Promise<void> {
  await setProfile(instance.id, { ...instance.profile, ...patch });
}

/** No group: all of ours. */
export async function startAll(group: string | null = null): Promise<void> {
  await backend().call("start_all", { group });
}

export async function stopAll(group: string | null = null): Promise<void> {
  await backend().call("stop_all", { group });
}

export async function restartFailed(group: string | null = null): Promise<void> {
  await backend().call("restart_failed", { group });
}

/** No sessions: all that were interrupted. */
export async function continueSessions(instance: string, sessions: string[] = []): Promise<void> {
  await backend().call("continue_sessions", { instance, sessions });
}

export async function dismissInterrupted(instance: string): Promise<void> {
  await backend().call("dismiss_interrupted", { instance });
}

/** Ends a process that somebody else started; the pid is the one that the question named. */
export async function stopExternal(instance: string, pid: number): Promise<void> {
  await backend().call("stop_external", { instance, pid });
}

export interface Password {
  user: string | null;
  password: string;
  keep: KeepPassword;
  /** Though whoever carries it can read it. */
  overhearing_accepted: boolean;
}

export async function unlockInstance(instance: string, given: Password): Promise<void> {
  await backend().call("unlock_instance", { instance, ...given });
}

/** What answers at an address, asked without a password. */
export async function checkAddress(request: CheckAddress): Promise<AddressView> {
  return backend().call("check_address", request);
}

export async function trustCertificate(instance: string, trust: CertificateTrust): Promise<void> {
  await backend().call("trust_certificate", { instance, trust });
}

/** The id of the instance at that address. */
export async function addAddress(request: AddAddress): Promise<string> {
  return (await backend().call("add_address", request)).instance;
}

/** What is on the list of an instance that was added by its address. */
export function addedAddress(instance: string): Promise<AddedAddressView> {
  return backend().call("added_address", { instance });
}

/** The id of the instance at the address from then on. */
export async function changeAddress(request: ChangeAddress): Promise<string> {
  return (await backend().call("change_address", request)).instance;
}
