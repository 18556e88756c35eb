/** Which directories of other machines were used last, by host: the newest first. Kept by the window. */
import { load, save } from "../../lib/persist";

const KEY = "recent-there";
/** How many are kept of each host, and of how many hosts. */
const EACH = 6;
const HOSTS = 20;

type Recent = Record<string, string[]>;

export function recentThere(host: string): string[] {
  return load<Recent>(KEY, {})[host.trim()] ?? [];
}

/** One was used. */
export function usedThere(host: string, directory: string): void {
  const { [host.trim()]: before = [], ...others } = load<Recent>(KEY, {});
  const mine = [directory, ...before.filter((known) => known !== directory)].slice(0, EACH);
  const rest = Object.entries(others).slice(0, HOSTS - 1);
  save(KEY, Object.fromEntries([[host.trim(), mine], ...rest]));
}
