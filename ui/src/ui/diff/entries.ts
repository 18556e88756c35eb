/** The files that a diff view shows, and their parsed patches. */
import { type DiffFile, type FileStatus, parsePatch, pathOf } from "../../lib/diff-patch";

/** A file to show: what is known of it before its patch is read. */
export interface DiffEntry {
  /** Tells files apart and survives a reload of the same diff. */
  id: string;
  path: string;
  status: FileStatus;
  additions: number;
  deletions: number;
  /** Its unified patch; empty when the server gives none. */
  patch: string;
  /** Characters of its patch. */
  size: number;
}

/** Beyond these a file's diff is shown only when asked for. */
export const LARGE_CHARACTERS = 1_000_000;
export const LARGE_CHANGES = 20_000;

export function isLarge(entry: DiffEntry): boolean {
  const changes = entry.additions + entry.deletions;
  // More changes than characters: the server left the lines out, so there is nothing large to show.
  return entry.size > LARGE_CHARACTERS || (changes > LARGE_CHANGES && entry.size > changes);
}

/** Cuts a patch of several files into entries. `name` is the path of a patch that tells none. */
export function entriesOf(patch: string, name: string): { entries: DiffEntry[]; parsed: Map<string, DiffFile> } {
  const parsed = new Map<string, DiffFile>();
  const entries = parsePatch(patch).map((file, at) => {
    const path = pathOf(file) || name;
    const id = `${at}:${path}`;
    parsed.set(id, file);
    const { status, additions, deletions } = file;
    return { id, path, status, additions, deletions, patch, size: sizeOf(file) };
  });
  return { entries, parsed };
}

function sizeOf(file: DiffFile): number {
  let size = 0;
  for (const hunk of file.hunks) for (const line of hunk.lines) size += line.text.length + 2;
  return size;
}

/** Reads an entry's own patch; the status that the server told wins over the one in the patch. */
export function parseEntry(entry: DiffEntry): DiffFile {
  const [file] = parsePatch(entry.patch);
  const none: DiffFile = {
    oldPath: entry.path,
    newPath: entry.path,
    status: entry.status,
    oldMode: null,
    newMode: null,
    binary: false,
    hunks: [],
    additions: entry.additions,
    deletions: entry.deletions,
  };
  return file ?? none;
}

/** Whether the server told of changed lines but did not send them: the file is too large for it. */
export function isMissing(entry: DiffEntry, file: DiffFile): boolean {
  return file.hunks.length === 0 && !file.binary && (entry.patch === "" || entry.additions + entry.deletions > 0);
}
