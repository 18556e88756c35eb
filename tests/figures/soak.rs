//! Ten minutes of streaming, and what becomes of the web process's memory.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::{Instant, sleep_until};

use crate::report::{Figure, mebibytes};
use crate::stage::{Server, Stage};
use crate::support::proc::cost;

const MINUTES: usize = 10;
const EVERY: Duration = Duration::from_secs(30);

/// Streams, a long answer each minute, and reads the memory every half minute.
pub async fn measure() -> Result<Vec<Figure>> {
    let stage = Stage::set_up().await?;
    let server = stage.start(stage.desk.world.project()).await?;
    let session = stage.open_new_session(&server).await?;
    let web = stage.web()?;
    let began = Instant::now();
    let mut points = vec![cost(web)?.resident];
    let stream = async {
        for _ in 0..MINUTES {
            one_minute(&server, &session).await?;
        }
        anyhow::Ok(())
    };
    let watch = async {
        for number in 1..=MINUTES * 2 {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            sleep_until(began + EVERY * number).await;
            points.push(cost(web)?.resident);
        }
        anyhow::Ok(())
    };
    let (streamed, watched) = tokio::join!(stream, watch);
    streamed?;
    watched?;
    let first = *points.first().context("No point was measured")?;
    let last = *points.last().context("No point was measured")?;
    let most = points.iter().copied().max().unwrap_or(last);
    let all: Vec<String> = points.iter().map(|point| (point / (1024 * 1024)).to_string()).collect();
    // Warming up is no slope: the second half tells.
    #[allow(clippy::cast_precision_loss, reason = "bytes of one process")]
    let slope = (last as f64 - points[points.len() / 2] as f64) / (1024.0 * 1024.0) / (MINUTES as f64 / 2.0);
    Ok(vec![Figure {
        name: "ten minutes of streaming: web process",
        value: format!("{} → {}", mebibytes(first), mebibytes(last)),
        method: format!(
            "100 deltas of 12 bytes a second, an answer of 72 kB each minute; most {}; {slope:.1} MiB a minute over the second half; each 30 s in MiB: {}",
            mebibytes(most),
            all.join(", ")
        ),
    }])
}

/// One answer of 6,000 deltas in paragraphs of 300, to its end.
async fn one_minute(server: &Server, session: &str) -> Result<()> {
    let paragraph = "@deltas 300 at 100/s of 12 bytes\n@text \\n\\n\n";
    server.answer(session, &paragraph.repeat(20)).await
}
