/** What a person can make the fleet do. Each carries out one operation; `attempt` shows a failure as a notice. */
import { backend } from "../backend";
import { opencode } from "../backend/opencode";
import type { DirectoryView, LogText, OnQuit, OpenTargetKind, UpdateSettings } from "../wire/messages";

export async function startInstance(directory: string, name: string | null = null): Promise<string> {
  return (await backend().call("start_instance", { directory, name })).instance;
}

export async function stopInstance(instance: string): Promise<void> {
  await backend().call("stop_instance", { instance });
}

/** Starts it with its image got again: pulled, or built anew if it is ours. */
export async function getImageAgain(instance: string): Promise<void> {
  await backend().call("get_image_again", { instance });
}

export async function restartInstance(instance: string): Promise<void> {
  await backend().call("restart_instance", { instance });
}

/** Stops it, and shows it asleep; its sessions can still be read. */
export async function sleepInstance(instance: string): Promise<void> {
  await backend().call("sleep_instance", { instance });
}

/** Resolves when it answers. */
export async function wakeInstance(instance: string): Promise<void> {
  await backend().call("wake_instance", { instance });
}

/** Takes it off the list; of a container of ours its volume, too, if that is said. */
export async function removeInstance(instance: string, data: "keep" | "remove" = "keep"): Promise<void> {
  await backend().call("remove_instance", { instance, ...(data === "remove" ? { with_data: true } : {}) });
}

/** The person's terminal, with a shell in its container or on its machine. */
export async function openShell(instance: string): Promise<void> {
  await backend().call("open_shell", { instance });
}

/** The machine that it runs on, at once; what that takes is asked. */
export async function connectInstance(instance: string): Promise<void> {
  await backend().call("connect_instance", { instance });
}

/** What `ssh` asks; null: it is declined. */
export async function answerPrompt(prompt: string, answer: string | null): Promise<void> {
  await backend().call("answer_prompt", { prompt, answer });
}

export async function renameInstance(instance: string, name: string): Promise<void> {
  await backend().call("rename_instance", { instance, name });
}

export function checkDirectory(directory: string): Promise<DirectoryView> {
  return backend().call("check_directory", { directory });
}

export function instanceLog(instance: string, lines: number): Promise<LogText> {
  return backend().call("instance_log", { instance, lines });
}

/** The directory chosen; null when the dialog was dismissed. */
export async function pickDirectory(): Promise<string | null> {
  return (await backend().call("pick_directory", {})).directory;
}

export async function openWith(program: OpenTargetKind, target: string): Promise<void> {
  await backend().call("open", { with: program, target });
}

export async function updateSettings(patch: UpdateSettings): Promise<void> {
  await backend().call("update_settings", patch);
}

export async function installOpencode(): Promise<void> {
  await backend().call("install_opencode", {});
}

export async function lookForOpencode(): Promise<void> {
  await backend().call("look_for_opencode", {});
}

export async function startTour(): Promise<string> {
  return (await backend().call("start_tour", {})).instance;
}

export async function quit(instances: OnQuit, remember: boolean): Promise<void> {
  await backend().call("quit", { instances, remember });
}

/** The id of the new session. */
export async function createSession(instance: string): Promise<string> {
  const { data } = await opencode(instance).session.create({}, { throwOnError: true });
  return data.id;
}

export async function renameSession(
  instance: string,
  directory: string,
  session: string,
  title: string,
): Promise<void> {
  await opencode(instance, directory).session.update({ sessionID: session, title }, { throwOnError: true });
}

export async function deleteSession(instance: string, directory: string, session: string): Promise<void> {
  await opencode(instance, directory).session.delete({ sessionID: session }, { throwOnError: true });
}
