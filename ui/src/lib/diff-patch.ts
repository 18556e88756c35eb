/**
 * Reads unified patches into files, hunks and lines, just as they are given. Never compares texts: whoever made the
 * patch has done that. Takes git's patches and the plainer ones of opencode's edit requests. No framework.
 */

export type LineKind = "context" | "added" | "removed";

export interface DiffLine {
  kind: LineKind;
  /** Without its sign; a carriage return at the end is kept. */
  text: string;
  /** Line number in the old file; null for an added line. */
  old: number | null;
  /** Line number in the new file; null for a removed line. */
  new: number | null;
  /** The file ends here without a newline. */
  endsFile: boolean;
}

export interface Hunk {
  oldStart: number;
  newStart: number;
  /** What stands behind the second `@@`: the function around, as a rule. */
  section: string;
  lines: DiffLine[];
}

export type FileStatus = "modified" | "added" | "deleted" | "renamed" | "copied";

export interface DiffFile {
  /** Null for a new file. */
  oldPath: string | null;
  /** Null for a deleted file. */
  newPath: string | null;
  status: FileStatus;
  oldMode: string | null;
  newMode: string | null;
  binary: boolean;
  hunks: Hunk[];
  additions: number;
  deletions: number;
}

/** The path to show for a file: the new one, or the old one when it was deleted. */
export function pathOf(file: DiffFile): string {
  return file.newPath ?? file.oldPath ?? "";
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** Reads a patch of one or several files. A text that is no patch gives no files. */
export function parsePatch(patch: string): DiffFile[] {
  return new PatchReader(patch.split("\n")).read();
}

class PatchReader {
  private at = 0;
  private readonly files: DiffFile[] = [];
  private file: DiffFile | null = null;
  private isGit = false;

  constructor(private readonly lines: string[]) {}

  read(): DiffFile[] {
    while (this.at < this.lines.length) this.readHeaderLine(this.line());
    return this.files.filter((file) => file.hunks.length > 0 || file.binary || isChangeWithoutLines(file));
  }

  /** A line outside any hunk, without the carriage return of a patch that was written with them. */
  private line(): string {
    return (this.lines[this.at] ?? "").replace(/\r$/, "");
  }

  private readHeaderLine(line: string): void {
    const hunk = HUNK.exec(line);
    if (hunk) {
      this.readHunk(hunk);
      return;
    }
    this.at++;
    if (line.startsWith("diff --git ")) {
      const [oldPath, newPath] = pathsOfGitLine(line.slice("diff --git ".length));
      this.open(oldPath, newPath, true);
    } else if (line.startsWith("Index: ")) {
      const path = line.slice("Index: ".length).trim();
      this.open(path, path, false);
    } else if (line.startsWith("--- ") && (this.line().startsWith("+++ ") || this.file?.hunks.length === 0)) {
      this.readNames(line);
    } else if (this.file && this.file.hunks.length === 0) {
      readExtendedHeader(this.file, line);
    }
  }

  private open(oldPath: string | null, newPath: string | null, isGit: boolean): DiffFile {
    this.isGit = isGit;
    this.file = {
      oldPath,
      newPath,
      status: "modified",
      oldMode: null,
      newMode: null,
      binary: false,
      hunks: [],
      additions: 0,
      deletions: 0,
    };
    this.files.push(this.file);
    return this.file;
  }

  /** The `---` and `+++` lines; they begin a file when nothing before them did. */
  private readNames(oldLine: string): void {
    const newLine = this.line().startsWith("+++ ") ? this.line() : "";
    if (newLine) this.at++;
    const file = this.file && this.file.hunks.length === 0 ? this.file : this.open(null, null, false);
    const oldName = nameOf(oldLine.slice(4));
    const newName = newLine ? nameOf(newLine.slice(4)) : oldName;
    const prefixed = this.isGit || (hasPrefix(oldName, "a/") && hasPrefix(newName, "b/"));
    file.oldPath = oldName === "/dev/null" ? null : prefixed ? withoutPrefix(oldName) : oldName;
    file.newPath = newName === "/dev/null" ? null : prefixed ? withoutPrefix(newName) : newName;
    if (file.oldPath === null) file.status = "added";
    else if (file.newPath === null) file.status = "deleted";
    else if (file.status === "modified" && file.oldPath !== file.newPath) file.status = "renamed";
  }

  /** Reads by the counts of the head, so that a removed line that begins with `--` is not taken for a name. */
  private readHunk(head: RegExpExecArray): void {
    this.at++;
    const file = this.file ?? this.open(null, null, false);
    const hunk: Hunk = { oldStart: Number(head[1]), newStart: Number(head[3]), section: head[5] ?? "", lines: [] };
    let oldLeft = head[2] === undefined ? 1 : Number(head[2]);
    let newLeft = head[4] === undefined ? 1 : Number(head[4]);
    let oldLine = hunk.oldStart;
    let newLine = hunk.newStart;
    file.hunks.push(hunk);
    while (this.at < this.lines.length) {
      const raw = this.lines[this.at] ?? "";
      const sign = raw[0];
      if (sign === "\\") {
        const last = hunk.lines.at(-1);
        if (last) last.endsFile = true;
        this.at++;
        continue;
      }
      if (oldLeft <= 0 && newLeft <= 0) break;
      const line: DiffLine = { kind: "context", text: raw.slice(1), old: null, new: null, endsFile: false };
      if (sign === "+" && newLeft > 0) {
        line.kind = "added";
        line.new = newLine++;
        newLeft--;
        file.additions++;
      } else if (sign === "-" && oldLeft > 0) {
        line.kind = "removed";
        line.old = oldLine++;
        oldLeft--;
        file.deletions++;
      } else if (sign === " " || ((raw === "" || raw === "\r") && this.at < this.lines.length - 1)) {
        // Editors and mails drop the only blank of an empty context line.
        line.old = oldLine++;
        line.new = newLine++;
        oldLeft--;
        newLeft--;
      } else {
        // The patch was cut off or its counts are wrong: what we have is shown, the rest is read afresh.
        break;
      }
      hunk.lines.push(line);
      this.at++;
    }
  }
}

function isChangeWithoutLines(file: DiffFile): boolean {
  return file.status !== "modified" || (file.oldMode !== null && file.oldMode !== file.newMode);
}

function readExtendedHeader(file: DiffFile, line: string): void {
  const rest = (prefix: string) => (line.startsWith(prefix) ? line.slice(prefix.length) : null);
  const oldMode = rest("old mode ") ?? rest("deleted file mode ");
  const newMode = rest("new mode ") ?? rest("new file mode ");
  if (oldMode !== null) file.oldMode = oldMode;
  if (newMode !== null) file.newMode = newMode;
  if (line.startsWith("new file mode ")) {
    file.status = "added";
    file.oldPath = null;
  } else if (line.startsWith("deleted file mode ")) {
    file.status = "deleted";
    file.newPath = null;
  } else if (line.startsWith("rename from ") || line.startsWith("copy from ")) {
    file.status = line.startsWith("rename") ? "renamed" : "copied";
    file.oldPath = unquote(line.slice(line.indexOf("from ") + 5));
  } else if (line.startsWith("rename to ") || line.startsWith("copy to ")) {
    file.newPath = unquote(line.slice(line.indexOf("to ") + 3));
  } else if (line.startsWith("Binary files ") || line === "GIT binary patch") {
    file.binary = true;
  }
}

/** `a/x b/x`, where `x` may hold blanks: then both halves are alike. Quoted names end at their quote. */
function pathsOfGitLine(text: string): [string, string] {
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(text);
  if (quoted) return [withoutPrefix(unquote(quoted[1] ?? "")), withoutPrefix(unquote(quoted[2] ?? ""))];
  const half = (text.length - 1) / 2;
  if (Number.isInteger(half) && text.slice(2, half) === text.slice(half + 3)) {
    return [withoutPrefix(text.slice(0, half)), withoutPrefix(text.slice(half + 1))];
  }
  const middle = text.indexOf(" b/");
  return middle < 0 ? [text, text] : [withoutPrefix(text.slice(0, middle)), text.slice(middle + 3)];
}

/** Some programs put a time behind a tab. */
function nameOf(text: string): string {
  const tab = text.indexOf("\t");
  return unquote(tab < 0 ? text : text.slice(0, tab));
}

function hasPrefix(name: string, prefix: string): boolean {
  return name === "/dev/null" || name.startsWith(prefix);
}

function withoutPrefix(name: string): string {
  return /^[a-z]\//.test(name) ? name.slice(2) : name;
}

const ESCAPES: Record<string, number> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, '"': 34, "\\": 92 };

/** Git writes names with unusual characters in quotes, their bytes as octal numbers. */
function unquote(name: string): string {
  if (!(name.length > 1 && name.startsWith('"') && name.endsWith('"'))) return name;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const token of name.slice(1, -1).match(/\\[0-7]{3}|\\.|[^\\]+/g) ?? []) {
    if (/^\\[0-7]{3}$/.test(token)) bytes.push(Number.parseInt(token.slice(1), 8));
    else if (token.startsWith("\\")) bytes.push(ESCAPES[token.slice(1)] ?? token.charCodeAt(1));
    else bytes.push(...encoder.encode(token));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
