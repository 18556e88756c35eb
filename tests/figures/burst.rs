//! The worst that a model can do to the window: 5,000 deltas at 1,000 a second.

use std::time::Duration;

use anyhow::{Context, Result};
use opencode_api::{EventStream, ServerEvent};

use crate::report::{Figure, quantile};
use crate::stage::{Stage, now_ms};
use crate::support::recorder::{Recorder, Seen};

const DELTAS: usize = 5_000;
const LIMIT: Duration = Duration::from_mins(2);

/// Plays the burst and looks at its end.
pub async fn measure() -> Result<Vec<Figure>> {
    let stage = Stage::set_up().await?;
    let server = stage.start(stage.desk.world.project()).await?;
    let session = stage.open_new_session(&server).await?;
    let recorder = Recorder::start(&stage.window).await?;
    server.answer(&session, "@text ready when you are").await?;
    stage.window.sees("ready when you are").await?;

    let complete = format!("recorder.when('whole', () => recorder.newest().length >= {})", DELTAS * 6 - 1);
    recorder.run(&format!("{complete}; recorder.countFrames()")).await?;
    let stream = server.client.events().await?;
    let told = tokio::spawn(hear(stream));
    server.prompt(&session, &format!("@deltas {DELTAS} at 1000/s")).await?;
    let (first, last, count) = tokio::time::timeout(LIMIT, told).await.context("The burst did not end")???;
    let whole: Seen = recorder.wait_for("recorder.whole", LIMIT).await?;
    let mut frames: Vec<f64> = recorder.read("return recorder.stopFrames()").await?;
    let words: usize =
        recorder.read("return recorder.newest().trim().split(' ').filter((word) => word === 'xxxxx').length").await?;
    let seconds = (last - first) / 1_000.0;
    Ok(vec![
        Figure {
            name: "burst of 5,000 deltas: text at the end",
            value: format!("{words} of {DELTAS} words"),
            method: format!("asked for 1,000/s; {count} deltas arrived in {seconds:.1} s"),
        },
        Figure {
            name: "  page behind the server at its end",
            value: format!("{:.0} ms", whole.painted - last),
            method: "last delta on a second event stream to the frame with the whole text".to_owned(),
        },
        Figure {
            name: "  longest frame",
            value: format!("{:.0} ms", quantile(&mut frames, 1.0)),
            method: format!(
                "time between frames; p50 {:.0}, p95 {:.0} ms",
                quantile(&mut frames, 0.5),
                quantile(&mut frames, 0.95)
            ),
        },
    ])
}

/// When the first and the last delta arrived, and how many there were.
async fn hear(mut stream: EventStream) -> Result<(f64, f64, usize)> {
    let (mut first, mut last, mut words, mut count) = (f64::NAN, f64::NAN, 0, 0);
    while let Some(envelope) = stream.next().await? {
        if let ServerEvent::PartDelta { delta, .. } = envelope.event {
            last = now_ms();
            if count == 0 {
                first = last;
            }
            count += 1;
            words += delta.split_whitespace().count();
            if words >= DELTAS {
                break;
            }
        }
    }
    Ok((first, last, count))
}
