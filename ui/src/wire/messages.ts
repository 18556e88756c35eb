// Written by `cargo run -p bridge --example wire` from crates/bridge/src. Do not edit.

/**
 * What the sessions of a ready instance do, taken together.
 */
export type Activity = "idle" | "busy" | "waiting";

/**
 * Adds the address of a server.
 */
export type AddAddress = { 
/**
 * `https://HOST/PATH`, `http://HOST:PORT` or `HOST:PORT`.
 */
url: string, 
/**
 * A name; none: the host and port.
 */
name: string | null, 
/**
 * The user's name; none: `opencode`.
 */
user: string | null, 
/**
 * The password, if it has one.
 */
password: string | null, 
/**
 * Where the password is kept.
 */
keep: KeepPassword, 
/**
 * Which certificate is good enough; none: as before, or one that the system trusts.
 */
trust: CertificateTrust | null, 
/**
 * The person was told that whoever carries the password can read it, and wants it sent. Without that such an address
 * fails with code `precondition`.
 */
overhearing_accepted: boolean, };

/**
 * The address of an instance that the person has added.
 */
export type AddedAddressView = { 
/**
 * The address in one way of writing, without credentials.
 */
url: string, 
/**
 * For which user a password is kept; none: no password is.
 */
user: string | null, 
/**
 * Which certificate is good enough there.
 */
trust: CertificateTrust, };

/**
 * What answers at an address, asked without a password.
 */
export type AddressFound = { "found": "open", 
/**
 * Its version.
 */
version: string, } | { "found": "locked" } | { "found": "untrusted", 
/**
 * The certificate.
 */
certificate: CertificateView, 
/**
 * What is wrong with it, in a sentence.
 */
reason: string, } | { "found": "nothing", 
/**
 * How that shows.
 */
reason: string, };

/**
 * What answers at an address.
 */
export type AddressView = { 
/**
 * The address in one way of writing, without credentials.
 */
url: string, 
/**
 * Whether whoever carries what is sent there can read it.
 */
is_overheard: boolean, 
/**
 * What answers.
 */
found: AddressFound, };

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
 * Answers a question of `ssh`.
 */
export type AnswerPrompt = { 
/**
 * Which.
 */
prompt: string, 
/**
 * The answer; none: it is declined, and the connection given up.
 */
answer: string | null, };

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
 * What is wrong with a certificate.
 */
export type CertificateProblemView = { "problem": "unknown_issuer" } | { "problem": "expired" } | { "problem": "not_yet_valid" } | { "problem": "wrong_name", 
/**
 * The name that it would have to be for.
 */
wanted: string, } | { "problem": "changed", 
/**
 * The SHA-256 of the one that is trusted.
 */
trusted: string, } | { "problem": "other", 
/**
 * In the words of the library.
 */
reason: string, };

/**
 * Which certificate of a server is good enough.
 */
export type CertificateTrust = { "trust": "system" } | { "trust": "ca", 
/**
 * Absolute path of a file with certificates.
 */
file: string, } | { "trust": "pinned", 
/**
 * Its SHA-256, in hexadecimal digits with or without colons.
 */
fingerprint: string, };

/**
 * A certificate that is not trusted, for a person to look at.
 */
export type CertificateView = { 
/**
 * Its SHA-256, in pairs of digits between colons.
 */
fingerprint: string, 
/**
 * Who it is for.
 */
subject: string, 
/**
 * Who signed it.
 */
issuer: string, 
/**
 * Whether nobody but itself did.
 */
is_self_signed: boolean, 
/**
 * The names and addresses that it is for.
 */
names: Array<string>, 
/**
 * From when on it holds, in ms since the epoch.
 */
from_ms: number | null, 
/**
 * Until when.
 */
until_ms: number | null, 
/**
 * What is wrong with it.
 */
problem: CertificateProblemView, };

/**
 * Changes the address of an instance that the person has added, or how its server lets us in. The rest of it stays.
 */
export type ChangeAddress = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * As for `add_address`.
 */
url: string, 
/**
 * The user's name; none: as before.
 */
user: string | null, 
/**
 * The password; none: as before.
 */
password: string | null, 
/**
 * Where a new password is kept.
 */
keep: KeepPassword, 
/**
 * Which certificate is good enough; none: as before.
 */
trust: CertificateTrust | null, 
/**
 * As for `add_address`; it is asked for the password from before, too.
 */
overhearing_accepted: boolean, };

/**
 * Asks what answers at an address, before it is added. No password is sent.
 */
export type CheckAddress = { 
/**
 * As for `add_address`.
 */
url: string, 
/**
 * As for `add_address`.
 */
trust: CertificateTrust | null, };

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
export type Code = "not_found" | "precondition" | "invalid" | "unavailable" | "unauthorized" | "opencode_missing" | "no_keyring" | "not_here" | "internal";

/**
 * A container of an instance.
 */
export type ContainerView = { 
/**
 * The engine's id of it.
 */
id: string, 
/**
 * Its name at the engine.
 */
name: string | null, 
/**
 * The engine: the name of a context, or its address.
 */
engine: string, 
/**
 * Its image.
 */
image: string | null, 
/**
 * The volume that keeps opencode's state, when it has one of ours.
 */
volume: string | null, };

/**
 * Continues sessions that a crash interrupted.
 */
export type ContinueSessions = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * opencode's ids; empty: all that were interrupted.
 */
sessions: Array<string>, };

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
 * How a container is made.
 */
export type DockerPlaceView = { 
/**
 * The name of a Docker context, or an engine's address; none: the usual one.
 */
engine: string | null, 
/**
 * The image; none: ours, built for the pinned opencode.
 */
image: string | null, 
/**
 * The memory that it may use, in MiB; none: no limit.
 */
memory_mib: number | null, 
/**
 * The processor time that it may use, in percent of one core; none: no limit.
 */
cpu_percent: number | null, 
/**
 * How many processes and threads it may have; none: our own limit.
 */
pids: number | null, 
/**
 * What it can reach.
 */
network: NetworkView, 
/**
 * What else of this machine it sees, read-only unless said otherwise.
 */
mounts: Array<MountView>, 
/**
 * As whom it runs, `UID:GID`; none: as the person.
 */
user: string | null, 
/**
 * Whether it gets opencode's keys of model providers, `auth.json`.
 */
passes_auth: boolean, 
/**
 * Whether it gets the name and address that git writes into commits.
 */
passes_git: boolean, 
/**
 * Whether it gets the SSH agent's socket.
 */
passes_ssh_agent: boolean, 
/**
 * Variables of the login shell that it gets, by name.
 */
passes_variables: Array<string>, };

/**
 * Ends one process below an instance's server.
 */
export type EndChild = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * The process.
 */
pid: number, 
/**
 * As `ProcessView` has it.
 */
started_at: string, };

/**
 * A container engine.
 */
export type EngineView = { 
/**
 * The name of its context, or what it is; this is what a profile names.
 */
name: string, 
/**
 * Where it answers.
 */
address: string, 
/**
 * `Docker 27.3.1`, when it answers.
 */
version: string | null, 
/**
 * Why it cannot be used, when it cannot, with what to do.
 */
problem: string | null, 
/**
 * Why no container there can be without a network, when that is so, with what to do.
 */
network_off_problem: string | null, 
/**
 * The networks that a container can be put into, when it answers.
 */
networks: Array<string>, 
/**
 * Images that have opencode by their name, when it answers.
 */
images: Array<string>, };

/**
 * The container engines of this machine.
 */
export type EnginesView = { 
/**
 * The usual one first.
 */
engines: Array<EngineView>, 
/**
 * What to do where none works.
 */
hint: string | null, };

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
 * Some of the instances that are ours.
 */
export type FleetScope = { 
/**
 * Only this group; none: all.
 */
group?: string | null, };

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
 * Its versions, and an update on its way.
 */
versions: VersionsView, 
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
notices: Array<NoticeView>, 
/**
 * What `ssh` asks, oldest first.
 */
prompts: Array<PromptView>, };

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
 * One change of an instance's state.
 */
export type HistoryEntryView = { 
/**
 * When, in ms since the epoch.
 */
at_ms: number, 
/**
 * The word of the new state.
 */
state: string, 
/**
 * Why.
 */
reason: string, };

/**
 * What happened to an instance.
 */
export type HistoryView = { 
/**
 * Newest first.
 */
entries: Array<HistoryEntryView>, };

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
 * By what we know of it, in the order of trust.
 */
sources: Array<SourceView>, 
/**
 * What kind of program serves.
 */
role: RoleView, 
/**
 * The command line of a process that somebody else started, secrets masked.
 */
command: string | null, 
/**
 * False: it lets in whoever asks. None: not known (yet).
 */
is_secured: boolean | null, 
/**
 * Host that it is reached at; `127.0.0.1` for what runs here.
 */
host: string, 
/**
 * Port, when it has one.
 */
port: number | null, 
/**
 * How it is reached.
 */
way: WayView, 
/**
 * Its container, when it runs in one.
 */
container: ContainerView | null, 
/**
 * The machine that it runs on, as `ssh` takes it.
 */
ssh_host: string | null, 
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
 * How it ended the last time, when that was not asked for and no longer shows as its state.
 */
last_end: string | null, 
/**
 * When it is started again by itself, after a crash.
 */
restart: RestartView | null, 
/**
 * Sessions that ran when the server ended, until they are continued or dismissed.
 */
interrupted: Array<InterruptedView>, 
/**
 * Whether its process tree uses more memory than its budget.
 */
is_over_budget: boolean, 
/**
 * How it is run and shown.
 */
profile: ProfileView, 
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
 * A session that ran when its server ended.
 */
export type InterruptedView = { 
/**
 * opencode's id.
 */
session: string, 
/**
 * Its title.
 */
title: string, };

/**
 * Where a password is kept.
 */
export type KeepPassword = "no" | "keyring" | "file";

/**
 * What an instance runs in.
 */
export type KindView = "process" | "docker" | "ssh" | "remote";

/**
 * Asks for the directories below one of another machine.
 */
export type ListSshDirectory = { 
/**
 * As `ssh` takes it.
 */
host: string, 
/**
 * The directory there; empty or `~`: the home folder there.
 */
path: string, };

/**
 * How much opencode writes into its log.
 */
export type LogLevelView = "debug" | "info" | "warn" | "error";

/**
 * A line of an instance's output.
 */
export type LogLineView = { 
/**
 * ANSI codes are left in; at most 16 KiB.
 */
text: string, 
/**
 * What opencode says that it is.
 */
level: LogLevelView | null, };

/**
 * A line in which a text was found.
 */
export type LogMatchView = { 
/**
 * The place of the line, to read `after` it.
 */
place: string, 
/**
 * The line.
 */
line: LogLineView, };

/**
 * Where a text was found.
 */
export type LogMatches = { 
/**
 * Newest first; 500 at the most.
 */
lines: Array<LogMatchView>, 
/**
 * Whether there are more, or not all could be searched in time.
 */
has_more: boolean, };

/**
 * A page of an instance's output.
 */
export type LogPageView = { 
/**
 * Oldest first.
 */
lines: Array<LogLineView>, 
/**
 * The place of the first of them, to read `before`.
 */
first: string, 
/**
 * The place after the last of them, to read `after`.
 */
next: string, 
/**
 * Whether there is more in the direction that was read.
 */
has_more: boolean, 
/**
 * Whether output between the place asked for and these lines was rotated away.
 */
is_torn: boolean, };

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
 * How memory is measured.
 */
export type MeasureView = "pss" | "rss";

/**
 * A path of this machine in a container.
 */
export type MountView = { 
/**
 * The path here; `~` is the home folder.
 */
path: string, 
/**
 * The path in the container; none: the same.
 */
target: string | null, 
/**
 * Whether it can be changed from inside.
 */
is_writable: boolean, };

/**
 * What a container can reach.
 */
export type NetworkView = { "network": "on" } | { "network": "off" } | { "network": "named", 
/**
 * Its name.
 */
name: string, };

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
 * What a process of a tree is for.
 */
export type PartView = "server" | "mcp" | "lsp" | "terminal" | "tool";

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
 * Where an instance of ours is to run. The kind never changes for an instance that there is.
 */
export type PlaceView = { "in": "process" } | { "in": "docker" } & DockerPlaceView | { "in": "ssh" } & SshPlaceView;

/**
 * One process of the tree.
 */
export type ProcessView = { 
/**
 * Process id.
 */
pid: number, 
/**
 * Tells it from a later process of that id; opaque.
 */
started_at: string, 
/**
 * Process id of its parent.
 */
parent: number, 
/**
 * Its command line, shortened, secrets masked.
 */
command: string, 
/**
 * What it is for.
 */
part: PartView, 
/**
 * Memory, in bytes.
 */
memory_bytes: number, 
/**
 * Processor use, in percent of one core.
 */
cpu_percent: number, 
/**
 * When it started, in ms since the epoch.
 */
started_at_ms: number | null, };

/**
 * How an instance is run and shown. What is none is opencode's or our own default.
 */
export type ProfileView = { 
/**
 * Where it runs.
 */
place: PlaceView, 
/**
 * The port that it always gets; none: the next free one from 3100 on.
 */
port: number | null, 
/**
 * The address that it listens at; none: loopback.
 */
hostname: string | null, 
/**
 * The opencode binary it runs; none: the one of the settings.
 */
binary: string | null, 
/**
 * Arguments after our own.
 */
arguments: Array<string>, 
/**
 * Variables in addition to those of the login shell.
 */
environment: Array<VariableView>, 
/**
 * Overrides of opencode's configuration, a JSON object as text.
 */
config: string | null, 
/**
 * The permission policy, JSON as opencode's `permission` has it.
 */
permission: string | null, 
/**
 * What happens when it ends without being asked to.
 */
restart: RestartPolicyView, 
/**
 * When it is put to sleep.
 */
sleep: SleepRuleView, 
/**
 * The memory that its process tree should not exceed, in MiB.
 */
memory_budget_mib: number | null, 
/**
 * How much opencode writes into its log.
 */
log_level: LogLevelView, 
/**
 * Whether it stays on top of the list.
 */
is_pinned: boolean, 
/**
 * The group it is listed in.
 */
group: string | null, };

/**
 * What kind of answer a question wants.
 */
export type PromptKindView = "secret" | "text" | "yes_no" | "note";

/**
 * A question of `ssh` that waits for an answer.
 */
export type PromptView = { 
/**
 * Tells questions apart.
 */
id: string, 
/**
 * The host that is being connected to.
 */
host: string, 
/**
 * What it wants.
 */
kind: PromptKindView, 
/**
 * Its words; may have several lines.
 */
words: string, 
/**
 * Whether it asked the same a moment before: that answer was not the right one.
 */
is_again: boolean, };

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
opencode: OpencodeView, } | { "type": "versions", 
/**
 * As it is now.
 */
versions: VersionsView, } | { "type": "settings", 
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
id: string, } | { "type": "prompts", 
/**
 * Everything that it asks now, oldest first.
 */
prompts: Array<PromptView>, } | { "type": "navigate", 
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
 * Asks for a page of an instance's output. Neither `after` nor `before`: its end.
 */
export type ReadLog = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * What came after this place.
 */
after?: string | null, 
/**
 * What came before this place.
 */
before?: string | null, 
/**
 * How many lines at the most; we give 5,000 at the most.
 */
lines: number, };

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
 * Takes an instance that does not run off the list.
 */
export type RemoveInstance = { 
/**
 * Our id.
 */
instance: string, 
/**
 * For a container of ours: whether the volume with its sessions is removed, too.
 */
with_data?: boolean | null, };

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
 * What the process tree of an instance uses.
 */
export type ResourcesView = { 
/**
 * `pss` where shared pages are counted in shares, else `rss`.
 */
measure: MeasureView, 
/**
 * Its processes, the server first.
 */
processes: Array<ProcessView>, 
/**
 * The last ten minutes, about one every 3 s, oldest first.
 */
recent: Array<SampleView>, 
/**
 * The last twelve hours, one a minute, oldest first.
 */
hours: Array<SampleView>, };

/**
 * What happens when an instance ends without being asked to.
 */
export type RestartPolicyView = "never" | "on_failure" | "always";

/**
 * A restart to come.
 */
export type RestartView = { 
/**
 * When, in ms since the epoch.
 */
at_ms: number, 
/**
 * Which try it will be, from 1.
 */
attempt: number, 
/**
 * How many tries there are; none: no end.
 */
attempts: number | null, };

/**
 * What kind of program serves.
 */
export type RoleView = "serve" | "web" | "acp" | "tui";

/**
 * What was used at one moment.
 */
export type SampleView = { 
/**
 * When, in ms since the epoch.
 */
at_ms: number, 
/**
 * Memory, in bytes; of a minute its most.
 */
memory_bytes: number, 
/**
 * Processor use, in percent of one core; of a minute its mean.
 */
cpu_percent: number, };

/**
 * A file that was written.
 */
export type SavedFile = { 
/**
 * Its absolute path.
 */
path: string, };

/**
 * Searches an instance's output, what was rotated included.
 */
export type SearchLog = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * Searched for without regard to case; ANSI codes do not count.
 */
text: string, };

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
 * Replaces an instance's profile.
 */
export type SetProfile = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * All of the new one. What concerns its process counts from the next start on.
 */
profile: ProfileView, };

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
tour_offered: boolean, 
/**
 * After how many idle minutes instances are put to sleep; 0: never.
 */
sleep_after_minutes: number, 
/**
 * Whether instances that others started are looked for.
 */
discover: boolean, 
/**
 * Whether what ran last is started again with the app.
 */
restore_fleet: boolean, };

/**
 * When an instance is put to sleep.
 */
export type SleepRuleView = { "rule": "default" } | { "rule": "never" } | { "rule": "after", 
/**
 * At least 1.
 */
minutes: number, };

/**
 * By what an instance is known.
 */
export type SourceView = "started" | "process" | "registry" | "service_file" | "added" | "mdns" | "container";

/**
 * The directories below one of another machine.
 */
export type SshDirectoryView = { 
/**
 * The directory's absolute path there.
 */
path: string, 
/**
 * Names of the directories below it, without hidden ones.
 */
directories: Array<string>, 
/**
 * Whether there are more than these.
 */
is_cut: boolean, 
/**
 * The version of opencode there; none: there is none.
 */
opencode: string | null, };

/**
 * The hosts that `ssh` knows by name.
 */
export type SshHostsView = { 
/**
 * Hosts of `~/.ssh/config`.
 */
hosts: Array<string>, };

/**
 * How another machine is reached.
 */
export type SshPlaceView = { 
/**
 * As `ssh` takes it: a host of `~/.ssh/config`, or `user@host`.
 */
host: string, 
/**
 * Whether the server there goes on when the app quits and stops what runs.
 */
stays: boolean, };

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
name: string | null, 
/**
 * How it is run; none: as the instance of this directory was run before.
 */
profile?: ProfileView | null, 
/**
 * Whether one more instance is wanted where there is one already.
 */
another?: boolean | null, 
/**
 * Whether the image of its container is got again; only what does not run can be started so.
 */
image_again?: boolean | null, };

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
reason: string, } | { "state": "locked" } | { "state": "unreachable", 
/**
 * Why, and how to start it so that it is reachable.
 */
reason: string, 
/**
 * The certificate that it shows and that is not trusted, if that is why.
 */
certificate: CertificateView | null, } | { "state": "crashed", 
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
 * Ends the process of an instance that somebody else started. Sent only after a question that named all of this.
 */
export type StopExternal = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * Its process, as the question named it; another one by now is not ended.
 */
pid: number, };

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
 * Trusts another certificate at the address of an instance.
 */
export type TrustCertificate = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * What is trusted there from now on.
 */
trust: CertificateTrust, };

/**
 * Gives the password of a locked instance.
 */
export type UnlockInstance = { 
/**
 * Which instance.
 */
instance: string, 
/**
 * The user's name; none: `opencode`.
 */
user: string | null, 
/**
 * The password.
 */
password: string, 
/**
 * Where it is kept.
 */
keep: KeepPassword, 
/**
 * As for `add_address`.
 */
overhearing_accepted: boolean, };

/**
 * Updates opencode.
 */
export type UpdateOpencode = { 
/**
 * To which version; none: the newest.
 */
version: string | null, };

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
tour_offered?: boolean | null, 
/**
 * After how many idle minutes instances are put to sleep; 0: never.
 */
sleep_after_minutes?: number | null, 
/**
 * Whether instances that others started are looked for.
 */
discover?: boolean | null, 
/**
 * Whether what ran last is started again with the app.
 */
restore_fleet?: boolean | null, };

/**
 * An update of opencode.
 */
export type UpdateView = { "update": "none" } | { "update": "installing", 
/**
 * Which version.
 */
version: string, 
/**
 * The installer's last line.
 */
line: string, } | { "update": "checking", 
/**
 * Which version.
 */
version: string, } | { "update": "rolling_out", 
/**
 * Which version.
 */
version: string, 
/**
 * How many run it.
 */
done: number, 
/**
 * How many there are.
 */
total: number, 
/**
 * The one that is being restarted or waited for.
 */
instance: string | null, 
/**
 * Whether that one is busy and waited for.
 */
is_waiting: boolean, } | { "update": "done", 
/**
 * Which version.
 */
version: string, } | { "update": "rolled_back", 
/**
 * Which version.
 */
version: string, 
/**
 * What failed, and what to do.
 */
reason: string, };

/**
 * A variable.
 */
export type VariableView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value. None: kept, and never shown, because its name says that it is a secret; sent back as none it stays as it is.
 */
value: string | null, };

/**
 * Versions of opencode.
 */
export type VersionsView = { 
/**
 * The newest one that there is, once looked up.
 */
latest: string | null, 
/**
 * When that was looked up, in ms since the epoch.
 */
looked_at_ms: number | null, 
/**
 * Why it could not be looked up.
 */
look_error: string | null, 
/**
 * An update on its way, or how the last one ended.
 */
update: UpdateView, };

/**
 * Says what this window shows in full; the rest comes as summaries.
 */
export type Watch = { 
/**
 * The sessions whose transcripts are on screen.
 */
sessions: Array<WatchedSession>, 
/**
 * Instances that are on screen; they are not put to sleep, nor are those of the sessions.
 */
instances?: Array<string> | null, };

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

/**
 * How a server is reached.
 */
export type WayView = { 
/**
 * Its URL, without credentials; none while it has no port.
 */
url: string | null, 
/**
 * Whether whoever carries what is sent to it can read it.
 */
is_overheard: boolean, 
/**
 * Which certificate is good enough there; none where the way is not encrypted.
 */
trust: CertificateTrust | null, };
