/** Whether there is a newer opencode than the one that is used, and how far an update is. Pure. */
import type { OpencodeView, UpdateView, VersionsView } from "../../wire/messages";

/** Below 0: `a` is older. Numbers count as numbers, and a pre-release comes before its release. */
export function compareVersions(a: string, b: string): number {
  const [coreA = "", preA] = split(a);
  const [coreB = "", preB] = split(b);
  const numbers = (core: string) => core.split(".").map(Number);
  const [left, right] = [numbers(coreA), numbers(coreB)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (preA === preB) return 0;
  if (preA === undefined) return 1;
  if (preB === undefined) return -1;
  return preA < preB ? -1 : 1;
}

function split(version: string): [string, string | undefined] {
  const plain = version.trim().replace(/^v/, "");
  const dash = plain.indexOf("-");
  return dash < 0 ? [plain, undefined] : [plain.slice(0, dash), plain.slice(dash + 1)];
}

/** The version that can be updated to; none when there is no newer one, or one is on its way. */
export function newerVersion(opencode: OpencodeView, versions: VersionsView): string | null {
  if (opencode.opencode !== "found" || versions.latest === null || isUpdating(versions.update)) return null;
  return compareVersions(opencode.version, versions.latest) < 0 ? versions.latest : null;
}

export function isUpdating(update: UpdateView): boolean {
  return update.update === "installing" || update.update === "checking" || update.update === "rolling_out";
}

export const STEPS = ["installing", "checking", "rolling_out"] as const;

/** Which of the steps runs; all are over when it is done. */
export function stepOf(update: UpdateView): number {
  if (update.update === "done") return STEPS.length;
  return (STEPS as readonly string[]).indexOf(update.update);
}
