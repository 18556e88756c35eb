//! The real window, driven as a person would: by what controls are called, by clicks and by keys.
//!
//! `WebKitWebDriver` starts the app itself, so the window is the one that people get.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::desk::{DEADLINE, Desk, Owned, app_binary};
use super::proc::{is_running, tree};

/// The app's window under a driver.
pub struct Window {
    /// The driver's client, for what the methods below do not cover.
    pub client: Client,
    driver: Owned,
}

impl Window {
    /// Starts the app on `desk` and waits until its page answers.
    pub async fn open(desk: &Desk, arguments: &[&str]) -> Result<Window> {
        let port = free_port()?;
        let mut command: Command = desk.command("WebKitWebDriver");
        command
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null());
        let driver = Owned::start("WebKitWebDriver", &mut command)?;
        let capabilities: Capabilities = serde_json::from_value(json!({
            "webkitgtk:browserOptions": { "binary": app_binary(), "args": arguments },
        }))?;
        let address = format!("http://127.0.0.1:{port}");
        let client = testkit::within(DEADLINE, async || {
            ClientBuilder::new(HttpConnector::new()).capabilities(capabilities.clone()).connect(&address).await.ok()
        })
        .await
        .context("The driver did not open the app's window")?;
        Ok(Window { client, driver })
    }

    /// The control with this role and accessible name (its beginning), once it is shown.
    pub async fn find(&self, role: &str, name: &str) -> Result<Element> {
        self.find_in("body", role, name).await
    }

    /// The same inside the first element that matches `scope`.
    pub async fn find_in(&self, scope: &str, role: &str, name: &str) -> Result<Element> {
        let found = testkit::within(DEADLINE, async || self.look(scope, role, name).await.ok().flatten()).await;
        match found {
            Some(element) => Ok(element),
            None => bail!("There is no {role} `{name}` in {scope}; {}", self.told().await?),
        }
    }

    async fn look(&self, scope: &str, role: &str, name: &str) -> Result<Option<Element>> {
        let value = self.client.execute(FIND, vec![json!(scope), json!(role), json!(name)]).await?;
        if value.is_null() {
            return Ok(None);
        }
        let reference = value.as_object().and_then(|object| object.values().next()?.as_str().map(str::to_owned));
        let reference = reference.context("The driver gave an element without its reference")?;
        Ok(Some(Element::from_element_id(self.client.clone(), ElementRef::from(reference))))
    }

    /// Clicks the control with this role and name.
    pub async fn click(&self, role: &str, name: &str) -> Result<()> {
        let clicked = testkit::within(DEADLINE, async || {
            let element = self.look("body", role, name).await.ok().flatten()?;
            element.click().await.ok()
        })
        .await;
        match clicked {
            Some(()) => Ok(()),
            None => bail!("{role} `{name}` could not be clicked; {}", self.told().await?),
        }
    }

    /// Types into the control with this role and name.
    pub async fn type_into(&self, role: &str, name: &str, keys: &str) -> Result<()> {
        self.find(role, name).await?.send_keys(keys).await?;
        Ok(())
    }

    /// Waits until the page shows `text`.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let seen = testkit::within(DEADLINE, async || self.text().await.ok()?.contains(text).then_some(())).await;
        match seen {
            Some(()) => Ok(()),
            None => bail!("The window never showed `{text}`; {}", self.told().await?),
        }
    }

    /// Waits until the element that matches `scope` shows `text`.
    pub async fn sees_in(&self, scope: &str, text: &str) -> Result<()> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let seen = testkit::within(DEADLINE, async || {
            let shown = self.run(script, vec![json!(scope)]).await.ok()?;
            shown.as_str()?.contains(text).then_some(())
        })
        .await;
        match seen {
            Some(()) => Ok(()),
            None => bail!("{scope} never showed `{text}`; {}", self.told().await?),
        }
    }

    /// Waits until the page does not show `text`.
    pub async fn sees_no(&self, text: &str) -> Result<()> {
        let gone = testkit::within(DEADLINE, async || (!self.text().await.ok()?.contains(text)).then_some(())).await;
        match gone {
            Some(()) => Ok(()),
            None => bail!("The window still shows `{text}`; {}", self.told().await?),
        }
    }

    /// What the page says and where its picture is, for failure messages.
    async fn told(&self) -> Result<String> {
        let text = self.text().await?;
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("failed-{}.png", self.driver.pid()));
        std::fs::write(&picture, self.screenshot().await?)?;
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        Ok(format!("its picture is {}; the page says:\n{}", picture.display(), lines.join("\n")))
    }

    /// All text on the page.
    pub async fn text(&self) -> Result<String> {
        let value = self.client.execute("return document.body.innerText", vec![]).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Runs a script that calls its last argument when it is done.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>, limit: Duration) -> Result<Value> {
        let result = tokio::time::timeout(limit, self.client.execute_async(script, arguments)).await;
        Ok(result.with_context(|| format!("The script did not end within {limit:?}"))??)
    }

    /// A picture of the window.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        Ok(self.client.screenshot().await?)
    }

    /// Ends the driver's session, which ends the app it started, and waits for that: an app that is still there would take over the next start.
    pub async fn close(self) -> Result<()> {
        let apps: Vec<u32> = tree(self.driver.pid()).into_iter().skip(1).map(|process| process.pid).collect();
        let app = apps.first().copied().filter(|pid| is_running(*pid));
        self.client.close().await?;
        if let Some(app) = app {
            let is_gone = testkit::within(DEADLINE, async || (!is_running(app)).then_some(())).await;
            is_gone.context("The app did not end with the driver's session")?;
        }
        drop(self.driver);
        Ok(())
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Finds the first shown element by role and by the beginning of its accessible name.
const FIND: &str = r#"
const [scope, role, name] = arguments;
const roots = [...document.querySelectorAll(scope)];
const tags = {
  button: "button,[role=button]", link: "a[href],[role=link]", textbox: "input:not([type=checkbox]):not([type=radio]),textarea,[role=textbox],[contenteditable=true]",
  checkbox: "input[type=checkbox],[role=checkbox]", radio: "input[type=radio],[role=radio]", combobox: "select,[role=combobox],input[list]",
  tab: "[role=tab]", label: "label", option: "[role=option],option", menuitem: "[role=menuitem]", dialog: "dialog,[role=dialog],[role=alertdialog]", heading: "h1,h2,h3,h4,[role=heading]",
};
const selector = tags[role] ?? `[role=${role}]`;
const called = (element) => {
  const by = element.getAttribute("aria-labelledby");
  const text = element.getAttribute("aria-label")
    ?? (by && by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" "))
    ?? (element.labels && element.labels[0] && element.labels[0].textContent)
    ?? (element.textContent.trim() || element.getAttribute("title") || element.getAttribute("placeholder") || "");
  return text.trim().replace(/\s+/g, " ");
};
const shown = roots.flatMap((root) => [...root.querySelectorAll(selector)]).filter((element) => element.getClientRects().length > 0);
// The whole name first: "Stop" is not "Stop project".
return shown.find((element) => called(element) === name) ?? shown.find((element) => called(element).startsWith(name)) ?? null;
"#;
