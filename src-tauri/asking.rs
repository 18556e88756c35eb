//! What `ssh` asks must be seen: the window comes forward for it, wherever the connection was asked for, in the tray as well.

use fleet::{Change, Seen};
use tauri::AppHandle;

use crate::portal::Portal;
use crate::windows;

/// Sees to it that a person can answer as long as the app runs.
pub fn start(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let fleet = Portal::of(&app).fleet.clone();
        let mut changes = fleet.changes();
        let _answers = fleet.answerer();
        let mut asked = 0;
        while let Some(seen) = changes.next().await {
            if matches!(&seen, Seen::Change(change) if **change != Change::Prompts) {
                continue;
            }
            let before = std::mem::replace(&mut asked, fleet.state().prompts.len());
            if asked > before {
                windows::show(&app, None);
            }
        }
    });
}
