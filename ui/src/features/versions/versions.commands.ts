/** What is done about opencode's version. Progress and results are pushed into the model. */
import { backend } from "../../backend";

export async function lookForVersions(): Promise<void> {
  await backend().call("look_for_versions", {});
}

/** To a version; none: the newest. */
export async function updateOpencode(version: string | null): Promise<void> {
  await backend().call("update_opencode", { version });
}
