/** Reads diffs from an instance's server. */
import type { SnapshotFileDiff, VcsFileDiff } from "@opencode-ai/sdk/v2/types";
import { backend } from "../../backend";
import { opencode } from "../../backend/opencode";
import type { DiffEntry } from "../../ui/diff/entries";

/** Where the paths of diffs begin, and whether there is git at all. */
export interface Ground {
  /** The repository's top folder; the directory itself outside git. */
  root: string;
  isGit: boolean;
}

export interface Changes {
  ground: Ground;
  entries: DiffEntry[];
}

/** Where in the file system a directory's diffs are at home. */
export async function readGround(instance: string, directory: string): Promise<Ground> {
  const { data } = await opencode(instance, directory).path.get();
  const worktree = data?.worktree ?? "/";
  // opencode says `/` where there is no repository.
  return worktree === "/" ? { root: directory, isGit: false } : { root: worktree, isGit: true };
}

/** What differs from the last commit. */
export async function readWorkTree(instance: string, directory: string): Promise<Changes> {
  const ground = await readGround(instance, directory);
  if (!ground.isGit) return { ground, entries: [] };
  const { data } = await opencode(instance, directory).vcs.diff({ mode: "git" });
  return { ground, entries: entriesOfDiffs(data ?? []) };
}

/** What a turn changed. `known` is what its message tells already. */
export async function readTurn(
  instance: string,
  directory: string,
  session: string,
  message: string,
  known: SnapshotFileDiff[] | undefined,
): Promise<Changes> {
  const ground = await readGround(instance, directory);
  if (known) return { ground, entries: entriesOfDiffs(known) };
  const { data } = await opencode(instance, directory).session.diff({ sessionID: session, messageID: message });
  return { ground, entries: entriesOfDiffs(data ?? []) };
}

/** Opens a file in the person's editor, where the host can. */
export function openInEditor(path: string) {
  return backend().call("open", { with: "editor", target: path });
}

/** opencode's diffs as files to show, in the order of their paths. */
export function entriesOfDiffs(diffs: readonly (SnapshotFileDiff | VcsFileDiff)[]): DiffEntry[] {
  return diffs
    .filter((diff) => diff.file)
    .map((diff) => ({
      id: diff.file ?? "",
      path: diff.file ?? "",
      status: diff.status ?? "modified",
      additions: diff.additions,
      deletions: diff.deletions,
      patch: diff.patch ?? "",
      size: diff.patch?.length ?? 0,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
