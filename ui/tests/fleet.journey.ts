/** The fleet, from a first start to a stop, as a person walks it. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually, journeyWorlds } from "./harness";

const open = journeyWorlds();

test("an instance is started with a click, shown, stopped and started again", async () => {
  const { project, page: openPage } = await open();
  const directory = project("shop");
  const page = await openPage();
  await page.getByRole("button", { name: "Choose a directory" }).click();
  await page.getByLabel("Directory", { exact: true }).fill(directory);
  await page.getByText(`Ready to start in ${directory}`).waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();

  await page.getByRole("heading", { name: "shop" }).waitFor();
  await page.getByRole("treeitem", { name: "shop, Idle" }).waitFor();
  await page.getByText("1 instance running").first().waitFor();
  await page.getByRole("tab", { name: "Summary" }).click();
  await page.getByText(/^opencode attach http:\/\/127\.0\.0\.1:\d+/).waitFor();
  await page.getByRole("tab", { name: "Logs" }).click();
  const main = page.getByRole("main");
  await main.getByRole("log").getByText("listening").waitFor();

  await main.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("treeitem", { name: "shop, Stopped" }).waitFor();
  await main.getByRole("button", { name: "Start", exact: true }).first().click();
  await page.getByRole("treeitem", { name: "shop, Idle" }).waitFor();
});

test("a session is made, renamed and deleted", async () => {
  const { project, page: openPage } = await open();
  const directory = project("shop");
  const page = await openPage({}, `#/new-instance/${encodeURIComponent(directory)}`);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("treeitem", { name: "shop, Idle" }).waitFor();
  const main = page.getByRole("main");
  await main.getByRole("button", { name: "New session" }).first().click();
  await page.waitForURL(/#\/session\//);
  await page.getByRole("treeitem", { name: "shop, Idle" }).click();
  await main.getByRole("button", { name: /^Open / }).waitFor();
  await main.getByRole("tabpanel").getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByLabel("Title").fill("Count the stock");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await main.getByRole("button", { name: "Open Count the stock" }).waitFor();
  await main.getByRole("tabpanel").getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "No sessions yet" }).waitFor();
});

test("a click on the middle of a row opens the instance, however wide the list and the window are", async () => {
  const { project, page: openPage } = await open();
  const page = await openPage({}, `#/new-instance/${encodeURIComponent(project("shop"))}`);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const row = page.getByRole("treeitem", { name: "shop, Idle" });
  const splitter = page.getByRole("separator", { name: "Width of the fleet" });
  for (const width of [900, 1250, 1600]) {
    await page.setViewportSize({ width, height: 800 });
    for (const key of ["Home", "Enter", "End"]) {
      await splitter.press(key);
      await page.getByRole("link", { name: "Overview" }).click();
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      await row.hover({ position: { x: 60, y: 10 } });
      await row.getByRole("button", { name: "Stop shop" }).waitFor();
      await row.click();
      await page.getByRole("heading", { name: "shop" }).waitFor();
      expect(page.url(), `${width} px, ${key}`).toMatch(/#\/instance\//);
    }
  }
  await page.getByRole("heading", { name: "No sessions yet" }).waitFor();
});

test("starting a directory twice gives the running instance", async () => {
  const { project, page: openPage } = await open();
  const directory = project("shop");
  const page = await openPage({}, `#/new-instance/${encodeURIComponent(directory)}`);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("treeitem", { name: "shop, Idle" }).waitFor();
  await page.keyboard.press("Control+n");
  await page.getByLabel("Directory", { exact: true }).fill(`${directory}/`);
  await page.getByText("shop serves this directory already.").waitFor();
  await page.getByRole("button", { name: "Go to it" }).click();
  await page.getByRole("heading", { name: "shop" }).waitFor();
  expect(await page.getByRole("treeitem", { name: "shop" }).count()).toBe(1);
});

test("a directory that cannot be used says why under its field", async () => {
  const { home, page: openPage } = await open();
  writeFileSync(join(home, "a-file"), "");
  mkdirSync(join(home, "locked"));
  chmodSync(join(home, "locked"), 0o000);
  const page = await openPage({}, "#/new-instance");
  const field = page.getByLabel("Directory", { exact: true });
  const start = page.getByRole("button", { name: "Start", exact: true });
  const bad = [join(home, "missing"), join(home, "a-file")];
  // Root may read everything.
  if (process.getuid?.() !== 0) bad.push(join(home, "locked"));
  for (const directory of bad) {
    await field.fill(directory);
    await eventually(`${directory} is refused, and the reason names it`, async () => {
      if ((await field.getAttribute("aria-invalid")) !== "true") return false;
      const note = page.locator(`#${await field.getAttribute("aria-describedby")}`);
      return (await note.allTextContents()).join().includes(directory);
    });
    expect(await start.isDisabled(), "what cannot start is not offered").toBe(true);
    expect(await field.inputValue(), "what was typed stays").toBe(directory);
  }
});

test("directories with spaces, percent signs, unicode and a trailing slash start", async () => {
  const { project, page: openPage } = await open();
  const directory = project("ein Ordner 100% für Ümläute");
  const page = await openPage({}, "#/new-instance");
  await page.getByLabel("Directory", { exact: true }).fill(`${directory}/`);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("treeitem", { name: "ein Ordner 100% für Ümläute, Idle" }).waitFor();
  await page.getByRole("main").getByRole("button", { name: "New session" }).first().click();
  await page.waitForURL(/#\/session\//);
});

test("without opencode there is a page that says what to do", async () => {
  const { page: openPage } = await open({ opencode: "none" });
  const page = await openPage();
  await page.getByRole("heading", { name: "opencode is not installed" }).waitFor();
  await page.getByRole("button", { name: "Install opencode" }).waitFor();
  await page.getByRole("button", { name: "Look again" }).click();
  await page.getByRole("heading", { name: "opencode is not installed" }).waitFor();
});

test("an opencode that prints garbage is named, with the reason", async () => {
  const { home, page: openPage } = await open({ opencode: "none" });
  const path = join(home, "garbage");
  writeFileSync(path, "#!/bin/sh\necho this is no version\n");
  chmodSync(path, 0o755);
  const page = await openPage({}, "#/settings");
  await page.getByLabel("Path of the opencode binary").fill(path);
  await page.getByRole("button", { name: "Use this binary" }).click();
  await page.evaluate(() => (location.hash = "#/"));
  await page.getByRole("heading", { name: "opencode does not work" }).waitFor();
  await page.getByText(path).first().waitFor();
});
