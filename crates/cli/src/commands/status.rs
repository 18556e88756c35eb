//! `portal status`.

use std::time::Duration;

use bridge::fleet::Opencode;
use bridge::messages::{FleetView, NoticeView, OpencodeView};

use crate::output::{Trouble, say, table};
use crate::portal::Portal;

/// How long opencode is looked for; a login shell can be slow.
const LOOKING: Duration = Duration::from_secs(10);

/// Says how things are.
pub(crate) async fn run() -> Result<(), Trouble> {
    let mut portal = Portal::open().await?;
    let fleet = portal.bridge.fleet().clone();
    let mut changes = fleet.changes();
    let looked = async { while fleet.state().opencode == Opencode::Looking && changes.next().await.is_some() {} };
    let _ = tokio::time::timeout(LOOKING, looked).await;
    let view = portal.view().await;
    portal.close().await;
    for line in describe(&view?) {
        say(&line);
    }
    Ok(())
}

fn describe(view: &FleetView) -> Vec<String> {
    let mut lines = vec![format!("opencode: {}", opencode(&view.opencode))];
    lines.push(match view.instances.len() {
        0 => "instances: none".to_owned(),
        count => format!("instances: {count}"),
    });
    if !view.instances.is_empty() {
        lines.extend(table(&view.instances).into_iter().map(|line| format!("  {line}")));
    }
    lines.push(format!("waiting for you: {}", view.requests.len()));
    for NoticeView { message, hint, .. } in &view.notices {
        lines.push(format!("notice: {message}"));
        lines.extend(hint.iter().map(|hint| format!("  {hint}")));
    }
    lines.push(format!("settings: {}", view.host.config_folder));
    lines.push(format!("logs: {}", view.host.log_folder));
    lines
}

fn opencode(opencode: &OpencodeView) -> String {
    match opencode {
        OpencodeView::Looking => "still looked for".to_owned(),
        OpencodeView::Found { path, version, .. } => format!("{version} at {path}"),
        OpencodeView::Missing { .. } => "not found".to_owned(),
        OpencodeView::Broken { path, reason, .. } => format!("{path} cannot be used: {reason}"),
        OpencodeView::Installing { line } => format!("being installed: {line}"),
    }
}
