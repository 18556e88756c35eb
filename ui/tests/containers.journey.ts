/** A container from the first click to its removal, on a real engine, with the real opencode inside. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { type ContainerWorld, containerWorld } from "./containers";
import { cards, noCard, said, say, useScriptedModel } from "./demo";
import { eventually, journeyWorlds } from "./harness";

const open = journeyWorlds();
let engine: ContainerWorld | null = null;
let home: string | undefined;

afterEach(async () => {
  await engine?.close(home);
  engine = null;
  home = undefined;
});

const row = (page: Page, state: string) => page.getByRole("treeitem", { name: `shop, ${state}, Container` });

test("a container is started, worked in, stopped, started again with its sessions, and removed with them", async (context) => {
  engine = await containerWorld();
  if (engine === null) return context.skip("There is no container engine");
  const world = await open({ engine: engine.engine });
  home = world.home;
  const containers = () => engine?.containersOf(world.home) ?? Promise.resolve([]);
  const directory = world.project("shop", { "greeting.txt": "Hello\n" });
  const page = await world.page({}, `#/new-instance/${encodeURIComponent(directory)}`);
  const main = page.getByRole("main");

  await main.locator("label", { hasText: "A sandbox" }).click();
  await main.getByText(/(Docker|Podman)[^·]*·/).waitFor();
  // Nothing was made of it yet.
  await main.getByText("The engine has it already").waitFor();
  await useScriptedModel(main, engine);
  await main.getByRole("button", { name: "Start", exact: true }).click();
  await row(page, "Idle").waitFor();

  const [container] = await containers();
  const image = await engine.ask<{ Id: string }>(`/images/${engine.image}/json`);
  expect(container?.ImageID).toBe(image.Id);
  const project = container?.Mounts.find((mount) => mount.Destination === directory);
  expect(project, "the project is inside, at the same path").toMatchObject({ Source: directory, RW: true });
  const volume = container?.Mounts.find((mount) => mount.Type === "volume")?.Name ?? "";
  await main.getByRole("tab", { name: "Summary" }).click();
  await main.getByText(engine.image, { exact: true }).waitFor();
  await main.getByText(volume, { exact: true }).waitFor();
  await main.getByText(container?.Id.slice(0, 12) ?? "", { exact: true }).waitFor();
  // A browser opens no terminal of the person's, and says what does.
  await main.getByText(/^portal shell /).waitFor();
  await main.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Rename…" }).waitFor();
  const shell = page.getByRole("menuitem", { name: "Open a shell" });
  expect(await shell.getAttribute("aria-disabled"), "what it cannot do is said").toBe("true");
  await shell.getByText("portal shell").waitFor();
  await page.keyboard.press("Escape");

  await main.getByRole("button", { name: "New session" }).first().click();
  await page.waitForURL(/#\/session\//);
  await say(page, "@edit greeting.txt Hello => Goodbye", "@bash uname -n > where.txt", "@text Finished");
  await cards(page, "Wants to change a file").getByRole("button", { name: "Allow once" }).click();
  await cards(page, "Wants to run a command").getByRole("button", { name: "Allow once" }).click();
  await said(page, "Finished").waitFor();
  expect(readFileSync(join(directory, "greeting.txt"), "utf8")).toBe("Goodbye\n");
  const where = readFileSync(join(directory, "where.txt"), "utf8").trim();
  expect(where, "the command ran inside").toBe(container?.Id.slice(0, 12));

  // What the turn changed is reviewed, as of a process.
  const dock = page.getByRole("region", { name: "Dock" });
  if (!(await dock.isVisible())) await page.keyboard.press("Control+Alt+b");
  // What the command wrote is counted, too, once the turn's last step is read.
  await dock.getByText(/^[12] files? changed$/).waitFor();
  const changes = dock.getByRole("region", { name: "Changes" });
  await changes.getByText("Hello", { exact: true }).waitFor();
  await changes.getByText("Goodbye", { exact: true }).waitFor();
  // A rejection with a message goes to the agent inside, which goes on.
  await row(page, "Idle").waitFor();
  await say(page, "@edit greeting.txt Goodbye => Welcome", "@text Understood");
  const card = cards(page, "Wants to change a file");
  await card.getByRole("region", { name: "Proposed change of greeting.txt" }).getByText("Welcome").waitFor();
  await card.focus();
  await page.keyboard.press("m");
  await page.getByLabel("What should it do instead?").fill("Leave the greeting as it is");
  await page.keyboard.press("Enter");
  await said(page, "Understood").waitFor();
  await noCard(page);
  expect(readFileSync(join(directory, "greeting.txt"), "utf8")).toBe("Goodbye\n");

  await row(page, "Idle").click();
  await main.getByRole("button", { name: "Stop", exact: true }).click();
  await row(page, "Stopped").waitFor();
  expect((await containers())[0]?.State).toBe("exited");
  await main.getByRole("button", { name: "Start", exact: true }).first().click();
  await row(page, "Idle").waitFor();
  await main.getByRole("tab", { name: "Sessions" }).click();
  await main.getByRole("button", { name: /^Open / }).waitFor();

  await main.getByRole("button", { name: "Stop", exact: true }).click();
  await row(page, "Stopped").waitFor();
  await main.getByRole("button", { name: "More actions" }).first().click();
  await page.getByRole("menuitem", { name: "Remove from the list…" }).click();
  const question = page.getByRole("alertdialog");
  expect(await question.getByLabel("Remove its sessions, too").isChecked()).toBe(false);
  await question.getByLabel("Remove its sessions, too").check();
  await question.getByText(`The volume ${volume} is deleted`).waitFor();
  await question.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("treeitem", { name: /^shop/ }).waitFor({ state: "detached" });
  await eventually("its container is gone", async () => (await containers()).length === 0);
  const left = await engine.ask<{ Name?: string } | null>(`/volumes/${volume}`);
  expect(left?.Name, "its volume is gone").toBeUndefined();
  expect(existsSync(directory), "the project is the person's").toBe(true);
});

test("what others do to a container is told, and a changed profile makes it anew", async (context) => {
  engine = await containerWorld();
  if (engine === null) return context.skip("There is no container engine");
  const { ask, containersOf } = engine;
  const world = await open({ engine: engine.engine });
  home = world.home;
  const theContainer = async () => (await containersOf(world.home))[0]?.Id ?? "";
  const directory = world.project("shop");
  const page = await world.page({}, `#/new-instance/${encodeURIComponent(directory)}`);
  const main = page.getByRole("main");
  await main.locator("label", { hasText: "A sandbox" }).click();
  await main.getByText(/(Docker|Podman)[^·]*·/).waitFor();
  await main.getByRole("button", { name: "Start", exact: true }).click();
  await row(page, "Idle").waitFor();
  const first = await theContainer();

  await main.getByRole("tab", { name: "Logs" }).click();
  await page.getByRole("log", { name: "Output of shop" }).getByText("level=INFO").first().waitFor();
  await main.getByRole("tab", { name: "Resources" }).click();
  await main.getByRole("img", { name: /^Memory of the container: \d+ MB now/ }).waitFor();
  await main.getByText("A container is measured as one").waitFor();

  await ask(`/containers/${first}/pause`, "POST");
  await row(page, "Degraded").waitFor();
  await main.getByText("Its container is paused").waitFor();
  await ask(`/containers/${first}/unpause`, "POST");
  await row(page, "Idle").waitFor();

  await ask(`/containers/${first}/stop`, "POST");
  await row(page, "Stopped").waitFor();
  await main.getByText("Somebody stopped its container with Docker").first().waitFor();
  await main.getByRole("button", { name: "Start", exact: true }).first().click();
  await row(page, "Idle").waitFor();
  expect(await theContainer(), "what has ended is started again").toBe(first);

  await main.getByRole("tab", { name: "Profile" }).click();
  await main.getByText("Limits, folders and user").click();
  await main.getByLabel("Memory (MiB)").fill("2048");
  await main.getByText("At the next start the container is made anew").waitFor();
  await main.getByRole("button", { name: "Save and restart" }).click();
  const second = await eventually("there is another container", async () => {
    const id = await theContainer();
    return id !== "" && id !== first ? id : null;
  });
  await row(page, "Idle").waitFor();
  const made = await ask<{ HostConfig: { Memory: number } }>(`/containers/${second}/json`);
  expect(made.HostConfig.Memory).toBe(2048 * 1024 * 1024);

  await main.getByRole("button", { name: "Stop", exact: true }).click();
  await row(page, "Stopped").waitFor();
  await main.getByRole("button", { name: "More actions" }).first().click();
  await page.getByRole("menuitem", { name: "Remove from the list…" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByLabel("Remove its sessions, too").check();
  await question.getByRole("button", { name: "Remove", exact: true }).click();
  // Until it is answered, nothing behind it is there for roles.
  await question.waitFor({ state: "detached" });
  await page.getByRole("treeitem", { name: /^shop/ }).waitFor({ state: "detached" });
  await eventually("its sessions are gone with it", async () => {
    const all = await ask<{ Volumes: { Labels: Record<string, string> | null }[] }>("/volumes");
    return !all.Volumes.some((one) => one.Labels?.["org.opencode-portal.state"]?.startsWith(`${world.home}/`));
  });
});
