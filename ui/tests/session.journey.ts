/** A session: prompts, answers, stopping, renaming, deleting, sub-agents and long transcripts, with the real opencode. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { cards, journeyDemos } from "./demo";
import { eventually } from "./harness";

const open = journeyDemos();

const transcript = (page: Page) => page.getByRole("log", { name: "Transcript" });
const composer = (page: Page) => page.getByRole("textbox", { name: "Prompt" });
/** Distance of what is seen from the end. */
const fromEnd = (page: Page) => transcript(page).evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight);

test("a prompt is answered by a streamed text, tool cards and a foot that tells what changed", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say(
    "@reason Look first, then write.",
    "@read README.md",
    "@text 400 words at 60/s",
    "@bash printf 'made of \\\\033[32mgreen\\\\033[0m'",
    "@todo x look | > write",
    "@write notes.txt hello",
    "@markdown",
  );
  await eventually("the prompt was taken", async () => (await composer(page).inputValue()) === "");
  const log = transcript(page);
  await page.getByText("Working", { exact: true }).waitFor();
  await log.getByRole("button", { name: /^Thought/ }).waitFor();
  await log.getByRole("button", { name: "Read README.md" }).waitFor();
  // It grows while it is written, and the end stays in view.
  const text = log.locator(".markdown").first();
  await text.waitFor();
  const before = (await text.textContent())?.length ?? 0;
  await eventually("the text grows", async () => ((await text.textContent())?.length ?? 0) > before);
  await eventually("the end is in view", async () => (await fromEnd(page)) < 40);

  await cards(page, "Wants to run a command").getByRole("button", { name: "Allow once" }).click();
  await cards(page, "Wants to change a file").getByRole("button", { name: "Allow once" }).click();
  await log
    .getByRole("region", { name: /^Run printf/ })
    .locator(".ansi-green", { hasText: "green" })
    .waitFor();
  await log.getByText("1 of 2 done").waitFor();
  await log.getByRole("region", { name: "Write notes.txt" }).waitFor();
  await log.getByRole("heading", { name: "What changed" }).waitFor();
  await log.locator(".code-block").getByText("greeting", { exact: false }).first().waitFor();
  await log.getByRole("button", { name: /^1 file changed/ }).waitFor();
  await page.getByText("Working", { exact: true }).waitFor({ state: "detached" });
  await log.getByRole("button", { name: /^1 file changed/ }).click();
  await page.getByRole("tabpanel", { name: "Review" }).getByText("notes.txt").first().waitFor();
});

test("what is pressed while a text streams stays under the pointer, and is clicked", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@text 600 words at 2000/s");
  const log = transcript(page);
  await log.getByRole("button", { name: "Copy text" }).waitFor({ state: "attached" });
  await demo.idle();
  await demo.say("@reason Look first, then write.", "@text 2000 words at 20/s");
  const thought = log.getByRole("button", { name: /^Thought/ });
  const height = () => log.evaluate((el) => el.scrollHeight);
  // It moves until it is pressed.
  await eventually("the pointer is down on it", async () => {
    await thought.hover();
    await page.mouse.down();
    if (await thought.evaluate((el) => el.matches(":active"))) return true;
    await page.mouse.up();
    return false;
  });
  const top = (await thought.boundingBox())?.y;
  const before = await height();
  await eventually("the text grows by lines", async () => (await height()) > before + 40);
  expect((await thought.boundingBox())?.y).toBe(top);
  await page.mouse.up();
  await eventually("it is unfolded", async () => (await thought.getAttribute("aria-expanded")) === "true");
  await eventually("the end is followed again", async () => (await fromEnd(page)) < 40);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Working", { exact: true }).waitFor({ state: "detached" });
});

test("Stop ends the turn, and so does Esc pressed twice; what is being typed stays", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@text 2000 words at 40/s");
  await transcript(page).locator(".markdown").waitFor();
  await composer(page).fill("And then");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await transcript(page).getByText("Stopped", { exact: true }).waitFor();
  await page.getByText("Working", { exact: true }).waitFor({ state: "detached" });
  expect(await composer(page).inputValue()).toBe("And then");

  await demo.say("@text 2000 words at 40/s");
  await page.getByText("Working", { exact: true }).waitFor();
  // The hint is there for a second and a half: noted when it comes, not looked for afterwards.
  await page.evaluate((hint) => {
    const look = new MutationObserver(() => {
      if (document.body.textContent?.includes(hint)) document.body.dataset.hinted = "";
    });
    look.observe(document.body, { subtree: true, childList: true, characterData: true });
  }, "Press Esc again to stop");
  await composer(page).focus();
  // All sent at once: on a busy machine it may take longer than that to hear that the first was pressed.
  const { keyboard } = page;
  await Promise.all([keyboard.down("Escape"), keyboard.up("Escape"), keyboard.down("Escape"), keyboard.up("Escape")]);
  await page.locator("body[data-hinted]").waitFor();
  await eventually(
    "both turns say so",
    async () => (await transcript(page).getByText("Stopped", { exact: true }).count()) === 2,
  );
});

test("a draft survives a reload, a failed send keeps the text and says why, and history comes with the arrow", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@text Done");
  await transcript(page).getByText("Done", { exact: true }).waitFor();
  await composer(page).press("ArrowUp");
  expect(await composer(page).inputValue()).toContain("@text Done");
  await composer(page).fill("Half a thou");
  await page.reload();
  await eventually("the draft is back", async () => (await composer(page).inputValue()) === "Half a thou");

  let asked = 0;
  await page.route("**/bridge/call/forward", async (route) => {
    if (!route.request().postData()?.includes("prompt_async")) return route.fallback();
    asked += 1;
    await route.abort("connectionreset");
  });
  await composer(page).press("Enter");
  await page.getByRole("alert").getByText("The prompt was not sent").waitFor();
  expect(await composer(page).inputValue()).toBe("Half a thou");
  expect(asked).toBe(1);
});

test("a session is renamed in its head, and deleted after a question", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@text Done");
  await transcript(page).getByText("Done", { exact: true }).waitFor();
  await demo.idle();
  await page.getByRole("button", { name: "More about this session" }).click();
  await page.getByRole("menuitem", { name: "Rename session" }).click();
  await page.getByRole("textbox", { name: "Title of the session" }).fill("Count the stock");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Count the stock" }).waitFor();
  await page.getByRole("button", { name: "More about this session" }).click();
  await page.getByRole("menuitem", { name: "Delete session" }).click();
  await page.getByRole("alertdialog").getByText("Count the stock").waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete session" }).click();
  await page.waitForURL(/#\/instance\//);
});

test("a sub-agent's session opens from its card, and leads back", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@task Look around: @text I looked around", "@text Finished");
  const log = transcript(page);
  await log.getByText("Finished", { exact: true }).waitFor();
  const first = page.url();
  await log.getByRole("button", { name: "Open sub-agent" }).click();
  await transcript(page).getByText("I looked around", { exact: true }).waitFor();
  expect(page.url()).not.toBe(first);
  await page.getByRole("button", { name: /^Up to / }).click();
  await transcript(page).getByText("Finished", { exact: true }).waitFor();
  expect(page.url()).toBe(first);
});

test("a session that was left while it runs shows its whole text to whoever comes back", async () => {
  const demo = await open();
  const { page } = demo;
  await demo.say("@count 150 at 10/s");
  await transcript(page).getByText("#5", { exact: false }).waitFor();
  const session = page.url();
  await page.evaluate(() => {
    location.hash = "#/inbox";
  });
  await transcript(page).waitFor({ state: "detached" });
  await page.goto(session);
  const text = transcript(page).locator(".markdown");
  await text.waitFor();
  expect(await text.textContent()).toMatch(/^\s*#1 #2 #3/);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
});

test("agent and model are chosen from what the server offers", async () => {
  const demo = await open();
  const { page } = demo;
  await page.getByRole("button", { name: /^Agent:/ }).click();
  await page.getByRole("combobox", { name: "Search agents" }).fill("pla");
  await page.getByRole("option", { name: /^plan/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Agent: plan" }).waitFor();
  await page.getByRole("button", { name: /^Model:/ }).click();
  await page.getByRole("combobox", { name: "Search models" }).fill("scripted");
  await page.getByRole("option", { name: /scripted/i }).waitFor();
  await page.keyboard.press("Enter");
  await demo.say("@text As planned");
  await transcript(page).getByText("As planned", { exact: true }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Agent: plan" }).waitFor();
});

test("earlier messages are read while one scrolls up, and nothing jumps", async () => {
  const demo = await open();
  const { page } = demo;
  await fill(page, 200);
  await page.reload();
  const log = transcript(page);
  await log.getByText("Message 199.").waitFor();
  await eventually("its end is in view", async () => (await fromEnd(page)) < 40);
  expect(await log.getByText("Message 100.", { exact: false }).count()).toBe(0);
  const seen = await log.evaluate(async (el) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const result = { blank: 0, backwards: 0, first: "" };
    let lowest = Number.POSITIVE_INFINITY;
    const end = performance.now() + 30_000;
    while (performance.now() < end) {
      // As a wheel does it: what moves without a hand is not taken for the person's.
      el.dispatchEvent(new WheelEvent("wheel", { deltaY: -300, bubbles: true }));
      el.scrollTop -= 300;
      await frame();
      const box = el.getBoundingClientRect();
      const shown = [...(el.firstElementChild?.children ?? [])]
        .map((row) => ({ row, rect: row.getBoundingClientRect() }))
        .filter(({ rect }) => rect.bottom > box.top && rect.top < box.bottom);
      const covered = shown.reduce(
        (sum, { rect }) => sum + Math.min(rect.bottom, box.bottom) - Math.max(rect.top, box.top),
        0,
      );
      if (covered < box.height * 0.9) result.blank += 1;
      const numbers = shown.flatMap(({ row }) => {
        const found = /Message (\d+)\./.exec(row.textContent ?? "");
        return found ? [Number(found[1])] : [];
      });
      const top = Math.min(...numbers);
      if (top > lowest) result.backwards += 1;
      lowest = Math.min(lowest, top);
      if (lowest === 0 && el.scrollTop === 0) break;
    }
    result.first = el.textContent?.slice(0, 10) ?? "";
    return result;
  });
  expect(seen).toEqual({ blank: 0, backwards: 0, first: "Message 0." });
  await page.getByRole("button", { name: "Newest" }).click();
  await log.getByText("Message 199.").waitFor();
  await eventually("the end is in view", async () => (await fromEnd(page)) < 40);
});

/** Messages without answers, as the server keeps them. */
async function fill(page: Page, count: number): Promise<void> {
  await page.evaluate(async (n) => {
    const [, , instance = "", session = ""] = location.hash.split("/");
    for (let i = 0; i < n; i++) {
      const text = `Message ${i}. ${"More of it. ".repeat((i * 7) % 23)}`;
      const answer = await fetch("/bridge/call/forward", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-portal-window": "fill",
          "x-portal-request": crypto.randomUUID(),
        },
        body: JSON.stringify({
          instance,
          method: "POST",
          path: `/session/${session}/message`,
          query: [],
          directory: null,
          body: JSON.stringify({ noReply: true, parts: [{ type: "text", text }] }),
        }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    }
  }, count);
}
