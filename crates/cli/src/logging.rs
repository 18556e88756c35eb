//! The log of `portal serve`. Short commands have none: what they have to say, they print.

use std::path::Path;
use std::{fs, io};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Says what is logged, as `RUST_LOG` does elsewhere.
const FILTER: &str = "PORTAL_LOG";

/// Logs into `serve.*.log` of that folder, a file each day, a week of them.
pub(crate) fn to_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("serve")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)
        .map_err(io::Error::other)?;
    let filter = EnvFilter::try_from_env(FILTER).unwrap_or_else(|_| EnvFilter::new("info"));
    let started = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(file).try_init();
    started.map_err(io::Error::other)
}
