// Written by `cargo run -p bridge --example wire` from crates/bridge/src. Do not edit.

import type {
  AddAddress,
  AddedAddressView,
  AddressView,
  AnswerPermission,
  AnswerPrompt,
  AnswerQuestion,
  ChangeAddress,
  CheckAddress,
  CheckDirectory,
  ContinueSessions,
  DirectoryView,
  EndChild,
  EnginesView,
  FleetScope,
  FleetView,
  Forward,
  HistoryView,
  InstanceLog,
  InstanceRef,
  ListSshDirectory,
  LogMatches,
  LogPageView,
  LogText,
  Nothing,
  OpenTarget,
  PickedDirectory,
  Quit,
  ReadLog,
  RejectQuestion,
  RemoveInstance,
  RenameInstance,
  ResourcesView,
  SavedFile,
  SearchLog,
  SetProfile,
  SettingsView,
  SshDirectoryView,
  SshHostsView,
  StartInstance,
  StopExternal,
  TrustCertificate,
  UnlockInstance,
  UpdateOpencode,
  UpdateSettings,
  Watch,
} from "./messages";

/** Every operation: what it may do, what it takes and what it gives. */
export interface Operations {
  /** Everything that a window shows at first. */
  fleet: { kind: "query"; request: Nothing; reply: FleetView };
  /** The end of an instance's output. */
  instance_log: { kind: "query"; request: InstanceLog; reply: LogText };
  /** Whether an instance could be started in a directory; fails with the reason if not. */
  check_directory: { kind: "query"; request: CheckDirectory; reply: DirectoryView };
  /** What answers at an address, asked without a password. */
  check_address: { kind: "query"; request: CheckAddress; reply: AddressView };
  /** The address of an instance that was added by it. */
  added_address: { kind: "query"; request: InstanceRef; reply: AddedAddressView };
  /** The container engines of this machine, and what each offers. */
  docker_engines: { kind: "query"; request: Nothing; reply: EnginesView };
  /** The hosts that `ssh` knows by name. */
  ssh_hosts: { kind: "query"; request: Nothing; reply: SshHostsView };
  /** The directories below one of another machine. */
  list_ssh_directory: { kind: "query"; request: ListSshDirectory; reply: SshDirectoryView };
  /** What happened to an instance, newest first. */
  instance_history: { kind: "query"; request: InstanceRef; reply: HistoryView };
  /** What the process tree of an instance uses and has used. */
  instance_resources: { kind: "query"; request: InstanceRef; reply: ResourcesView };
  /** A page of an instance's output. */
  read_log: { kind: "query"; request: ReadLog; reply: LogPageView };
  /** Where a text is in an instance's output. */
  search_log: { kind: "query"; request: SearchLog; reply: LogMatches };
  /** Writes an instance's whole output into a file in the person's download folder. */
  save_log: { kind: "mutation"; request: InstanceRef; reply: SavedFile };
  /** Starts an instance, or gives the one that runs there already. */
  start_instance: { kind: "mutation"; request: StartInstance; reply: InstanceRef };
  /** Stops an instance and every process that it started. */
  stop_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Stops an instance and starts it again. */
  restart_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Starts an instance in a container that does not run, with its image got again: pulled, or built anew if it is ours. */
  get_image_again: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Takes an instance that does not run off the list. */
  remove_instance: { kind: "mutation"; request: RemoveInstance; reply: Nothing };
  /** Gives an instance another name. */
  rename_instance: { kind: "mutation"; request: RenameInstance; reply: Nothing };
  /** Changes how an instance is run and shown. */
  set_profile: { kind: "mutation"; request: SetProfile; reply: Nothing };
  /** Stops an idle instance and shows it asleep; its sessions can still be read. */
  sleep_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Wakes an instance that is asleep; returns when it answers. */
  wake_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Starts every instance of ours that does not run, a few at a time. */
  start_all: { kind: "mutation"; request: FleetScope; reply: Nothing };
  /** Stops every instance of ours that runs. */
  stop_all: { kind: "mutation"; request: FleetScope; reply: Nothing };
  /** Starts every instance of ours that has crashed, a few at a time. */
  restart_failed: { kind: "mutation"; request: FleetScope; reply: Nothing };
  /** Continues sessions that ran when their server ended. */
  continue_sessions: { kind: "mutation"; request: ContinueSessions; reply: Nothing };
  /** Forgets which sessions ran when the server ended. */
  dismiss_interrupted: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Ends the process of an instance that somebody else started. */
  stop_external: { kind: "mutation"; request: StopExternal; reply: Nothing };
  /** Gives the password of a locked instance. */
  unlock_instance: { kind: "mutation"; request: UnlockInstance; reply: Nothing };
  /** Adds the address of a server. */
  add_address: { kind: "mutation"; request: AddAddress; reply: InstanceRef };
  /** Changes the address of an instance that was added by it, or how its server lets us in. */
  change_address: { kind: "mutation"; request: ChangeAddress; reply: InstanceRef };
  /** Trusts another certificate at the address of an instance. */
  trust_certificate: { kind: "mutation"; request: TrustCertificate; reply: Nothing };
  /** Ends one process below an instance's server. */
  end_child: { kind: "mutation"; request: EndChild; reply: Nothing };
  /** Looks up the newest version of opencode; the result is pushed. */
  look_for_versions: { kind: "mutation"; request: Nothing; reply: Nothing };
  /** Installs a version of opencode, checks it, and restarts idle instances with it, one at a time; progress is pushed. */
  update_opencode: { kind: "mutation"; request: UpdateOpencode; reply: Nothing };
  /** Answers a permission request. */
  answer_permission: { kind: "mutation"; request: AnswerPermission; reply: Nothing };
  /** Answers a question. */
  answer_question: { kind: "mutation"; request: AnswerQuestion; reply: Nothing };
  /** Dismisses a question. */
  reject_question: { kind: "mutation"; request: RejectQuestion; reply: Nothing };
  /** Answers what `ssh` asks while it connects. */
  answer_prompt: { kind: "mutation"; request: AnswerPrompt; reply: Nothing };
  /** Connects to the machine of an instance at once, and asks what that takes. */
  connect_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Changes the settings that are given. */
  update_settings: { kind: "mutation"; request: UpdateSettings; reply: SettingsView };
  /** Installs opencode into our own data folder; progress is pushed. */
  install_opencode: { kind: "mutation"; request: Nothing; reply: Nothing };
  /** Looks for opencode again; the result is pushed. */
  look_for_opencode: { kind: "mutation"; request: Nothing; reply: Nothing };
  /** Starts the tour's instance, with the built-in scripted model, or gives the one that runs. */
  start_tour: { kind: "mutation"; request: Nothing; reply: InstanceRef };
  /** Opens something in the person's own programs. */
  open: { kind: "mutation"; request: OpenTarget; reply: Nothing };
  /** Opens the person's terminal with a shell in an instance's container, or on the machine that it runs on. */
  open_shell: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Lets the person choose a directory in a native dialog. */
  pick_directory: { kind: "mutation"; request: Nothing; reply: PickedDirectory };
  /** Quits the app. */
  quit: { kind: "mutation"; request: Quit; reply: Nothing };
  /** Says what this window shows in full, in place of what it said before. */
  watch: { kind: "trigger"; request: Watch; reply: Nothing };
  /** Asks for a snapshot in this window's pushes. */
  resync: { kind: "trigger"; request: Nothing; reply: Nothing };
  /** Any operation of an instance's own server. */
  forward: { kind: "forward"; request: Forward; reply: Uint8Array };
}

/** The name of an operation. */
export type OperationName = keyof Operations;

/** What a call may do: mutations, and forwards that are not `GET`, carry a request id. */
export const OPERATIONS = {
  fleet: "query",
  instance_log: "query",
  check_directory: "query",
  check_address: "query",
  added_address: "query",
  docker_engines: "query",
  ssh_hosts: "query",
  list_ssh_directory: "query",
  instance_history: "query",
  instance_resources: "query",
  read_log: "query",
  search_log: "query",
  save_log: "mutation",
  start_instance: "mutation",
  stop_instance: "mutation",
  restart_instance: "mutation",
  get_image_again: "mutation",
  remove_instance: "mutation",
  rename_instance: "mutation",
  set_profile: "mutation",
  sleep_instance: "mutation",
  wake_instance: "mutation",
  start_all: "mutation",
  stop_all: "mutation",
  restart_failed: "mutation",
  continue_sessions: "mutation",
  dismiss_interrupted: "mutation",
  stop_external: "mutation",
  unlock_instance: "mutation",
  add_address: "mutation",
  change_address: "mutation",
  trust_certificate: "mutation",
  end_child: "mutation",
  look_for_versions: "mutation",
  update_opencode: "mutation",
  answer_permission: "mutation",
  answer_question: "mutation",
  reject_question: "mutation",
  answer_prompt: "mutation",
  connect_instance: "mutation",
  update_settings: "mutation",
  install_opencode: "mutation",
  look_for_opencode: "mutation",
  start_tour: "mutation",
  open: "mutation",
  open_shell: "mutation",
  pick_directory: "mutation",
  quit: "mutation",
  watch: "trigger",
  resync: "trigger",
  forward: "forward",
} as const satisfies { [N in OperationName]: Operations[N]["kind"] };
