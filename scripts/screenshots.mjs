// Drives the real app through the tour by WebDriver and takes the README's screenshots: light and dark.
// Started by scripts/screenshots, under an X server and a session bus of its own.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const [binary, folder] = process.argv.slice(2);
const port = 4600 + (process.pid % 300);
const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
  stdio: "ignore",
  env: { ...process.env, TAURI_WEBVIEW_AUTOMATION: "true" },
});
const patience = 90_000;

async function ask(method, path, body) {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
  const { value } = await reply.json();
  if (!reply.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** Asks until the answer is not empty. */
async function until(what, question) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await question().catch(() => undefined);
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await pause(100);
  }
}

let session;
const run = (script, ...args) => ask("POST", `${session}/execute/sync`, { script, args });

/** Clicks the first visible control whose text or label begins with one of these. */
const click = (...texts) =>
  until(`a control “${texts[0]}”`, () =>
    run(
      `const texts = arguments[0];
       const all = [...document.querySelectorAll("button, a, [role=button], [role=option], [role=tab]")];
       const found = all.find((one) => one.offsetParent && !one.disabled &&
         texts.some((text) => (one.innerText || "").trim().startsWith(text) || (one.ariaLabel || "").startsWith(text)));
       if (found) found.click();
       return Boolean(found);`,
      texts,
    ),
  );

const sees = (text) => until(`the text “${text}”`, () => run("return document.body.innerText.includes(arguments[0])", text));

async function type(text) {
  const element = await until("the composer", () =>
    ask("POST", `${session}/element`, { using: "css selector", value: "textarea" }),
  );
  await ask("POST", `${session}/element/${Object.values(element)[0]}/value`, { text });
}

async function shoot(name) {
  // Two frames: what was changed is painted.
  await ask("POST", `${session}/execute/async`, {
    script: "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))",
    args: [],
  });
  const picture = await ask("GET", `${session}/screenshot`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.png`, Buffer.from(picture, "base64"));
  console.log(`${folder}/${name}.png`);
}

const theme = (theme) =>
  run(
    `window.__TAURI_INTERNALS__.invoke("call", { name: "update_settings", requestId: "theme-" + arguments[0], payload: { theme: arguments[0] } })`,
    theme,
  ).then(() => until("the theme", () => run("return document.documentElement.dataset.theme === arguments[0]", theme)));

try {
  await until("the driver", () => fetch(`http://127.0.0.1:${port}/status`).then((reply) => reply.ok));
  const { sessionId } = await ask("POST", "/session", {
    capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args: [] } } },
  });
  session = `/session/${sessionId}`;
  await theme("light");
  await click("Start the tour");
  await click("New session");
  await type("Show me what you can do");
  await click("Send");
  await sees("Wants to run a command");
  await click("Allow once");
  await sees("Wants to change a file");
  // The whole request, with its buttons.
  await run(`[...document.querySelectorAll("button")].findLast((one) => one.innerText.startsWith("Allow once")).scrollIntoView({ block: "center" })`);
  await shoot("light");
  await click("Allow once");
  await until("the end of the turn", () => run(`return ![...document.querySelectorAll("button")].some((one) => one.innerText.trim() === "Stop")`));
  await sees("1 file changed");
  await theme("dark");
  await shoot("dark");
} catch (error) {
  if (session) {
    console.error(await run("return document.body.innerText").catch(() => ""));
    await shoot("failed").catch(() => {});
  }
  throw error;
} finally {
  if (session) {
    await run(
      `window.__TAURI_INTERNALS__.invoke("call", { name: "quit", requestId: "quit", payload: { instances: "stop", remember: false } })`,
    ).catch(() => {});
    // The app ends by itself, after its instance has: then the driver knows the session no more.
    await until("the end of the app", () => ask("GET", `${session}/url`).then(() => false, () => true)).catch(() => {});
  }
  driver.kill();
}
