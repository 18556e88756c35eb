// Written by `cargo run -p bridge --example wire` from crates/bridge/src. Do not edit.

/**
 * What the sessions of a ready instance do, taken together.
 */
export type Activity = "idle" | "busy" | "waiting";

/**
 * Answers a permission request.
 */
export type AnswerPermission = { 
/**
 * Whose request.
 */
instance: string, 
/**
 * opencode's id, `per_…`.
 */
request: string, 
/**
 * The answer.
 */
reply: PermissionReply, 
/**
 * For `reject`: what the agent is told; it then goes on.
 */
message: string | null, };

/**
 * Answers a question.
 */
export type AnswerQuestion = { 
/**
 * Whose request.
 */
instance: string, 
/**
 * opencode's id, `que_…`.
 */
request: string, 
/**
 * For each question, in order, the labels or the free text.
 */
answers: Array<Array<string>>, };

/**
 * Asks whether an instance could be started in a directory.
 */
export type CheckDirectory = { 
/**
 * As typed; `~` is the home folder.
 */
directory: string, };

/**
 * Sorts of failure. One exists only while the UI or a host branches on it.
 */
export type Code = "not_found" | "precondition" | "invalid" | "unavailable" | "unauthorized" | "opencode_missing" | "not_here" | "internal";

/**
 * A directory in which an instance can be started.
 */
export type DirectoryView = { 
/**
 * Absolute, without a trailing slash.
 */
directory: string, 
/**
 * The instance that serves it already, if one does.
 */
instance: string | null, };

/**
 * Any error of any operation. The UI branches on `code` and never on a text.
 */
export type Failure = { 
/**
 * What sort of failure.
 */
code: Code, 
/**
 * What failed, with what.
 */
message: string, 
/**
 * What to do about it.
 */
hint: string | null, 
/**
 * The causes, for whoever looks closer.
 */
detail: string | null, };

/**
 * The whole fleet.
 */
export type FleetView = { 
/**
 * Every instance we know, in the order of first sight.
 */
instances: Array<InstanceView>, 
/**
 * The sessions that we know of each instance: recent and live ones.
 */
sessions: Array<SessionView>, 
/**
 * Every request that waits, oldest first.
 */
requests: Array<RequestView>, 
/**
 * The opencode that new instances run.
 */
opencode: OpencodeView, 
/**
 * What the person has set.
 */
settings: SettingsView, 
/**
 * What the host of this window can do.
 */
host: HostView, 
/**
 * What went wrong beside any instance and is still so: a corrupt registry, a full disk.
 */
notices: Array<NoticeView>, };

/**
 * An HTTP request to an instance's server. Credentials and the directory's encoding are added in Rust.
 */
export type Forward = { 
/**
 * Whose server.
 */
instance: string, 
/**
 * `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
 */
method: string, 
/**
 * The path, as the server's own document has it, with ids filled in.
 */
path: string, 
/**
 * Query parameters, without `directory`.
 */
query: Array<[string, string]>, 
/**
 * The directory the request is about; none: the instance's own.
 */
directory: string | null, 
/**
 * A JSON body.
 */
body: string | null, };

/**
 * Head of the reply to a `Forward`. The reply is this as one line of JSON, a newline, and the body's bytes.
 */
export type ForwardHead = { 
/**
 * The server's status, passed through.
 */
status: number, 
/**
 * The server's headers that a client may need: `content-type`, `link`, `x-next-cursor`.
 */
headers: Array<[string, string]>, };

/**
 * What the host of a window can do, so that the UI offers only that.
 */
export type HostView = { 
/**
 * `window` or `browser`.
 */
name: string, 
/**
 * Our version.
 */
version: string, 
/**
 * Whether it has a native dialog for directories.
 */
picks_directories: boolean, 
/**
 * Whether it opens the person's editor, terminal and browser.
 */
opens_programs: boolean, 
/**
 * Whether quitting ends the app (a browser tab cannot).
 */
quits: boolean, 
/**
 * Where settings are kept.
 */
config_folder: string, 
/**
 * Where logs are kept.
 */
log_folder: string, 
/**
 * The person's home folder, to shorten paths with.
 */
home: string, };

/**
 * Asks for the end of an instance's output.
 */
export type InstanceLog = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * How many lines at the most; we give 5,000 at the most.
 */
lines: number, };

/**
 * Names an instance.
 */
export type InstanceRef = { 
/**
 * Our id.
 */
instance: string, };

/**
 * One opencode server.
 */
export type InstanceView = { 
/**
 * Our id, stable over restarts of the server.
 */
id: string, 
/**
 * What the person calls it; the last part of the directory unless renamed.
 */
name: string, 
/**
 * Absolute path of the directory it serves.
 */
directory: string, 
/**
 * What it runs in.
 */
kind: KindView, 
/**
 * Who started it.
 */
owner: OwnerView, 
/**
 * What is so now.
 */
state: StateView, 
/**
 * Port on loopback, when it has one.
 */
port: number | null, 
/**
 * Process id, when it is a process of this machine.
 */
pid: number | null, 
/**
 * Version of opencode that it reported.
 */
version: string | null, 
/**
 * When the server was started, in ms since the epoch.
 */
started_at_ms: number | null, 
/**
 * Resident memory of the whole process tree, in bytes.
 */
memory_bytes: number | null, 
/**
 * Processor use of the whole process tree, in percent of one core.
 */
cpu_percent: number | null, 
/**
 * What it is doing now: the running tool or the last sentence.
 */
doing: string | null, 
/**
 * Requests that wait for a person.
 */
waiting: number, 
/**
 * True for the tour: it talks to the built-in scripted model, not to a real one.
 */
demo: boolean, 
/**
 * The command line that attaches a terminal UI to it, without its password.
 */
attach_command: string | null, 
/**
 * Where its output is kept.
 */
log_path: string | null, };

/**
 * What an instance runs in.
 */
export type KindView = "process" | "docker";

/**
 * The end of an instance's output.
 */
export type LogText = { 
/**
 * Oldest first; ANSI codes are left in.
 */
lines: Array<string>, 
/**
 * Whether there is more before these.
 */
truncated: boolean, };

/**
 * A request or a reply with nothing in it.
 */
export type Nothing = Record<symbol, never>;

/**
 * How bad a notice is.
 */
export type NoticeLevel = "info" | "warning" | "error";

/**
 * Something that is wrong beside any instance.
 */
export type NoticeView = { 
/**
 * Tells notices apart; the same trouble keeps its id.
 */
id: string, 
/**
 * How bad.
 */
level: NoticeLevel, 
/**
 * What failed, with what.
 */
message: string, 
/**
 * What to do.
 */
hint: string | null, };

/**
 * What happens to running instances when the app quits.
 */
export type OnQuit = "ask" | "keep" | "stop";

/**
 * Opens something in the person's own programs.
 */
export type OpenTarget = { 
/**
 * With what.
 */
with: OpenTargetKind, 
/**
 * An absolute path; for `browser` an `http`, `https` or `mailto` address.
 */
target: string, };

/**
 * The person's own programs that we open.
 */
export type OpenTargetKind = "editor" | "terminal" | "browser" | "files";

/**
 * By what an opencode binary was found.
 */
export type OpencodeSource = "setting" | "path" | "usual_place" | "installed" | "pinned";

/**
 * The opencode binary that new instances run.
 */
export type OpencodeView = { "opencode": "looking" } | { "opencode": "found", 
/**
 * Where.
 */
path: string, 
/**
 * What it answered to `--version`.
 */
version: string, 
/**
 * By what we found it.
 */
source: OpencodeSource, } | { "opencode": "missing", 
/**
 * The places looked at, in order.
 */
searched: Array<string>, 
/**
 * What went wrong with the last installation, if one was tried.
 */
install_error: string | null, } | { "opencode": "broken", 
/**
 * Where.
 */
path: string, 
/**
 * What is wrong with it.
 */
reason: string, 
/**
 * By what we found it.
 */
source: OpencodeSource, } | { "opencode": "installing", 
/**
 * The installer's last line.
 */
line: string, };

/**
 * Who started an instance.
 */
export type OwnerView = "portal" | "external";

/**
 * The answers that a permission request takes.
 */
export type PermissionReply = "once" | "always" | "reject";

/**
 * What a native dialog gave; none when it was dismissed.
 */
export type PickedDirectory = { 
/**
 * The directory chosen.
 */
directory: string | null, };

/**
 * One message to a window: at most one every 33 ms, and one every 5 s when nothing happens.
 */
export type Push = { 
/**
 * One more than the message before; after a gap the window asks for a snapshot.
 */
seq: number, 
/**
 * In the order in which they happened; empty for a heartbeat.
 */
items: Array<PushItem>, };

/**
 * One change.
 */
export type PushItem = { "type": "snapshot", 
/**
 * The whole fleet.
 */
fleet: FleetView, } | { "type": "instance", 
/**
 * As it is now.
 */
instance: InstanceView, } | { "type": "instance_gone", 
/**
 * Which.
 */
id: string, } | { "type": "session", 
/**
 * As it is now.
 */
session: SessionView, } | { "type": "session_gone", 
/**
 * Whose.
 */
instance: string, 
/**
 * Which.
 */
id: string, } | { "type": "request", 
/**
 * As it is now.
 */
request: RequestView, } | { "type": "request_gone", 
/**
 * Whose.
 */
instance: string, 
/**
 * Which.
 */
id: string, } | { "type": "transcript", 
/**
 * Whose.
 */
instance: string, 
/**
 * Which.
 */
session: string, 
/**
 * What.
 */
event: TranscriptEvent, } | { "type": "opencode", 
/**
 * As it is now.
 */
opencode: OpencodeView, } | { "type": "settings", 
/**
 * As they are now.
 */
settings: SettingsView, } | { "type": "notice", 
/**
 * What.
 */
notice: NoticeView, } | { "type": "notice_gone", 
/**
 * Which.
 */
id: string, } | { "type": "navigate", 
/**
 * `inbox`, `overview`, `new-instance`, `quit`, `instance/ID` or `session/INSTANCE/SESSION`; `new-instance/PATH` fills in the directory.
 */
place: string, };

/**
 * One answer offered.
 */
export type QuestionOptionView = { 
/**
 * What is sent back.
 */
label: string, 
/**
 * What it means.
 */
description: string, };

/**
 * One question of a request.
 */
export type QuestionView = { 
/**
 * The question.
 */
question: string, 
/**
 * A short heading, at most 30 characters.
 */
header: string, 
/**
 * The answers offered.
 */
options: Array<QuestionOptionView>, 
/**
 * Whether several may be chosen.
 */
multiple: boolean, 
/**
 * Whether free text is taken.
 */
custom: boolean, };

/**
 * Quits the app.
 */
export type Quit = { 
/**
 * What happens to running instances; `ask` leaves it to the host to ask.
 */
instances: OnQuit, 
/**
 * Whether the answer becomes the setting.
 */
remember: boolean, };

/**
 * Dismisses a question.
 */
export type RejectQuestion = { 
/**
 * Whose request.
 */
instance: string, 
/**
 * opencode's id, `que_…`.
 */
request: string, };

/**
 * Gives an instance another name.
 */
export type RenameInstance = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * The new name, not empty.
 */
name: string, };

/**
 * What a request asks.
 */
export type RequestBody = { "kind": "permission", 
/**
 * The permission's name: `bash`, `edit`, `webfetch`, …
 */
permission: string, 
/**
 * What it is asked for: commands or paths.
 */
patterns: Array<string>, 
/**
 * Exactly the patterns that "always" will cover.
 */
always: Array<string>, 
/**
 * The command, for `bash`.
 */
command: string | null, 
/**
 * The file, for `edit`.
 */
file: string | null, 
/**
 * The unified diff, for `edit`.
 */
diff: string | null, } | { "kind": "question", 
/**
 * The questions, to be answered in order.
 */
questions: Array<QuestionView>, };

/**
 * A permission request or a question, of any session of any instance.
 */
export type RequestView = { 
/**
 * opencode's id, `per_…` or `que_…`.
 */
id: string, 
/**
 * The instance whose agent asks.
 */
instance: string, 
/**
 * The session that asks; a sub-agent's own.
 */
session: string, 
/**
 * Titles from the root session down to the one that asks.
 */
session_path: Array<string>, 
/**
 * Directory that a reply must name.
 */
directory: string, 
/**
 * When we first saw it, in ms since the epoch.
 */
asked_at_ms: number, 
/**
 * The message whose tool call asks, if told.
 */
message: string | null, 
/**
 * The tool call that asks, if told.
 */
call: string | null, 
/**
 * What is asked.
 */
body: RequestBody, };

/**
 * Whether a session runs.
 */
export type SessionStatusView = { "status": "idle" } | { "status": "busy" } | { "status": "retry", 
/**
 * How often it has tried.
 */
attempt: number, 
/**
 * What the provider said.
 */
message: string, 
/**
 * When it tries next, in ms since the epoch.
 */
next_ms: number, };

/**
 * One session of an instance.
 */
export type SessionView = { 
/**
 * The instance that answers for it.
 */
instance: string, 
/**
 * opencode's id, `ses_…`.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * The session that started it, for a sub-agent.
 */
parent: string | null, 
/**
 * Its own directory, which may be another than the instance's.
 */
directory: string, 
/**
 * When it was made, in ms since the epoch.
 */
created_ms: number, 
/**
 * When it last changed, in ms since the epoch.
 */
updated_ms: number, 
/**
 * Whether it runs.
 */
status: SessionStatusView, 
/**
 * Its own requests that wait for a person.
 */
waiting: number, 
/**
 * The running tool or the last sentence, while it runs.
 */
doing: string | null, 
/**
 * The last failure of a turn, until the next turn begins.
 */
failure: string | null, };

/**
 * The settings that windows show.
 */
export type SettingsView = { 
/**
 * Light, dark, or as the system has it.
 */
theme: ThemeView, 
/**
 * The opencode binary that the person chose; none: we look for it.
 */
opencode_binary: string | null, 
/**
 * What happens to running instances when the app quits.
 */
on_quit: OnQuit, 
/**
 * Directories of recent instances, newest first.
 */
recent_directories: Array<string>, 
/**
 * Whether the tour was offered already.
 */
tour_offered: boolean, };

/**
 * Starts an instance, or gives the one that runs there already.
 */
export type StartInstance = { 
/**
 * As typed; `~` is the home folder.
 */
directory: string, 
/**
 * A name; none: the last part of the directory.
 */
name: string | null, };

/**
 * The state of an instance. One colour, one shape and one word each in every surface.
 */
export type StateView = { "state": "stopped" } | { "state": "starting", 
/**
 * What it is doing: `Finding opencode`, `Starting the process`, `Waiting for the first answer`.
 */
step: string, 
/**
 * Since when, in ms since the epoch.
 */
since_ms: number, } | { "state": "ready", 
/**
 * What its sessions do.
 */
activity: Activity, } | { "state": "stopping" } | { "state": "asleep" } | { "state": "degraded", 
/**
 * Why we say so.
 */
reason: string, } | { "state": "locked" } | { "state": "crashed", 
/**
 * What happened, with the exit status or signal.
 */
cause: string, 
/**
 * What to do about it.
 */
hint: string | null, 
/**
 * The last lines of its output.
 */
last_lines: Array<string>, } | { "state": "unknown", 
/**
 * What could not be reached.
 */
reason: string, };

/**
 * Light or dark.
 */
export type ThemeView = "system" | "light" | "dark";

/**
 * What happened in a transcript. `info`, `part` and `error` are opencode's own objects.
 */
export type TranscriptEvent = { "event": "message", 
/**
 * opencode's message object.
 */
info: unknown, } | { "event": "message_gone", 
/**
 * Which.
 */
message: string, } | { "event": "part", 
/**
 * opencode's part object.
 */
part: unknown, } | { "event": "part_gone", 
/**
 * Of which message.
 */
message: string, 
/**
 * Which.
 */
part: string, } | { "event": "delta", 
/**
 * Of which message.
 */
message: string, 
/**
 * Of which part.
 */
part: string, 
/**
 * Which field of the part: `text`, as a rule.
 */
field: string, 
/**
 * What was added.
 */
delta: string, } | { "event": "running", 
/**
 * Of which message.
 */
message: string, 
/**
 * Of which part.
 */
part: string, 
/**
 * Which field of the part.
 */
field: string, 
/**
 * All of it.
 */
text: string, } | { "event": "error", 
/**
 * opencode's error object.
 */
error: unknown, } | { "event": "todo", 
/**
 * opencode's todo objects.
 */
todos: unknown, } | { "event": "resync" };

/**
 * Changes the settings that are given and leaves the others.
 */
export type UpdateSettings = { 
/**
 * Light, dark or system.
 */
theme?: ThemeView | null, 
/**
 * A path; an empty text takes the choice back.
 */
opencode_binary?: string | null, 
/**
 * What happens to running instances when the app quits.
 */
on_quit?: OnQuit | null, 
/**
 * Whether the tour was offered already.
 */
tour_offered?: boolean | null, };

/**
 * Says what this window shows in full; the rest comes as summaries.
 */
export type Watch = { 
/**
 * The sessions whose transcripts are on screen.
 */
sessions: Array<WatchedSession>, };

/**
 * A session whose transcript is on screen.
 */
export type WatchedSession = { 
/**
 * Its instance.
 */
instance: string, 
/**
 * opencode's id.
 */
session: string, };
