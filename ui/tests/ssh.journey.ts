/** An instance on another machine: a real ssh server, the real opencode there, and a line that can be lost. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { cards, noCard, type ScriptedModel, said, say, useScriptedModel } from "./demo";
import { eventually, journeyWorlds } from "./harness";
import { type Program, startProgram } from "./program";

interface Elsewhere extends ScriptedModel {
  /** What `ssh` calls it. */
  host: string;
  sshConfig: string;
  home: string;
  project: string;
}

let there: Program<Elsewhere> | null = null;

// Registered first, it comes last: the other machine is there until ours has ended.
afterEach(async () => {
  await there?.end();
  there = null;
});

const open = journeyWorlds();

const row = (page: Page, state: string) =>
  page.getByRole("treeitem", { name: `shop, ${state}, On elsewhere, over SSH`, exact: true });

/** Servers of opencode that run with that home folder. */
function serversOf(home: string): number {
  return readdirSync("/proc").filter((pid) => {
    try {
      const isThere = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`HOME=${home}`);
      return isThere && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("serve");
    } catch {
      // It ended meanwhile, is another user's, or no process.
      return false;
    }
  }).length;
}

test("work on another machine: its directories, a session, a lost line and back, and nothing left behind", async () => {
  there = await startProgram<Elsewhere>("ssh_world");
  if (there === null) throw new Error("The program says what it is");
  const { host, sshConfig, home, project } = there.told;
  const world = await open({ sshConfig });
  const page = await world.page({}, "#/new-instance");
  const main = page.getByRole("main");

  await main.locator("label", { hasText: "Started over SSH" }).click();
  await main.getByRole("button", { name: host, exact: true }).click();
  await main.getByRole("button", { name: "Browse…" }).click();
  await main.getByText("opencode 1.18.33 is there").waitFor();
  await main.getByRole("button", { name: "Open projects" }).click();
  await main.getByRole("button", { name: "Open shop" }).click();
  const directory = main.getByLabel("Directory on that machine");
  await eventually("the directory is chosen", async () => (await directory.inputValue()) === project);
  await useScriptedModel(main, there.told);
  expect(await main.getByLabel("It goes on when the app quits").isChecked(), "nothing is left behind").toBe(false);
  await main.getByRole("button", { name: "Start", exact: true }).click();
  await row(page, "Idle").waitFor();
  expect(serversOf(home)).toBe(1);

  await main.getByRole("button", { name: "New session" }).first().click();
  await page.waitForURL(/#\/session\//);
  await say(page, "@edit greeting.txt Hello => Goodbye", "@bash pwd > where.txt", "@text Finished");
  await cards(page, "Wants to change a file").getByRole("button", { name: "Allow once" }).click();
  const command = cards(page, "Wants to run a command");
  await command.waitFor();
  expect(readFileSync(join(project, "greeting.txt"), "utf8"), "it works there").toBe("Goodbye\n");

  there.say("cut");
  await row(page, "Unknown").waitFor();
  await noCard(page);
  await row(page, "Unknown").click();
  await main.getByText(`There is no connection to ${host}`).waitFor();
  await main.getByText("It is asked again and again").waitFor();
  expect(serversOf(home), "what runs there goes on").toBe(1);
  there.say("mend");
  await row(page, "Waiting for you").waitFor();
  await main.getByText(`There is no connection to ${host}`).waitFor({ state: "detached" });
  await main.getByRole("tab", { name: "Sessions" }).click();
  await main.getByRole("button", { name: /^Open / }).click();
  await command.getByRole("button", { name: "Allow once" }).click();
  await said(page, "Finished").waitFor();
  expect(readFileSync(join(project, "where.txt"), "utf8").trim()).toBe(project);

  await row(page, "Idle").click();
  await main.getByRole("tab", { name: "Logs" }).click();
  await page.getByRole("log", { name: "Output of shop" }).getByText("level=INFO").first().waitFor();
  await main.getByRole("tab", { name: "Resources" }).click();
  await main.getByText("measured there, as one").waitFor();
  await main.getByRole("img", { name: /^Memory.*: \d+ MB now/ }).waitFor();
  await main.getByRole("button", { name: "More actions" }).click();
  const another = page.getByRole("menuitem", { name: "Start one more here…" });
  expect(await another.getAttribute("aria-disabled"), "what it cannot do is said").toBe("true");
  await another.getByText("choose Another machine and this directory").waitFor();
  await page.keyboard.press("Escape");

  await main.getByRole("button", { name: "Stop", exact: true }).click();
  await row(page, "Stopped").waitFor();
  expect(serversOf(home), "nothing is left there").toBe(0);
});
