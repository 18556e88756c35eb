/** Requests: in the session that asks and in the inbox, by clicks and keys, with the real opencode. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cards, type Demo, journeyDemos, noCard, said } from "./demo";
import { eventually } from "./harness";

const open = journeyDemos();

const read = (demo: Demo, file: string) => readFileSync(join(demo.directory, file), "utf8");

test("a command runs once when it is allowed in the session, and asks again the next time", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@bash echo made > made.txt", "@text Finished");
  const card = cards(page, "Wants to run a command");
  await card.getByText("echo made > made.txt").waitFor();
  await card.getByText("Always will cover:").waitFor();
  expect(existsSync(join(demo.directory, "made.txt"))).toBe(false);
  await card.getByRole("button", { name: "Allow once" }).click();
  await said(page, "Finished").waitFor();
  expect(read(demo, "made.txt")).toBe("made\n");
  await demo.idle();
  await demo.say("@bash echo made > made.txt");
  await card.getByRole("button", { name: "Reject", exact: true }).waitFor();
  await card.getByRole("button", { name: "Reject", exact: true }).click();
  await noCard(page);
});

test("a card stands where it came, though the transcript is longer than the view", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@text 700 words at 2000/s");
  await page.getByRole("button", { name: "Copy text" }).waitFor({ state: "attached" });
  await demo.idle();
  // Where its button is whenever something is painted: that is when intersections are told.
  await page.evaluate(() => {
    const tops = new Set<number>();
    const frame = () => {
      requestAnimationFrame(frame);
      const buttons = [...document.querySelectorAll("[data-request]:not([inert]) button")];
      const button = buttons.find((one) => one.textContent?.includes("Allow once"));
      if (!button) return;
      const observer = new IntersectionObserver(([entry]) => {
        observer.disconnect();
        if (entry) tops.add(Math.round(entry.boundingClientRect.top));
      });
      observer.observe(button);
    };
    frame();
    Object.assign(window, { topsOfCard: () => [...tops] });
  });
  await demo.say("@edit greeting.txt Hello => Goodbye", "@text Finished");
  const card = cards(page, "Wants to change a file");
  await card.getByRole("region", { name: "Proposed change of greeting.txt" }).getByText("Goodbye").waitFor();
  await card.getByRole("button", { name: "Allow once" }).click();
  await said(page, "Finished").waitFor();
  const tops = await page.evaluate(() => (window as unknown as { topsOfCard(): number[] }).topsOfCard());
  expect(tops).toHaveLength(1);
});

test("an edit shows its diff; a rejection with a message goes to the agent, which goes on", async () => {
  const demo = await open();
  const { page } = demo;
  const before = read(demo, "greeting.txt");
  await demo.say("@edit greeting.txt Hello => Goodbye", "@text Understood");
  const card = cards(page, "Wants to change a file");
  await card.getByText("greeting.txt", { exact: true }).waitFor();
  const diff = card.getByRole("region", { name: "Proposed change of greeting.txt" });
  await diff.getByText("Goodbye").waitFor();
  await card.focus();
  await page.keyboard.press("m");
  await page.getByLabel("What should it do instead?").fill("Keep the greeting as it is");
  await page.keyboard.press("Enter");
  await said(page, "Understood").waitFor();
  await noCard(page);
  expect(read(demo, "greeting.txt")).toBe(before);
});

test("what is always allowed is not asked again", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@bash echo one", "@bash echo two", "@text Finished");
  const card = cards(page, "Wants to run a command");
  await card.getByText("echo one").waitFor();
  await card.getByText("echo *").waitFor();
  await card.focus();
  await page.keyboard.press("Shift+A");
  await said(page, "Finished").waitFor();
  await noCard(page);
});

test("the inbox is worked through with the keyboard alone", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@bash echo first", "@edit greeting.txt Hello => Goodbye", "@text Finished");
  await cards(page).waitFor();
  await page.keyboard.press("Escape");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  const inbox = page.getByRole("region", { name: "Inbox" });
  await inbox.getByText("1 request waits for you").waitFor();
  await inbox.getByText("echo first").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("a");
  await cards(inbox, "Wants to change a file").waitFor();
  await page.keyboard.press("j");
  const second = cards(inbox, "Wants to change a file");
  await eventually("the second request is marked", () => second.evaluate((el) => el === document.activeElement));
  await page.keyboard.press("a");
  await inbox.getByText("Nothing waits for you").waitFor();
  await eventually("the file was changed", () => read(demo, "greeting.txt").includes("Goodbye"));
});

test("questions are answered with options, several of them, and free text", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say(
    "@question Which colour? | Red: warm | Blue: cold || multiple Which parts? | Door | Roof",
    "@text Noted",
  );
  const card = cards(page, "Has 2 questions");
  await card.waitFor();
  const answer = card.getByRole("button", { name: "Answer" });
  expect(await answer.isDisabled()).toBe(true);
  await card.getByRole("radio", { name: "Red" }).check();
  await card.getByRole("checkbox", { name: "Roof" }).check();
  await card.getByRole("checkbox", { name: "Door" }).check();
  const own = card.getByLabel("Your own answer").first();
  await own.fill("Green");
  await own.press("Enter");
  await said(page, "Noted").waitFor();
  await page.getByText("Green").first().waitFor();
  await noCard(page);
});

test("a request vanishes when its turn is stopped", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@bash echo never", "@text Finished");
  await cards(page, "Wants to run a command").waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await noCard(page);
  await page.evaluate(() => (location.hash = "#/inbox"));
  await page.getByText("Nothing waits for you").waitFor();
});
