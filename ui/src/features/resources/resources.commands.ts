/** What the resources tab asks of the core. */
import { backend } from "../../backend";
import type { ProcessView, ResourcesView } from "../../wire/messages";

export function readResources(instance: string): Promise<ResourcesView> {
  return backend().call("instance_resources", { instance });
}

/** Ends one process below the server: that one, not another that has its id by now. */
export async function endChild(instance: string, process: ProcessView): Promise<void> {
  await backend().call("end_child", { instance, pid: process.pid, started_at: process.started_at });
}
