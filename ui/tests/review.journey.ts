/** The review: what a turn changed and what the work tree has, with the real opencode. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { cards, type Demo, journeyDemos, said } from "./demo";

const open = journeyDemos();

async function dockOf({ page }: Demo) {
  const dock = page.getByRole("region", { name: "Dock" });
  if (!(await dock.isVisible())) await page.keyboard.press("Control+Alt+b");
  await dock.waitFor();
  return dock;
}

test("a turn's changes are shown when it ends, and the work tree's, unified and side by side", async () => {
  const demo = await open();
  const { page } = demo;
  const dock = await dockOf(demo);
  await demo.say("@edit greeting.txt Hello => Goodbye", "@write notes.md one", "  two", "@text Finished");
  const card = cards(page, "Wants to change a file");
  for (const file of ["greeting.txt", "notes.md"]) {
    await card.getByText(file, { exact: true }).waitFor();
    await card.getByRole("button", { name: "Allow once" }).click();
  }
  await said(page, "Finished").waitFor();
  await dock.getByText("2 files changed").waitFor();
  const changes = dock.getByRole("region", { name: "Changes" });
  await changes.getByText("Goodbye").waitFor();
  await changes.getByRole("button", { name: "Fold greeting.txt" }).click();
  await changes.getByText("Goodbye").waitFor({ state: "detached" });
  await changes.getByRole("button", { name: "Unfold greeting.txt" }).click();

  await demo.idle();
  writeFileSync(join(demo.directory, "by-hand.txt"), "made by hand\n");
  await dock.getByText("Work tree", { exact: true }).click();
  await changes.getByText("made by hand").waitFor();
  await dock.getByText("3 files changed").waitFor();
  await dock.getByRole("button", { name: "Side by side" }).click();
  await changes.locator('[data-side="left"][data-kind="removed"]').first().waitFor();
  await changes.locator('[data-side="right"][data-kind="added"]').first().waitFor();
  await dock.getByLabel("Filter files").fill("notes");
  await dock.getByText("1 of 3 files").waitFor();
  await changes.getByText("made by hand").waitFor({ state: "detached" });

  await page.reload();
  await dock.getByText("Work tree", { exact: true }).waitFor();
  await changes.locator('[data-side="left"]').first().waitFor();
});

test("an earlier turn is chosen, and its own button opens it", async () => {
  const demo = await open();
  const { page } = demo;
  const dock = await dockOf(demo);
  for (const [from, to] of [
    ["Hello", "Goodbye"],
    ["Goodbye", "Welcome"],
  ] as const) {
    await demo.say(`@edit greeting.txt ${from} => ${to}`, `@text Now ${to}`);
    await cards(page).getByRole("button", { name: "Allow once" }).click();
    await said(page, `Now ${to}`).waitFor();
    await demo.idle();
  }
  const changes = dock.getByRole("region", { name: "Changes" });
  await changes.getByText("Welcome").waitFor();
  await dock.getByRole("button", { name: /^Turn\b/ }).click();
  await page.getByRole("option").last().click();
  await changes.getByText("Hello").waitFor();
  await changes.getByText("Welcome").waitFor({ state: "detached" });
});

test("the work tree is loaded again when a turn ends", async () => {
  const demo = await open();
  const { page } = demo;
  const dock = await dockOf(demo);
  await dock.getByText("Work tree", { exact: true }).click();
  await dock.getByText("The work tree is as it was committed.").waitFor();
  await demo.say("@bash echo made > made.txt", "@text Finished");
  await cards(page).getByRole("button", { name: "Allow once" }).click();
  await dock.getByText("1 file changed").waitFor();
  await dock.getByText("made.txt").first().waitFor();
});
