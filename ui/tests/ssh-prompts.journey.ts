/** What `ssh` asks while a person chooses a directory of another machine: a real ssh server, an unknown host key, a key with a passphrase. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { eventually, journeyWorlds } from "./harness";
import { type Program, startProgram } from "./program";

interface Elsewhere {
  /** What `ssh` calls it. */
  host: string;
  sshConfig: string;
}

let there: Program<Elsewhere> | null = null;

// Registered first, it comes last: the other machine is there until ours has ended.
afterEach(async () => {
  await there?.end();
  there = null;
});

const open = journeyWorlds();

test("a host that is not known and a passphrase are asked over the window, and declined or given there", async () => {
  there = await startProgram<Elsewhere>("ssh_world");
  if (there === null) throw new Error("The program says what it is");
  const { host, sshConfig } = there.told;
  const known = /UserKnownHostsFile (.+)/.exec(sshConfig)?.[1] ?? "";
  there.say("protect");
  there.say("forget");
  await eventually("its key is forgotten", () => readFileSync(known, "utf8") === "");
  const world = await open({ sshConfig });
  const page = await world.page({}, "#/new-instance");
  const main = page.getByRole("main");
  const question = page.getByRole("alertdialog", { name: `Connecting to ${host}` });
  const secret = page.getByRole("dialog", { name: `Connecting to ${host}` });

  await main.locator("label", { hasText: "Started over SSH" }).click();
  await main.getByRole("button", { name: host, exact: true }).click();
  await main.getByRole("button", { name: "Browse…" }).click();
  await question.getByText("ED25519 key fingerprint is SHA256:").waitFor();
  // What comes up unasked takes a key only once it was seen.
  await question.getByRole("button", { name: "No", exact: true }).click({ trial: true });
  await page.keyboard.press("Escape");
  await main.getByText("had no answer").waitFor();
  expect(readFileSync(known, "utf8"), "what was declined is not known").toBe("");

  await main.getByRole("button", { name: "Try again" }).click();
  await question.getByRole("button", { name: "Yes", exact: true }).click();
  const field = secret.getByLabel(/^Enter passphrase for key/);
  await field.fill("guess");
  await page.keyboard.press("Enter");
  await secret.getByText("That was not accepted").waitFor();
  expect(await field.inputValue()).toBe("");
  await field.fill("open sesame");
  await secret.getByRole("button", { name: "Answer", exact: true }).click();
  await main.getByText("opencode 1.18.33 is there").waitFor();
  await secret.waitFor({ state: "detached" });
  expect(readFileSync(known, "utf8")).toContain("ssh-ed25519");
});
