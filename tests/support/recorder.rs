//! Notes inside the page what a transcript shows and when. The script beside this does it; here is how it is asked.

use std::time::Duration;

use anyhow::{Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::window::Window;

const SCRIPT: &str = include_str!("recorder.js");

/// A recorder in a page.
pub struct Recorder<'a> {
    window: &'a Window,
}

/// Something that was waited for.
#[derive(Debug, Deserialize)]
pub struct Seen {
    /// When the page had it, in ms since the epoch.
    pub at: f64,
    /// When the frame with it had been drawn.
    pub painted: f64,
}

/// A way up through a transcript.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Walk {
    /// Frames on the way.
    pub frames: u64,
    /// Frames in which a part of the view was blank.
    pub blank: u64,
    /// How many of the five places looked at were blank, at worst.
    pub worst: u64,
    /// When it began and ended, in ms since the epoch.
    pub began: f64,
    /// See `began`.
    pub ended: f64,
    /// The length of each frame in ms.
    pub lengths: Vec<f64>,
}

impl<'a> Recorder<'a> {
    /// Puts it into the window's page.
    pub async fn start(window: &'a Window) -> Result<Recorder<'a>> {
        window.run(SCRIPT, vec![]).await?;
        Ok(Recorder { window })
    }

    /// Runs one line of script with `recorder` at hand.
    pub async fn run(&self, line: &str) -> Result<Value> {
        self.window.run(&format!("const recorder = window.recorder; {line}"), vec![]).await
    }

    /// The same; what it returns is read.
    pub async fn read<T: DeserializeOwned>(&self, line: &str) -> Result<T> {
        Ok(serde_json::from_value(self.run(line).await?)?)
    }

    /// Waits until `expression` gives something else than null.
    pub async fn wait_for<T: DeserializeOwned>(&self, expression: &str, limit: Duration) -> Result<T> {
        let script = format!("return {expression} ?? null");
        let look = async || self.run(&script).await.ok().filter(|value| !value.is_null());
        let value = testkit::within(limit, look).await;
        match value {
            Some(value) => Ok(serde_json::from_value(value)?),
            None => bail!(
                "The page never had `{expression}` within {limit:?}; it has {}",
                self.run("return recorder").await?
            ),
        }
    }

    /// Scrolls up until `text` is in sight at the very top.
    pub async fn walk_up_to(&self, text: &str, step_px: u32, limit: Duration) -> Result<Walk> {
        self.window
            .run("window.recorder.scrollUpTo(arguments[0], arguments[1])", vec![json!(text), json!(step_px)])
            .await?;
        self.wait_for("(recorder.walk.isDone ? recorder.walk : null)", limit).await
    }

    /// Notes under `name` when `text` first is in sight in the transcript.
    pub async fn when_in_sight(&self, name: &str, text: &str) -> Result<()> {
        let script =
            "const text = arguments[1]; window.recorder.when(arguments[0], () => window.recorder.isInSight(text))";
        self.window.run(script, vec![json!(name), json!(text)]).await?;
        Ok(())
    }
}
