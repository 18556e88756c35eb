/** The window itself: tour, palette, keyboard, theme, small sizes. */
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { cards } from "./demo";
import { eventually, journeyWorlds } from "./harness";

const open = journeyWorlds();

/** Waits until what is typed goes there: only then a person types. */
async function takesKeys(field: Locator): Promise<void> {
  await eventually("it has the focus", () => field.evaluate((el) => el === document.activeElement));
}

test("the tour is offered once and leads through an answer, a command, an edit and a diff", async () => {
  const { page: openPage } = await open({ isTourOffered: false });
  const page = await openPage();
  const main = page.getByRole("main");
  await page.getByRole("button", { name: "Start the tour" }).click();
  await main.getByText("Demo").first().waitFor();
  await page.waitForURL(/#\/session\//);
  await main.getByText("The prompt is ready: press Enter to send it.").waitFor();
  await main.getByRole("textbox").first().press("Enter");
  await main.getByText("The agent asks before it runs a command.", { exact: false }).waitFor();
  await cards(main, "Wants to run a command").getByRole("button", { name: "Allow once" }).click();
  await main.getByText("The agent asks before it changes a file.", { exact: false }).waitFor();
  await cards(main, "Wants to change a file").getByRole("button", { name: "Allow once" }).click();
  await main.getByText("Review what changed in the dock", { exact: false }).waitFor();

  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("overview");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  expect(await page.getByRole("button", { name: "Start the tour" }).count()).toBe(0);
});

test("the whole way is walked with the keyboard alone", async () => {
  const { project, page: openPage } = await open();
  const directory = project("shop");
  const page = await openPage();
  await page.keyboard.press("Control+n");
  await takesKeys(page.getByLabel("Directory", { exact: true }));
  await page.keyboard.type(directory);
  await page.keyboard.press("Enter");
  await page.getByRole("treeitem", { name: "shop, Idle" }).waitFor();
  await page.getByRole("heading", { name: "shop" }).waitFor();
  await page.keyboard.press("Control+Shift+N");
  await page.waitForURL(/#\/session\//);
  await page.keyboard.press("Control+k");
  await takesKeys(page.getByRole("combobox"));
  await page.keyboard.type("stop inst");
  await page.getByRole("option", { name: "Stop this instance" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("treeitem", { name: "shop, Stopped" }).waitFor();
  // The fleet: from the search down to the row, unfold, into the session.
  await page.getByRole("searchbox", { name: "Search instances and sessions" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#\/instance\//);
  await page.getByRole("heading", { name: "shop" }).waitFor();
  await page.keyboard.press("F1");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor({ state: "detached" });
});

test("the theme follows the setting and is kept", async () => {
  const { page: openPage } = await open();
  const page = await openPage({ colorScheme: "light" }, "#/settings");
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await eventually("the system's light theme", async () => (await theme()) === "light");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("option", { name: "Dark" }).click();
  await eventually("the dark theme", async () => (await theme()) === "dark");
  await page.reload();
  await page.getByText("Connected", { exact: true }).waitFor();
  expect(await theme()).toBe("dark");
});

test("nothing is cut off at 720 by 480", async () => {
  const { project, page: openPage } = await open();
  const directory = project("shop");
  const page = await openPage(
    { viewport: { width: 720, height: 480 } },
    `#/new-instance/${encodeURIComponent(directory)}`,
  );
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("treeitem", { name: "shop, Idle" }).waitFor();
  for (const hash of ["#/", "#/inbox", "#/settings", "#/new-instance"]) {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.getByRole("main").getByRole("heading").first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide, `${hash} fits`).toBe(false);
  }
  await page.keyboard.press("Control+b");
  await page.getByRole("tree").waitFor({ state: "detached" });
  await page.keyboard.press("Control+b");
  await page.getByRole("tree").waitFor();
});

test("columns keep their width and their folds over a reload", async () => {
  const { page: openPage } = await open();
  const page = await openPage();
  const splitter = page.getByRole("separator", { name: "Width of the fleet" });
  await splitter.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const width = await splitter.getAttribute("aria-valuenow");
  await page.reload();
  expect(await splitter.getAttribute("aria-valuenow")).toBe(width);
  await page.keyboard.press("Control+b");
  await page.getByRole("tree").waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("Connected", { exact: true }).waitFor();
  expect(await page.getByRole("tree").count()).toBe(0);
});
