/** What a journey with containers needs: an engine with the image of the pinned opencode, and a scripted model that containers reach. */
import { request } from "node:http";
import type { ScriptedModel } from "./demo";
import { startProgram } from "./program";

export interface ContainerWorld extends ScriptedModel {
  /** The engine's address, as `DOCKER_HOST` has it. */
  engine: string;
  /** The image of ours. */
  image: string;
  /** What the engine answers to a question. */
  ask<T>(path: string, method?: string): Promise<T>;
  /** Containers that a state folder below this home folder knows. */
  containersOf(home: string): Promise<EngineContainer[]>;
  /** Ends the model, and removes what a home folder's containers left. */
  close(home?: string): Promise<void>;
}

/** As the engine lists it. */
export interface EngineContainer {
  Id: string;
  ImageID: string;
  State: string;
  Labels: Record<string, string>;
  Mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
}

type Told = Pick<ContainerWorld, "engine" | "image" | "config" | "environment"> & { socket: string };

/** None where there is no engine: the program has said so, or failed where skips are forbidden. */
export async function containerWorld(): Promise<ContainerWorld | null> {
  const program = await startProgram<Told>("container_world");
  if (program === null) return null;
  const { told } = program;
  const ask = <T>(path: string, method = "GET") => askEngine<T>(told.socket, method, path);
  const containersOf = async (home: string) => {
    const all = await ask<EngineContainer[]>("/containers/json?all=1");
    return all.filter((one) => (one.Labels["org.opencode-portal.state"] ?? "").startsWith(`${home}/`));
  };
  return {
    ...told,
    ask,
    containersOf,
    async close(home) {
      for (const one of home === undefined ? [] : await containersOf(home)) {
        await ask(`/containers/${one.Id}?force=1&v=1`, "DELETE");
        for (const { Type, Name } of one.Mounts) if (Type === "volume" && Name) await ask(`/volumes/${Name}`, "DELETE");
      }
      await program.end();
    },
  };
}

function askEngine<T>(socketPath: string, method: string, path: string): Promise<T> {
  return new Promise((done, failed) => {
    const asked = request({ socketPath, method, path }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => {
        const status = answer.statusCode ?? 0;
        if (status >= 400 && status !== 404) failed(new Error(`${method} ${path}: ${status}: ${text}`));
        else done((text ? JSON.parse(text) : null) as T);
      });
    });
    asked.on("error", failed);
    asked.end();
  });
}
