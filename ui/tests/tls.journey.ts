/** A server elsewhere behind TLS, with a certificate that nobody knows: refused, looked at, trusted, and refused again once it changes. */
import { X509Certificate } from "node:crypto";
import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { journeyWorlds } from "./harness";
import { type Program, startProgram } from "./program";

interface Front {
  url: string;
  password: string;
  /** The certificate that it shows at first, and the other one, as PEM. */
  certificate: string;
  other: string;
}

let front: Program<Front> | null = null;

afterEach(async () => {
  await front?.end();
  front = null;
});

const open = journeyWorlds();

const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;
const row = (page: Page, state: string) => page.getByRole("treeitem", { name: `Box, ${state}`, exact: true });

test("a certificate that nobody knows is trusted deliberately, and another one is not trusted with it", async () => {
  front = await startProgram<Front>("tls_world");
  if (front === null) throw new Error("The program says what it is");
  const { url, password, certificate, other } = front.told;
  const world = await open();
  const page = await world.page({}, "#/new-instance");
  await page.getByRole("main").getByRole("button", { name: "Address…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address", { exact: true }).fill(url);
  await dialog.getByLabel("Name", { exact: true }).fill("Box");
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByLabel("Keep it in the keyring of this machine").uncheck();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const warning = dialog.getByRole("alert");
  await warning.getByText("signed by nobody but itself").waitFor();
  await warning.getByText(fingerprint(certificate)).waitFor();
  const add = dialog.getByRole("button", { name: "Trust and add" });
  expect(await add.isDisabled(), "not before it was compared").toBe(true);
  expect(await page.getByRole("treeitem", { name: /^Box/ }).count()).toBe(0);
  await warning.getByRole("checkbox").check();
  await add.click();
  await row(page, "Idle").waitFor();
  const main = page.getByRole("main");
  await main.getByRole("tab", { name: "Summary" }).click();
  await main.getByText(url, { exact: true }).waitFor();
  await main.getByText("Only the one with the SHA-256").waitFor();
  // What cannot be done with a server elsewhere is said.
  await main.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Stop" }).getByText("It runs elsewhere").waitFor();
  await page.keyboard.press("Escape");

  // What was added opens filled in, and a wrong password is said at once.
  const change = async (secret: string) => {
    await main.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Change address…" }).click();
    const changing = page.getByRole("dialog", { name: "Change the address of Box" });
    await changing.getByText(`SHA-256 ${fingerprint(certificate)}`).waitFor();
    expect(await changing.getByLabel("Address", { exact: true }).inputValue()).toBe(url);
    await changing.getByLabel("Password", { exact: true }).fill(secret);
    await changing.getByLabel("Keep it in the keyring of this machine").uncheck();
    await changing.getByRole("button", { name: "Change", exact: true }).click();
    await changing.waitFor({ state: "detached" });
  };
  await change("of another server");
  await row(page, "Locked").waitFor();
  await change(password);
  await row(page, "Idle").waitFor();

  front.say("change");
  await main.getByText("Its certificate has changed").waitFor();
  await main.getByText(fingerprint(other)).waitFor();
  await main.getByText(fingerprint(certificate)).first().waitFor();
  await row(page, "Unreachable").waitFor();
  const trust = main.getByRole("button", { name: "Trust this certificate" });
  expect(await trust.isDisabled()).toBe(true);
  await main.getByRole("checkbox").check();
  await trust.click();
  await row(page, "Idle").waitFor();
  await main.getByText("Its certificate has changed").waitFor({ state: "detached" });
});
