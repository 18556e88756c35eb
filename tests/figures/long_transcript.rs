//! A session of 2,000 messages in the real window: opened, scrolled to its first message, and back.

use std::time::Duration;

use anyhow::Result;

use crate::report::{Figure, mebibytes, quantile};
use crate::stage::{Stage, now_ms};
use crate::support::desk::{DEADLINE, Desk};
use crate::support::long_session::{import, long_session};
use crate::support::proc::cost;
use crate::support::recorder::{Recorder, Seen};

const MESSAGES: usize = 2_000;
const LIMIT: Duration = Duration::from_mins(3);
/// As fast as a wheel is spun: 60 frames of it are 24,000 px a second.
const STEP_PX: u32 = 400;

/// Opens and scrolls it.
pub async fn measure() -> Result<Vec<Figure>> {
    let desk = Desk::set_up()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "now, in ms, is positive and small")]
    let session = long_session(desk.world.project(), MESSAGES, now_ms() as u64);
    let stage = Stage::on(desk).await?;
    let mut opencode = stage.desk.command(testkit::opencode_binary());
    opencode.current_dir(stage.desk.world.project());
    import(opencode, &session, &stage.desk.world.root().join("long.json"))?;
    stage.start(stage.desk.world.project()).await?;
    let before = cost(stage.web()?)?;

    let recorder = Recorder::start(&stage.window).await?;
    recorder.run("recorder.click()").await?;
    recorder.when_in_sight("newest_seen", "Part 1999 does one thing").await?;
    stage.window.click("button", "Open A long session").await?;
    let seen: Seen = recorder.wait_for("recorder.newest_seen", DEADLINE).await?;
    let clicked: f64 = recorder.wait_for("recorder.clicked", DEADLINE).await?;

    let mut walk = recorder.walk_up_to("Question 0:", STEP_PX, LIMIT).await?;
    let after = cost(stage.web()?)?;
    recorder.run("recorder.click()").await?;
    recorder.when_in_sight("back", "Part 1999 does one thing").await?;
    stage.window.click("button", "Newest").await?;
    let back: Seen = recorder.wait_for("recorder.back", DEADLINE).await?;
    let back_from: f64 = recorder.wait_for("recorder.clicked", DEADLINE).await?;

    Ok(vec![
        Figure {
            name: "2,000 messages: click to newest painted",
            value: format!("{:.0} ms", seen.painted - clicked),
            method: "real session from `opencode import`; the first page of it is 20 messages".to_owned(),
        },
        Figure {
            name: "  scrolled to the first message in",
            value: format!("{:.1} s", (walk.ended - walk.began) / 1_000.0),
            method: format!("{STEP_PX} px each frame, through all pages of 60 messages; {} frames", walk.frames),
        },
        Figure {
            name: "  frames with something blank",
            value: format!("{} of {}", walk.blank, walk.frames),
            method: format!("five places of the view looked at in each frame; at worst {} of them blank", walk.worst),
        },
        Figure {
            name: "  frames while scrolling, p95",
            value: format!("{:.0} ms", quantile(&mut walk.lengths, 0.95)),
            method: format!(
                "time between frames; p50 {:.0}, longest {:.0} ms",
                quantile(&mut walk.lengths, 0.5),
                quantile(&mut walk.lengths, 1.0)
            ),
        },
        Figure {
            name: "  from there back to the newest",
            value: format!("{:.0} ms", back.painted - back_from),
            method: "click on “Newest” to its frame".to_owned(),
        },
        Figure {
            name: "  memory of the web process, before, after",
            value: format!("{}, {}", mebibytes(before.resident), mebibytes(after.resident)),
            method: "resident; after: all 2,000 messages read".to_owned(),
        },
    ])
}
