//! The app's own log: a file a day, a week of them; in debug builds also the terminal.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging. What is given back writes the rest when it is dropped; none: there is no log file.
pub fn start(folder: &Path) -> Option<WorkerGuard> {
    let filter = || {
        EnvFilter::try_from_env("PORTAL_LOG")
            .unwrap_or_else(|_| EnvFilter::new("warn,opencode_portal=info,fleet=info,bridge=info,launch=info"))
    };
    let file = std::fs::create_dir_all(folder).ok().and_then(|()| {
        RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("app")
            .filename_suffix("log")
            .max_log_files(7)
            .build(folder)
            .ok()
    });
    let (file, guard) = file.map(tracing_appender::non_blocking).unzip();
    let file = file.map(|file| fmt::layer().with_ansi(false).with_writer(file));
    let terminal = cfg!(debug_assertions).then(|| fmt::layer().with_writer(std::io::stderr));
    // Fails only when a subscriber is set already, as in a test.
    let _already = tracing_subscriber::registry().with(filter()).with(file).with(terminal).try_init();
    guard
}
