//! The real tray over D-Bus: it starts and stops an instance and answers its requests with the window closed.

use anyhow::{Context, Result, ensure};
use testkit::within;

use crate::support::agent::{instance_process, prompt};
use crate::support::desk::{DEADLINE, Desk, Owned, portal_binary};
use crate::support::project::project_with_model;
use crate::support::tray_host::TrayHost;

const TITLE: &str = "OpenCode Portal";

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_starts_answers_and_stops_with_the_window_closed() -> Result<()> {
    let desk = Desk::set_up()?;
    let _model = project_with_model(&desk).await?;
    make_known(&desk)?;
    let tray = desk.tray_host().await?;
    let mut app = desk.start_app(&[])?;
    close_window(&desk).await?;
    ensure!(app.ended()?.is_none(), "The app ended with its window though a tray is there");
    let quiet = shows(&tray, &["project (stopped)", "Start"]).await?;

    tray.click(&["project (stopped)", "Start"]).await?;
    shows(&tray, &["project (idle)", "Stop"]).await?;

    prompt(&desk, "@bash touch allowed-by-tray\n@text done").await?;
    shows(&tray, &["project: bash", "Once"]).await?;
    ensure!(tray.icon().await? != quiet, "The icon is the same when somebody waits");
    tray.click(&["project: bash", "Once"]).await?;
    let is_there = async || desk.world.project().join("allowed-by-tray").exists().then_some(());
    within(DEADLINE, is_there).await.context("The command that the tray allowed did not run")?;
    shows_no(&tray, "project: bash").await?;

    prompt(&desk, "@bash touch rejected-by-tray").await?;
    shows(&tray, &["project: bash", "Reject"]).await?;
    tray.click(&["project: bash", "Reject"]).await?;
    shows_no(&tray, "project: bash").await?;
    ensure!(!desk.world.project().join("rejected-by-tray").exists(), "The command that the tray rejected ran");

    // The turn ends with the rejection.
    shows(&tray, &["project (idle)", "Stop"]).await?;
    tray.click(&["project (idle)", "Stop"]).await?;
    shows(&tray, &["project (stopped)", "Start"]).await?;
    ensure!(instance_process(&desk).is_none(), "The instance that the tray stopped is still there");
    ensure!(desk.screen.visible_window(TITLE)?.is_none(), "The window came back by itself");

    tray.click(&["Open OpenCode Portal"]).await?;
    let is_shown = async || desk.screen.visible_window(TITLE).ok().flatten();
    within(DEADLINE, is_shown).await.context("The tray did not open the window")?;

    tray.click(&["Quit"]).await?;
    ends(&mut app).await?;
    testkit::no_process_left(&desk.world).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_closing_the_window_quits() -> Result<()> {
    let desk = Desk::set_up()?;
    let mut app = desk.start_app(&[])?;
    close_window(&desk).await?;
    ends(&mut app).await?;
    testkit::no_process_left(&desk.world).await;
    Ok(())
}

/// Starts and stops an instance by the command line, so that the app knows the project.
fn make_known(desk: &Desk) -> Result<()> {
    for verb in ["start", "stop"] {
        let output = desk.command(portal_binary()).arg(verb).arg(desk.world.project()).output()?;
        ensure!(output.status.success(), "`portal {verb}` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Waits for the window and closes it by its close button.
async fn close_window(desk: &Desk) -> Result<()> {
    let window = within(DEADLINE, async || desk.screen.visible_window(TITLE).ok().flatten()).await;
    let window = window.context("The app shows no window")?;
    let is_closed = async || {
        // A page that is still loading may not have its close button wired up.
        desk.screen.close(window).ok()?;
        desk.screen.visible_window(TITLE).ok()?.is_none().then_some(())
    };
    within(DEADLINE, is_closed).await.context("The window does not close")
}

/// Waits until the tray's menu has that entry, and gives the icon shown with it.
async fn shows(tray: &TrayHost, labels: &[&str]) -> Result<String> {
    let found = within(DEADLINE, async || {
        let menu = tray.menu().await.ok()?;
        menu.find(labels).filter(|entry| entry.enabled)?;
        tray.icon().await.ok()
    })
    .await;
    match found {
        Some(icon) => Ok(icon),
        None => anyhow::bail!("The tray never showed {labels:?}; it is:\n{}", tray.menu().await?.outline()),
    }
}

async fn shows_no(tray: &TrayHost, label: &str) -> Result<()> {
    let gone = async || tray.menu().await.ok()?.find(&[label]).is_none().then_some(());
    within(DEADLINE, gone).await.with_context(|| format!("The tray still shows `{label}`"))
}

async fn ends(app: &mut Owned) -> Result<()> {
    within(DEADLINE, async || app.ended().ok().flatten()).await.context("The app does not end")?;
    Ok(())
}
