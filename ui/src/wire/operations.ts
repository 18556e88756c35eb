// Written by `cargo run -p bridge --example wire` from crates/bridge/src. Do not edit.

import type {
  AnswerPermission,
  AnswerQuestion,
  CheckDirectory,
  DirectoryView,
  FleetView,
  Forward,
  InstanceLog,
  InstanceRef,
  LogText,
  Nothing,
  OpenTarget,
  PickedDirectory,
  Quit,
  RejectQuestion,
  RenameInstance,
  SettingsView,
  StartInstance,
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
  /** Starts an instance, or gives the one that runs there already. */
  start_instance: { kind: "mutation"; request: StartInstance; reply: InstanceRef };
  /** Stops an instance and every process that it started. */
  stop_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Stops an instance and starts it again. */
  restart_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Takes an instance that does not run off the list. */
  remove_instance: { kind: "mutation"; request: InstanceRef; reply: Nothing };
  /** Gives an instance another name. */
  rename_instance: { kind: "mutation"; request: RenameInstance; reply: Nothing };
  /** Answers a permission request. */
  answer_permission: { kind: "mutation"; request: AnswerPermission; reply: Nothing };
  /** Answers a question. */
  answer_question: { kind: "mutation"; request: AnswerQuestion; reply: Nothing };
  /** Dismisses a question. */
  reject_question: { kind: "mutation"; request: RejectQuestion; reply: Nothing };
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
  start_instance: "mutation",
  stop_instance: "mutation",
  restart_instance: "mutation",
  remove_instance: "mutation",
  rename_instance: "mutation",
  answer_permission: "mutation",
  answer_question: "mutation",
  reject_question: "mutation",
  update_settings: "mutation",
  install_opencode: "mutation",
  look_for_opencode: "mutation",
  start_tour: "mutation",
  open: "mutation",
  pick_directory: "mutation",
  quit: "mutation",
  watch: "trigger",
  resync: "trigger",
  forward: "forward",
} as const satisfies { [N in OperationName]: Operations[N]["kind"] };
