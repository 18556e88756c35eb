//! The desktop app: puts the fleet, the bridge, the window and the tray together.
//!
//! Owns everything that names Tauri. It decides nothing about instances: the fleet does, and the bridge is how everything here asks it.

mod arguments;
mod asking;
mod closing;
mod commands;
mod host;
mod logging;
mod machine;
mod opening;
mod platform;
mod portal;
mod programs;
mod terminals;
mod tray;
mod tray_icon;
mod tray_instance;
mod tray_menu;
mod tray_names;
mod windows;

use std::path::PathBuf;

use anyhow::Context;
use fleet::{Fleet, Folders, Options};
use tauri::RunEvent;

pub use arguments::{Arguments, HELP};
pub use platform::prepare_environment;
use platform::{StateLock, session_bus};
use portal::Portal;

/// Runs the app until it quits.
pub fn run(hidden: bool, directory: Option<PathBuf>) -> anyhow::Result<()> {
    let mut folders = Folders::of_this_user().context("There is no home folder")?;
    folders.pinned_opencode = std::env::var_os("PORTAL_PINNED_OPENCODE").map(PathBuf::from);
    let _log = logging::start(&folders.logs());

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("Could not start the runtime")?;
    tauri::async_runtime::set(runtime.handle().clone());

    let lock =
        StateLock::take(&folders.state).with_context(|| format!("Could not lock `{}`", folders.state.display()))?;
    // The fleet opens while the toolkit starts. Without the lock another app has the fleet, and only a hand-over follows.
    let fleet = lock.is_some().then(|| {
        runtime.spawn(Fleet::open(folders.clone(), Options::staying(std::env::var("PORTAL_DISCOVERY").ok().as_deref())))
    });

    let mut builder = tauri::Builder::default();
    // First of all plugins: a second start ends inside it. Without a bus it could neither hand over nor be found.
    if runtime.block_on(session_bus::answers()) {
        builder = builder.plugin(windows::single_instance(&folders.state));
    }
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_shell::init())
        .plugin(windows::remembered_size())
        .invoke_handler(tauri::generate_handler![commands::call, commands::subscribe])
        .on_window_event(windows::on_event)
        .build(context())?;
    let fleet = fleet.context("It is running already, where this session cannot reach it")?;
    runtime.block_on(async {
        Portal::install(&app, fleet.await??);
        anyhow::Ok(())
    })?;

    let mut first = Some((hidden, directory));
    // Not `run`: that would end the process at once, and with it the last lines of the log.
    let status = app.run_return(move |app, event| match event {
        RunEvent::Ready => {
            if let Some((hidden, directory)) = first.take() {
                tray::start(app);
                asking::start(app);
                windows::start(app, hidden, directory);
                closing::on_signals(app.clone());
            }
        }
        // The last window is gone: the tray goes on. Only `AppHandle::exit` carries a code.
        RunEvent::ExitRequested { api, code: None, .. } => api.prevent_exit(),
        RunEvent::Exit => tray::remove(app),
        _ => {}
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    drop(lock);
    anyhow::ensure!(status == 0, "It ended with status {status}");
    Ok(())
}

/// The configuration, the icons and the UI, put into the program when it is built.
#[expect(clippy::exit, reason = "the macro's own code")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
