/** What a journey with containers needs: an engine with the image of the pinned opencode, and a scripted model that containers reach. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = resolve(import.meta.dirname, "../../target/debug/examples/container_world");
/** An image of some hundred megabytes is made the first time. */
const MADE_MS = 200_000;

export interface ContainerWorld {
  /** The engine's address, as `DOCKER_HOST` has it. */
  engine: string;
  /** The image of ours. */
  image: string;
  /** What opencode has to be told to use the scripted model. */
  config: unknown;
  /** What keeps it from looking for the internet. */
  environment: [string, string][];
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

/** None where there is no engine: the program has said so, or failed where skips are forbidden. */
export async function containerWorld(): Promise<ContainerWorld | null> {
  if (!existsSync(PROGRAM))
    throw new Error(`${PROGRAM} does not exist: run \`cargo build -p testkit --example container_world\``);
  const program = spawn(PROGRAM, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<number | null>((done) => program.once("exit", done));
  const first = new Promise<string | null>((done) => {
    const lines = createInterface({ input: program.stdout });
    lines.on("line", (line) => line.startsWith("{") && done(line));
    lines.on("close", () => done(null));
  });
  const timer = setTimeout(() => program.kill("SIGKILL"), MADE_MS);
  const line = await first;
  clearTimeout(timer);
  if (line === null) {
    if ((await ended) !== 0) throw new Error("The engine or its image cannot be used; see above");
    return null;
  }
  const told = JSON.parse(line) as Pick<ContainerWorld, "engine" | "image" | "config" | "environment"> & {
    socket: string;
  };
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
      program.stdin.end();
      await ended;
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
