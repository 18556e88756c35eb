/** Servers of others, groups and profiles, as a person meets them. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { eventually, journeyWorlds, opencodeFolder } from "./harness";

const open = journeyWorlds();
const foreign: ChildProcess[] = [];

// They live in the world's home, and end before it does.
afterEach(async () => {
  for (const server of foreign.splice(0)) await ended(server);
});

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((done) => server.once("exit", done));
  server.kill("SIGTERM");
  await exit;
}

interface Foreign {
  process: ChildProcess;
  pid: number;
  address: string;
}

/** Starts opencode as any other program would. */
async function startForeign(home: string, directory: string, password: string): Promise<Foreign> {
  const server = spawn(join(opencodeFolder(), "opencode"), ["serve", "--port", "0", "--hostname", "127.0.0.1"], {
    cwd: directory,
    env: {
      HOME: home,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      OPENCODE_SERVER_PASSWORD: password,
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  foreign.push(server);
  let output = "";
  server.stdout.on("data", (chunk) => (output += chunk));
  server.stderr.on("data", (chunk) => (output += chunk));
  const address = await eventually("the foreign server listens", () => {
    if (server.exitCode !== null) throw new Error(`opencode ended:\n${output}`);
    return /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  });
  if (server.pid === undefined) throw new Error("A started process has a pid");
  return { process: server, pid: server.pid, address };
}

async function makeSession({ address }: Foreign, password: string, title: string): Promise<void> {
  const answer = await fetch(`${address}/session`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`opencode:${password}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ title }),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
}

/** A port that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port");
  return address.port;
}

const row = (page: Page, name: string) => page.getByRole("treeitem", { name, exact: true });

async function choose(page: Page, name: string, item: string): Promise<void> {
  await row(page, name).click({ button: "right" });
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

async function start(page: Page, directory: string): Promise<void> {
  await page.keyboard.press("Control+n");
  await page.getByLabel("Directory", { exact: true }).fill(directory);
  await page.getByText(`Ready to start in ${directory}`).waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await row(page, `${basename(directory)}, Idle`).waitFor();
  await page.getByRole("heading", { name: basename(directory), exact: true }).waitFor();
}

test("a foreign server with a password is found, unlocked, worked in, and stopped after the question", async () => {
  const { home, project, page: openPage } = await open({ discovers: true });
  // Other programs of this machine are found, too: the name tells ours.
  const name = `foreign-${process.pid}-${Date.now().toString(36)}`;
  const directory = project(name);
  const server = await startForeign(home, directory, "s3cret words");
  await makeSession(server, "s3cret words", "Count the stock");
  const page = await openPage();

  await row(page, `${name}, Locked`).click();
  const main = page.getByRole("main");
  const password = main.getByLabel("Password", { exact: true });
  await password.fill("a guess");
  await main.getByRole("button", { name: "Unlock", exact: true }).click();
  await eventually("the wrong password is said", async () => (await password.getAttribute("aria-invalid")) === "true");
  expect(await password.inputValue(), "what was typed stays").toBe("a guess");

  await password.fill("s3cret words");
  await main.getByRole("button", { name: "Unlock", exact: true }).click();
  // The world has no keyring: a file needs consent.
  await main.getByText("There is no keyring on this machine").waitFor();
  await main.getByRole("button", { name: "Keep it in a file" }).click();
  await row(page, `${name}, Idle`).waitFor();
  await main.getByRole("button", { name: "Open Count the stock" }).click();
  await page.waitForURL(/#\/session\//);
  await page.getByRole("heading", { name: "Count the stock" }).first().waitFor();

  await choose(page, `${name}, Idle`, "Stop…");
  const question = page.getByRole("alertdialog");
  await question.getByText(String(server.pid), { exact: true }).waitFor();
  await question.getByText(/opencode serve/).waitFor();
  await question.getByText(directory, { exact: true }).waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
  expect(server.process.exitCode ?? server.process.signalCode, "a question ends nothing").toBeNull();

  await choose(page, `${name}, Idle`, "Stop…");
  await question.getByRole("button", { name: `Stop process ${server.pid}` }).click();
  await eventually(
    "the server has ended",
    () => server.process.exitCode !== null || server.process.signalCode !== null,
  );
  await row(page, `${name}, Idle`).waitFor({ state: "detached" });
  await eventually("it is no longer listed", async () => (await page.getByRole("treeitem", { name }).count()) === 0);
});

test("an address is added, renamed and forgotten; its server stays", async () => {
  const { home, project, page: openPage } = await open();
  const server = await startForeign(home, project("shop"), "s3cret");
  const page = await openPage();
  await page.getByRole("button", { name: "More actions for the fleet" }).click();
  await page.getByRole("menuitem", { name: "Add the address of a server…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address", { exact: true }).fill("no address");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await eventually(
    "what is wrong is said at the field",
    async () => (await dialog.getByLabel("Address", { exact: true }).getAttribute("aria-invalid")) === "true",
  );
  await dialog.getByLabel("Address", { exact: true }).fill(server.address);
  await dialog.getByLabel("Name", { exact: true }).fill("Box");
  await dialog.getByLabel("Password", { exact: true }).fill("s3cret");
  await dialog.getByRole("checkbox").uncheck();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await row(page, "Box, Idle").waitFor();
  await page.getByRole("heading", { name: "Box" }).waitFor();

  await choose(page, "Box, Idle", "Rename…");
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Crate");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await row(page, "Crate, Idle").waitFor();
  await choose(page, "Crate, Idle", "Forget the address…");
  await page.getByRole("alertdialog").getByRole("button", { name: "Forget" }).click();
  await page.getByRole("treeitem", { name: "Crate" }).waitFor({ state: "detached" });
  expect(server.process.exitCode ?? server.process.signalCode, "the server is not ours to end").toBeNull();
});

test("instances are put into a group, pinned, stopped and started together", async () => {
  const { project, page: openPage } = await open();
  const page = await openPage();
  for (const name of ["one", "two", "three"]) await start(page, project(name));
  for (const name of ["one", "two"]) {
    await choose(page, `${name}, Idle`, "Group…");
    const dialog = page.getByRole("dialog");
    if (name === "one") {
      await dialog.getByLabel("New group").fill("Clients");
      await dialog.getByRole("button", { name: "Create" }).click();
    } else await dialog.getByRole("button", { name: "Clients" }).click();
    await dialog.waitFor({ state: "detached" });
  }
  await choose(page, "three, Idle", "Pin");
  await eventually("the list is by groups", async () => {
    const names = await page.getByRole("treeitem").evaluateAll((all) => all.map((one) => one.ariaLabel));
    return names.join(" | ") === "Pinned | three, Idle | Clients | one, Idle | two, Idle";
  });

  await choose(page, "Clients", "Stop all…");
  const question = page.getByRole("alertdialog");
  await question.getByText("2 instances run").waitFor();
  await question.getByRole("button", { name: "Stop all" }).click();
  for (const name of ["one", "two"]) await row(page, `${name}, Stopped`).waitFor();
  await row(page, "three, Idle").waitFor();
  await choose(page, "Clients", "Start all");
  for (const name of ["one", "two"]) await row(page, `${name}, Idle`).waitFor();

  // By keys: fold the group, unfold it.
  await row(page, "Clients").focus();
  await page.keyboard.press("ArrowLeft");
  await row(page, "one, Idle").waitFor({ state: "detached" });
  await page.keyboard.press("ArrowRight");
  await row(page, "one, Idle").waitFor();
});

test("what is set under more options counts at the start, and a secret is not shown again", async () => {
  const { home, project, page: openPage } = await open();
  const directory = project("shop");
  const port = await freePort();
  const page = await openPage({}, `#/new-instance/${encodeURIComponent(directory)}`);
  const main = page.getByRole("main");
  await main.getByText("More options").click();
  await main.getByLabel("Name", { exact: true }).fill("The shop");
  await main.getByLabel("Group", { exact: true }).fill("Clients");
  await main.getByLabel("Port", { exact: true }).fill(String(port));
  await main.getByRole("button", { name: "Add a variable" }).click();
  await main.getByLabel("Name of variable 1").fill("SHOP_API_KEY");
  await main.getByLabel("Value of SHOP_API_KEY").fill("very s3cret");
  const config = main.getByLabel("Configuration overrides");
  await config.fill('{\n  "username": ada\n}');
  await main.getByText("Line 2, column 15").waitFor();
  const button = main.getByRole("button", { name: "Start", exact: true });
  expect(await button.isDisabled(), "what is wrong is not sent").toBe(true);
  await config.fill('{ "username": "ada" }');
  await button.click();
  await row(page, "The shop, Idle").waitFor();
  await row(page, "Clients").waitFor();

  const environment = await eventually("the server has the variable", () => environmentWith(home, "SHOP_API_KEY"));
  expect(environment).toContain("SHOP_API_KEY=very s3cret");
  await main.getByRole("tab", { name: "Summary" }).click();
  await main.getByText(`http://127.0.0.1:${port}`, { exact: true }).waitFor();

  await page.reload();
  await main.getByRole("tab", { name: "Profile" }).click();
  expect(await main.getByLabel("Value of SHOP_API_KEY").inputValue()).toBe("");
  expect(await main.getByLabel("Value of SHOP_API_KEY").getAttribute("placeholder")).toBe("Kept, not shown");
  expect(await main.getByLabel("Port", { exact: true }).inputValue()).toBe(String(port));
});

test("one more instance of a directory is started after a warning", async () => {
  const { project, page: openPage } = await open();
  const directory = project("shop");
  const page = await openPage();
  await start(page, directory);
  await choose(page, "shop, Idle", "Start one more here…");
  await page.getByText("This directory has an instance already").waitFor();
  await page.getByLabel("Start one more").check();
  await page.getByText("share opencode's database").waitFor();
  await page.getByRole("button", { name: "Start one more" }).click();
  await row(page, "shop 2, Idle").waitFor();
  await row(page, "shop, Idle").waitFor();
  expect(await page.getByRole("img", { name: "One of 2 instances of this directory" }).count()).toBe(2);
});

/** The environment of the process of this world that has the variable. */
function environmentWith(home: string, variable: string): string[] | undefined {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const all = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const has = all.includes(`HOME=${home}`) && all.some((one) => one.startsWith(`${variable}=`));
      if (has) return all;
    } catch {
      // It ended meanwhile, or it is another user's.
    }
  }
  return undefined;
}
