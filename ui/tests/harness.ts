/**
 * A world of its own for each journey: a home folder, `portal serve` with the pinned opencode, a browser tab.
 * Ends only the processes that it started, and fails when one of theirs remains.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const PORTAL = process.env.PORTAL_BINARY ?? join(ROOT, "target/debug/portal");
/** Where cargo puts the programs of `testkit`. */
export const EXAMPLES = join(dirname(PORTAL), "examples");
const CHROMIUM = process.env.PORTAL_CHROMIUM ?? "/usr/bin/chromium";
const OPENCODE_FOLDERS = ["opencode-linux-x64-baseline", "opencode-linux-x64", "opencode-linux-arm64"].map((name) =>
  join(ROOT, "ui/node_modules", name, "bin"),
);
// A loaded machine takes long to start a server; a healthy one takes two seconds.
const READY_MS = 60_000;
const END_MS = 30_000;

let browser: Promise<Browser> | undefined;

/** One browser for all journeys of a file. */
function theBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return browser;
}

async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** The folder of the pinned opencode. */
export function opencodeFolder(): string {
  const set = process.env.PORTAL_TEST_OPENCODE;
  if (set) return dirname(set);
  const found = OPENCODE_FOLDERS.find((folder) => existsSync(join(folder, "opencode")));
  if (!found) throw new Error("There is no pinned opencode in ui/node_modules: run `npm ci` in ui/");
  return found;
}

export interface WorldOptions {
  /** `pinned` puts the real opencode on the PATH; `none` leaves it away; a text is the folder to put there. */
  opencode?: string;
  /** The tour is offered on the first run; most journeys say that it was. */
  isTourOffered?: boolean;
  /** Whether it looks for servers of others: it then sees the whole machine, other journeys included. */
  discovers?: boolean;
  /** The address of its container engine, as `DOCKER_HOST` has it. */
  engine?: string;
  /** Its `~/.ssh/config`. */
  sshConfig?: string;
}

export interface World {
  /** The person's home folder. */
  home: string;
  /** Address with the token. */
  address: string;
  /** Makes a project in the home folder, under git with one commit unless told otherwise. */
  project(name: string, files?: Record<string, string>): string;
  /** Opens a tab, logged in; it fails the journey when the page throws. */
  page(options?: BrowserContextOptions, hash?: string): Promise<Page>;
  /** What `portal serve` wrote so far. */
  output(): string;
  /** Ends everything; throws when the page threw or a process remains. */
  close(): Promise<void>;
}

/**
 * Opens the worlds of a file's journeys: called once, at its top. Each ends after the journey that opened it, behind what
 * the file itself does in `afterEach`; the browser ends after the last.
 */
export function journeyWorlds(): (options?: WorldOptions) => Promise<World> {
  const opened: World[] = [];
  afterEach(async () => {
    for (const world of opened.splice(0)) await world.close();
  });
  afterAll(closeBrowser);
  return async (options) => {
    const world = await openWorld(options);
    opened.push(world);
    return world;
  };
}

async function openWorld(options: WorldOptions = {}): Promise<World> {
  if (!existsSync(PORTAL)) throw new Error(`${PORTAL} does not exist: run \`cargo build -p cli\``);
  const home = mkdtempSync(join(tmpdir(), "portal-journey-"));
  if (options.sshConfig !== undefined) {
    mkdirSync(join(home, ".ssh"), { mode: 0o700 });
    writeFileSync(join(home, ".ssh/config"), options.sshConfig, { mode: 0o600 });
  }
  const opencode = options.opencode ?? "pinned";
  const folders = opencode === "none" ? [] : [opencode === "pinned" ? opencodeFolder() : opencode];
  const portal = spawn(PORTAL, ["serve", "--port", "0", "--stop-instances"], {
    cwd: home,
    env: {
      HOME: home,
      PATH: [...folders, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
      SHELL: "/bin/sh",
      LANG: "C.UTF-8",
      ...(options.discovers ? {} : { PORTAL_DISCOVERY: "off" }),
      ...(options.engine ? { DOCKER_HOST: options.engine } : {}),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  portal.stdout.on("data", (chunk) => (output += chunk));
  portal.stderr.on("data", (chunk) => (output += chunk));
  const pages: Page[] = [];
  const thrown: string[] = [];

  const address = await eventually("portal serve tells its address", () => {
    if (portal.exitCode !== null) throw new Error(`portal serve ended:\n${output}`);
    return /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(output)?.[0];
  });

  const world: World = {
    home,
    address,
    project(name, files = { "README.md": `# ${name}\n` }) {
      const folder = join(home, name);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
          cwd: folder,
          stdio: "ignore",
        });
      git("init", "-q");
      git("add", "-A");
      git("commit", "-q", "-m", "Begin");
      return folder;
    },
    async page(contextOptions = {}, hash = "#/") {
      const context = await (await theBrowser()).newContext({
        viewport: { width: 1280, height: 800 },
        reducedMotion: "reduce",
        ...contextOptions,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(READY_MS);
      page.on("pageerror", (error) => thrown.push(error.stack ?? error.message));
      pages.push(page);
      await page.goto(address);
      await page.getByText("Connected", { exact: true }).waitFor();
      if (!(options.isTourOffered === false)) {
        const later = page.getByRole("button", { name: "Not now" });
        if (await later.isVisible()) {
          await later.click();
          await later.waitFor({ state: "detached" });
        }
      }
      if (hash !== "#/") await page.evaluate((to) => (location.hash = to), hash);
      return page;
    },
    output: () => output,
    async close() {
      for (const page of pages) await page.context().close();
      await end(portal);
      const left = await remaining(home);
      for (const { pid } of left) kill(pid);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      if (thrown.length > 0) throw new Error(`The page threw:\n${thrown.join("\n")}`);
      if (left.length > 0) throw new Error(`Processes remain:\n${left.map((one) => one.command).join("\n")}`);
    },
  };
  return world;
}

/** Waits for a condition: anything but undefined, null and false. */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  deadline_ms = READY_MS,
): Promise<T> {
  const end = Date.now() + deadline_ms;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`Not within ${deadline_ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function end(portal: ChildProcess): Promise<void> {
  if (portal.exitCode !== null || portal.signalCode !== null) return;
  const ended = new Promise((done) => portal.once("exit", done));
  portal.kill("SIGINT");
  const timer = setTimeout(() => portal.kill("SIGKILL"), END_MS);
  await ended;
  clearTimeout(timer);
}

interface Left {
  pid: number;
  command: string;
}

/** Processes whose home is this world's: ours, whoever started them. Waits for them to end. */
async function remaining(home: string): Promise<Left[]> {
  try {
    await eventually("no process of this world is left", () => processesOf(home).length === 0, 10_000);
    return [];
  } catch {
    return processesOf(home);
  }
}

function processesOf(home: string): Left[] {
  const found: Left[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      if (!environment.includes(`HOME=${home}`)) continue;
      // A zombie has an executable no more.
      readlinkSync(`/proc/${pid}/exe`);
      found.push({ pid, command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") });
    } catch {
      // It ended meanwhile, or it is another user's.
    }
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
