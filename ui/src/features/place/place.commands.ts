/** What forms of a place ask of the core. */
import { createSignal, onCleanup } from "solid-js";
import { backend } from "../../backend";
import type { EnginesView, SshDirectoryView } from "../../wire/messages";

/** An answer of the core that a form shows beside itself: the form is there before it and without it. */
export interface Asked<T> {
  /** The last answer. */
  view: () => T | undefined;
  isAsking: () => boolean;
  /** Why there was none the last time. */
  failure: () => unknown;
  ask: () => void;
}

/** Asks, and asks again on demand; a late answer to an earlier question does not count. */
export function createAsked<T>(read: () => Promise<T>): Asked<T> {
  const [view, setView] = createSignal<T>();
  const [isAsking, setAsking] = createSignal(false);
  const [failure, setFailure] = createSignal<unknown>(null);
  let questions = 0;
  onCleanup(() => {
    questions += 1;
  });
  const ask = async () => {
    questions += 1;
    const mine = questions;
    setAsking(true);
    setFailure(null);
    try {
      const next = await read();
      if (mine === questions) setView(() => next);
    } catch (error) {
      if (mine === questions) setFailure(error);
    } finally {
      if (mine === questions) setAsking(false);
    }
  };
  return { view, isAsking, failure, ask: () => void ask() };
}

export type Engines = Asked<EnginesView>;

/** The container engines of this machine, looked for at once. */
export function createEngines(): Engines {
  const engines = createAsked(() => backend().call("docker_engines", {}));
  engines.ask();
  return engines;
}

/** The hosts of the person's SSH configuration; none where that cannot be read: any host can be typed. */
export function createSshHosts(): () => readonly string[] {
  const hosts = createAsked(() => backend().call("ssh_hosts", {}));
  hosts.ask();
  return () => hosts.view()?.hosts ?? [];
}

export function listSshDirectory(host: string, path: string): Promise<SshDirectoryView> {
  return backend().call("list_ssh_directory", { host, path });
}
