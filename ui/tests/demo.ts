/** A session with the scripted demo model: what it does is written in the prompt, a directive a line. */
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { eventually, journeyWorlds, type World } from "./harness";

export interface Demo {
  page: Page;
  /** The tour's project folder. */
  directory: string;
  /** Sends a prompt. */
  say(...lines: string[]): Promise<void>;
  /** Waits until the instance has nothing to do. */
  idle(): Promise<void>;
}

/** What opencode has to be told to use the scripted model. */
export interface ScriptedModel {
  /** Its configuration. */
  config: unknown;
  /** What keeps it from looking for the internet. */
  environment: [string, string][];
}

/** Starts the tour in a world that was opened with `isTourOffered: false`, and opens a session in it. */
export async function openDemo(world: World, options: Parameters<World["page"]>[0] = {}): Promise<Demo> {
  const page = await world.page(options);
  await page.getByRole("button", { name: "Start the tour" }).click();
  const row = page.getByRole("treeitem", { name: "Tour, Idle" });
  await row.waitFor();
  // The tour opens a session of its own.
  await page.waitForURL(/#\/session\//);
  const ofTheTour = page.url();
  await page.keyboard.press("Control+Shift+N");
  await page.waitForURL((url) => url.href !== ofTheTour && url.hash.startsWith("#/session/"));
  return {
    page,
    directory: join(world.home, ".local/share/opencode-portal/tour/project"),
    say: (...lines) => say(page, ...lines),
    async idle() {
      await row.waitFor();
    },
  };
}

/** Gives opencode the scripted model, as a person gives it another provider. */
export async function useScriptedModel(main: Locator, model: ScriptedModel): Promise<void> {
  await main.getByText("More options").click();
  await main.getByLabel("Configuration overrides").fill(JSON.stringify(model.config));
  for (const [at, [name, value]] of model.environment.entries()) {
    await main.getByRole("button", { name: "Add a variable" }).click();
    await main.getByLabel(`Name of variable ${at + 1}`).fill(name);
    await main.getByLabel(`Value of ${name}`).fill(value);
  }
}

/** Sends a prompt to the session that is open. */
export async function say(page: Page, ...lines: string[]): Promise<void> {
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  await prompt.fill(["As the script says:", ...lines].join("\n"));
  // Until it can be sent, Enter leaves it where it is.
  const send = page.getByRole("button", { name: "Send", exact: true });
  await eventually("the prompt can be sent", () => send.isEnabled());
  await prompt.press("Enter");
}

/** Opens the demos of a file's journeys, each in a world of its own: called once, at the file's top. */
export function journeyDemos(): (options?: Parameters<World["page"]>[0]) => Promise<Demo> {
  const open = journeyWorlds();
  return async (options) => openDemo(await open({ isTourOffered: false }), options);
}

/** What the agent said, or a person, in the transcript. */
export function said(page: Page, text: string): Locator {
  return page.getByRole("main").getByText(text, { exact: true });
}

/** The cards of requests in a part of the page that can be answered: one that was answered fades away beside the next. */
export function cards(where: Page | Locator, title?: string | RegExp): Locator {
  const waiting = where.locator("[data-request]:not([inert])");
  return title === undefined ? waiting : waiting.and(where.getByRole("article", { name: title }));
}

/** Waits until no card is there that could be answered. */
export async function noCard(page: Page): Promise<void> {
  await eventually("no request is on screen", async () => (await cards(page).count()) === 0);
}
