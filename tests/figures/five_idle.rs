//! What five instances that do nothing cost the app: its own processor time, and `WebKit`'s.

use std::time::Duration;

use anyhow::Result;

use crate::report::{Figure, mebibytes};
use crate::stage::Stage;
use crate::support::desk::Desk;
use crate::support::proc::cost;

const OVER: Duration = Duration::from_mins(1);
/// After the last start there is still work: sessions are read, an icon changes.
const REST: Duration = Duration::from_secs(15);

/// Measures with the window shown, then with the window closed to the tray.
pub async fn measure() -> Result<Vec<Figure>> {
    let desk = Desk::set_up()?;
    let _panel = desk.tray_host().await?;
    let stage = Stage::on(desk).await?;
    for number in 1..=5 {
        stage.start(&stage.desk.world.root().join(format!("idle-{number}"))).await?;
    }
    stage.go("#/").await?;
    tokio::time::sleep(REST).await;
    let mut figures = vec![share_of_a_core(&stage, "CPU with five idle instances, window shown").await?];
    for process in stage.app_and_web()? {
        let cost = cost(process.pid)?;
        if process.pid == stage.app()? || process.name.starts_with("WebKitWebProc") {
            figures.push(Figure {
                name: if process.pid == stage.app()? {
                    "  memory of the core then"
                } else {
                    "  memory of the web process then"
                },
                value: format!("{} ({} PSS)", mebibytes(cost.resident), mebibytes(cost.proportional)),
                method: "resident, from smaps_rollup".to_owned(),
            });
        }
    }
    if let Some(window) = stage.desk.screen.visible_window("OpenCode Portal")? {
        stage.desk.screen.close(window)?;
        tokio::time::sleep(REST).await;
        figures.push(share_of_a_core(&stage, "CPU with five idle instances, in the tray").await?);
    }
    Ok(figures)
}

async fn share_of_a_core(stage: &Stage, name: &'static str) -> Result<Figure> {
    let spent = || -> Result<(u64, u64)> {
        let (mut core, mut web) = (0, 0);
        for process in stage.app_and_web()? {
            let spent = cost(process.pid)?.processor_ms;
            if process.name.starts_with("WebKit") { web += spent } else { core += spent }
        }
        Ok((core, web))
    };
    let before = spent()?;
    tokio::time::sleep(OVER).await;
    let after = spent()?;
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of a minute")]
    let percent = |ms: u64| ms as f64 / OVER.as_secs_f64() / 10.0;
    let (core, web) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
    Ok(Figure {
        name,
        value: format!("{:.2} % of a core", percent(core + web)),
        method: format!(
            "processor time over {} s: core {:.2} %, WebKit {:.2} %; the servers' own is not in it",
            OVER.as_secs(),
            percent(core),
            percent(web)
        ),
    })
}
