//! How long a word takes from opencode's event stream to the screen.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use opencode_api::{EventStream, ServerEvent};

use crate::report::{Figure, quantile};
use crate::stage::{Server, Stage, now_ms};
use crate::support::recorder::Recorder;

const WORDS: u32 = 1_000;
const LIMIT: Duration = Duration::from_mins(2);

/// What counting gave.
pub struct Counted {
    /// From a number's arrival on a second event stream to the frame that shows it, in ms.
    pub delays: Vec<f64>,
    /// Times between frames meanwhile, in ms.
    frames: Vec<f64>,
    /// How long the model counted.
    seconds: f64,
}

/// How long a word takes from a server of this machine.
pub async fn measure() -> Result<Vec<Figure>> {
    let stage = Stage::set_up().await?;
    let server = stage.start(stage.desk.world.project()).await?;
    let session = stage.open_new_session(&server).await?;
    let Counted { mut delays, mut frames, seconds } = count(&stage, &server, &session).await?;
    Ok(vec![
        Figure {
            name: "event to painted text at 100/s, p95",
            value: format!("{:.0} ms", quantile(&mut delays, 0.95)),
            method: format!(
                "{WORDS} deltas in {seconds:.1} s; arrival on a second event stream to the frame drawn; p50 {:.0}, max {:.0} ms",
                quantile(&mut delays, 0.5),
                quantile(&mut delays, 1.0)
            ),
        },
        Figure {
            name: "  frames meanwhile, p95",
            value: format!("{:.0} ms", quantile(&mut frames, 0.95)),
            method: format!(
                "time between frames; p50 {:.0}, longest {:.0} ms",
                quantile(&mut frames, 0.5),
                quantile(&mut frames, 1.0)
            ),
        },
    ])
}

/// Lets the model count in the session that is open, 100 numbers a second, and compares when each number is told and when it is painted.
pub async fn count(stage: &Stage, server: &Server, session: &str) -> Result<Counted> {
    let recorder = Recorder::start(&stage.window).await?;
    // One answer before, so that nothing is drawn for the first time.
    server.answer(session, "@text ready when you are").await?;
    stage.window.sees("ready when you are").await?;

    recorder.run("recorder.counts(); recorder.countFrames()").await?;
    let stream = server.client.events().await?;
    let told = tokio::spawn(hear(stream));
    server.prompt(session, &format!("@count {WORDS} at 100/s")).await?;
    let told = tokio::time::timeout(LIMIT, told).await.context("The model did not count to its end")???;
    recorder.wait_for::<f64>(&format!("recorder.painted[{WORDS}]"), LIMIT).await?;
    let painted: BTreeMap<u32, f64> = recorder.read("return recorder.painted").await?;
    let frames: Vec<f64> = recorder.read("return recorder.stopFrames()").await?;

    ensure!(told.len() == painted.len(), "{} numbers were told, {} painted", told.len(), painted.len());
    let delays = told.iter().map(|(number, at)| painted[number] - at).collect();
    Ok(Counted { delays, frames, seconds: (told[&WORDS] - told[&1]) / 1_000.0 })
}

/// When each number arrived.
async fn hear(mut stream: EventStream) -> Result<BTreeMap<u32, f64>> {
    let mut told = BTreeMap::new();
    while let Some(envelope) = stream.next().await? {
        let at = now_ms();
        if let ServerEvent::PartDelta { delta, .. } = envelope.event {
            let numbers = delta.split_whitespace().filter_map(|word| word.strip_prefix('#')?.parse::<u32>().ok());
            told.extend(numbers.map(|number| (number, at)));
        }
        if told.contains_key(&WORDS) {
            break;
        }
    }
    Ok(told)
}
