/** Keeping instances well, as a person does it: output, processes, history, sleep and waking, profiles; with the real opencode. */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { openDemo } from "./demo";
import { eventually, journeyWorlds } from "./harness";

const open = journeyWorlds();

const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });
const row = (page: Page, name: string) => page.getByRole("treeitem", { name });
const output = (page: Page, name: string) => page.getByRole("log", { name: `Output of ${name}` });

/** Starts an instance and opens its page. */
async function start(page: Page, directory: string, name: string): Promise<void> {
  await page.evaluate((path) => {
    location.hash = `#/new-instance/${encodeURIComponent(path)}`;
  }, directory);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await row(page, `${name}, Idle`).waitFor();
  await page.getByRole("heading", { name }).waitFor();
}

/** A fact of the summary. */
async function fact(page: Page, name: string): Promise<string> {
  const value = page.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");
  return ((await value.locator("span").first().textContent()) ?? "").trim();
}

/** Distance of what is seen from the end. */
const fromEnd = (log: Locator) => log.evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight);

/** Whether it stands within what is seen of the other. */
async function isIn(outer: Locator, inner: Locator): Promise<boolean> {
  const [around, box] = [await outer.boundingBox(), (await inner.count()) > 0 && (await inner.boundingBox())];
  return !!around && !!box && box.y >= around.y && box.y + box.height <= around.y + around.height;
}

test("the output is followed live, searched, and read further back", async () => {
  const { project, page: openPage } = await open();
  const directory = project("shop");
  const page = await openPage();
  await start(page, directory, "shop");
  await tab(page, "Logs").click();
  const log = output(page, "shop");
  const follow = page.getByRole("button", { name: "Follow", exact: true });
  await log.getByText("level=INFO").first().waitFor();
  expect(await follow.getAttribute("aria-pressed")).toBe("true");
  await eventually("its end is in view at first", async () => (await fromEnd(log)) < 30);

  // Something to write about: a session is made and its page looked at.
  const before = await log.evaluate((el) => el.scrollHeight);
  await page.getByRole("main").getByRole("button", { name: "New session" }).first().click();
  await page.waitForURL(/#\/session\//);
  await page.goBack();
  await eventually("new output came", async () => (await log.evaluate((el) => el.scrollHeight)) > before);
  await eventually("its end is in view", async () => (await fromEnd(log)) < 30);

  const search = page.getByRole("textbox", { name: "Search the output" });
  await page.keyboard.press("Control+f");
  await search.fill("listening");
  await page.getByText(/^(\d+) of \1$/).waitFor();
  const find = log.locator("[aria-current=true]", { hasText: "listening" });
  await eventually("the newest find is in view", () => isIn(log, find));
  expect(await follow.getAttribute("aria-pressed"), "what is looked at stays").toBe("false");
  await search.fill("no line says this");
  await page.getByText("Not found", { exact: true }).waitFor();
  await search.press("Escape");

  await log.focus();
  await page.keyboard.press("End");
  await eventually("it is followed again", async () => (await follow.getAttribute("aria-pressed")) === "true");
  // The match was at the top: before the jump there is nothing above to go to.
  await eventually("its end is in view again", async () => (await fromEnd(log)) < 30);
  await page.keyboard.press("PageUp");
  await eventually("scrolling up stops it", async () => (await follow.getAttribute("aria-pressed")) === "false");

  await page.getByRole("button", { name: "Level" }).click();
  await page.getByRole("option", { name: "Errors only" }).click();
  await eventually("lines of other levels are hidden", async () => (await log.getByText("level=INFO").count()) === 0);

  await page.getByRole("button", { name: "Save the whole output to a file" }).click();
  const saved = await page.getByText(/^Saved to /).textContent();
  expect(readFileSync((saved ?? "").replace("Saved to ", ""), "utf8")).toContain("listening");
});

test("resources show the server and what an agent runs, which can be ended", async () => {
  const demo = await openDemo(await open({ isTourOffered: false }));
  const { page } = demo;
  await demo.say("@bash sleep 4321; echo over");
  await page.getByRole("button", { name: "Allow once" }).first().click();
  await row(page, "Tour, ").click();
  await tab(page, "Resources").click();
  const processes = page.getByRole("table", { name: "Processes" });
  await processes
    .getByRole("row", { name: /opencode serve.*Server/ })
    .first()
    .waitFor();
  const child = processes.getByRole("row", { name: /^sleep 4321/ });
  await child.waitFor();
  await page.getByRole("img", { name: /^Memory: \d.* now/ }).waitFor();
  expect(
    await processes
      .getByRole("row", { name: /Server/ })
      .getByRole("button")
      .count(),
  ).toBe(0);
  await child.getByRole("button", { name: /^End / }).click();
  await page.getByRole("alertdialog").getByText("sleep 4321").waitFor();
  await page.getByRole("button", { name: "End the process" }).click();
  await child.waitFor({ state: "detached" });
  // The shell goes on with what comes after, so the agent's turn ends.
  await row(page, "Tour, Idle").waitFor();

  await page.getByRole("button", { name: /^What the fleet uses/ }).click();
  await page
    .getByRole("list", { name: "Memory and processor by instance" })
    .getByRole("button", { name: /^Tour/ })
    .waitFor();
});

test("an instance put to sleep is still read, and what is sent wakes it", async () => {
  const opened = await open({ isTourOffered: false });
  const directory = opened.project("shop");
  // The tour itself does not sleep; its model answers for another instance, too.
  const demo = await openDemo(opened);
  const { page } = demo;
  await row(page, "Tour, Idle").click();
  await tab(page, "Summary").click();
  const tour = Number(await fact(page, "Process"));
  const config = readFileSync(`/proc/${tour}/environ`, "utf8")
    .split("\0")
    .find((variable) => variable.startsWith("OPENCODE_CONFIG_CONTENT="));
  await start(page, directory, "shop");
  await tab(page, "Profile").click();
  await page.getByLabel("Configuration overrides").fill((config ?? "").replace("OPENCODE_CONFIG_CONTENT=", ""));
  await page.getByRole("button", { name: "Save and restart" }).click();
  await row(page, "shop, Starting").or(row(page, "shop, Stopping")).or(row(page, "shop, Stopped")).first().waitFor();
  await row(page, "shop, Idle").waitFor();

  const main = page.getByRole("main");
  await main.getByRole("button", { name: "New session" }).first().click();
  await page.waitForURL(/#\/session\//);
  const session = page.url();
  await demo.say("@text 3 words at 60/s");
  const answers = page.getByRole("log", { name: "Transcript" }).locator(".markdown");
  await answers.first().waitFor();
  await page.getByText("Working", { exact: true }).waitFor({ state: "detached" });
  await row(page, "shop, Idle").waitFor();
  const text = ((await answers.last().textContent()) ?? "").trim();
  expect(text.length).toBeGreaterThan(0);

  await row(page, "shop, Idle").click();
  await main.getByRole("button", { name: "Sleep", exact: true }).click();
  await row(page, "shop, Asleep").waitFor();
  // A reload forgets what the window knew: it comes from what is kept.
  await page.goto(session);
  await page.reload();
  await answers.filter({ hasText: text }).first().waitFor();
  await page.getByText("Asleep. Sending wakes the instance.").waitFor();
  expect(await row(page, "shop, Asleep").count(), "reading does not wake it").toBe(1);

  await demo.say("@text 2 words at 60/s");
  await row(page, "shop, Idle").waitFor();
  await eventually("the prompt was answered", async () => (await answers.count()) > 1);
  await page.getByText("Working", { exact: true }).waitFor({ state: "detached" });

  await row(page, "shop, Idle").click();
  await main.getByRole("button", { name: "Sleep", exact: true }).click();
  await main.getByRole("button", { name: "Wake", exact: true }).first().click();
  await row(page, "shop, Idle").waitFor();
});

test("the history says how it ended when its process was killed", async () => {
  const { home, project, page: openPage } = await open();
  const page = await openPage();
  await start(page, project("shop"), "shop");
  await tab(page, "Summary").click();
  const history = page.getByRole("list", { name: "History" });
  await history.getByRole("listitem").first().waitFor();
  const pid = Number(await fact(page, "Process"));
  expect(pid).toBeGreaterThan(1);
  expect(readFileSync(`/proc/${pid}/environ`, "utf8"), "a process of this world").toContain(`HOME=${home}`);
  process.kill(pid, "SIGKILL");
  await row(page, "shop, Crashed").waitFor();
  await history
    .getByRole("listitem")
    .filter({ hasText: /signal 9/i })
    .first()
    .waitFor();
  await page.getByRole("main").getByRole("button", { name: "Start", exact: true }).first().click();
  await row(page, "shop, Idle").waitFor();
  await eventually("the history goes on, newest first", async () => {
    const entries = await history.getByRole("listitem").allTextContents();
    return /signal 9/i.test(entries[0] ?? "") === false && entries.some((entry) => /signal 9/i.test(entry));
  });
});

test("a profile is saved, and applied by a restart", async () => {
  const { project, page: openPage } = await open();
  const page = await openPage();
  await start(page, project("shop"), "shop");
  await tab(page, "Summary").click();
  const before = await fact(page, "Process");
  await tab(page, "Profile").click();
  await page.getByRole("button", { name: "Add a variable" }).click();
  await page.getByRole("textbox", { name: /^Name/ }).first().fill("SHOP_COLOUR");
  await page
    .getByRole("textbox", { name: /^Value/ })
    .first()
    .fill("teal");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The server still runs as it was started").waitFor();
  await page.getByRole("button", { name: "Restart to apply" }).click();
  await tab(page, "Summary").click();
  await eventually("another process serves, with the variable", async () => {
    const pid = await fact(page, "Process").catch(() => before);
    if (pid === before) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes("SHOP_COLOUR=teal");
    } catch {
      // A port was taken meanwhile, and it is tried with the next one.
      return false;
    }
  });
  await row(page, "shop, Idle").waitFor();
  await tab(page, "Profile").click();
  await page.getByRole("button", { name: "Add a variable" }).waitFor();
  await page.getByText("The server still runs as it was started").waitFor({ state: "detached" });
});
