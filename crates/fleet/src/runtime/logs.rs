//! The output of instances: kept short, read in pages, searched, saved.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use launch::LaunchError;
use launch::log::{self, LogKeeper, LogMatches, LogPage, SaveOver};

use super::context::{Context, now};
use crate::handle::LogPlace;
use crate::{FleetError, Folders, Instance, Timestamp};

/// How long a log may become.
const LOG_BYTES: u64 = 8 * 1024 * 1024;
/// How many older logs are kept.
pub(super) const LOGS_KEPT: usize = 2;
/// How many files of one name there may be.
const NAMES: u32 = 100;

/// Keeps logs from growing for ever.
pub(super) async fn keep_short(context: Context) {
    let mut keeper = LogKeeper::new(LOG_BYTES, LOGS_KEPT);
    loop {
        let logs: Vec<PathBuf> =
            context.states.borrow().instances.values().filter_map(|instance| instance.log.clone()).collect();
        let looked = tokio::task::spawn_blocking(move || {
            let (errors, again) = keeper.look(&logs);
            for error in errors {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, cause, "A log was not rotated");
            }
            (keeper, again)
        });
        let fresh = || (LogKeeper::new(LOG_BYTES, LOGS_KEPT), Duration::from_secs(1));
        let (back, again) = looked.await.unwrap_or_else(|_| fresh());
        keeper = back;
        tokio::time::sleep(again).await;
    }
}

/// A page of a log; of an instance that has none, an empty one.
pub(crate) async fn read(log: Option<PathBuf>, place: LogPlace, lines: usize) -> Result<LogPage, FleetError> {
    with(log.unwrap_or_default(), move |log| match place {
        LogPlace::End => log::read(log, None, lines),
        LogPlace::After(cursor) => log::read(log, Some(&cursor), lines),
        LogPlace::Before(cursor) => log::read_before(log, &cursor, lines),
    })
    .await
}

/// Where a text is in a log.
pub(crate) async fn search(log: Option<PathBuf>, text: String, limit: usize) -> Result<LogMatches, FleetError> {
    with(log.unwrap_or_default(), move |log| log::search(log, &text, limit)).await
}

/// Writes everything that is kept of a log into the person's download folder. Gives the file.
pub(crate) async fn save(folders: &Folders, instance: &Instance) -> Result<PathBuf, FleetError> {
    let (folders, at) = (folders.clone(), now());
    let log = instance.log.clone().unwrap_or_default();
    let name = file_name(&instance.name, at);
    with(log, move |log| {
        let folder = downloads(&folders);
        let mut number = 1;
        loop {
            let ending = if number == 1 { String::new() } else { format!("-{number}") };
            let to = folder.join(format!("{name}{ending}.log"));
            match log::save(log, &to, SaveOver::Refuse) {
                Ok(_) => return Ok(to),
                Err(LaunchError::Log { source, .. })
                    if source.kind() == io::ErrorKind::AlreadyExists && number < NAMES =>
                {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    })
    .await
}

async fn with<T: Send + 'static>(
    log: PathBuf,
    does: impl FnOnce(&Path) -> Result<T, LaunchError> + Send + 'static,
) -> Result<T, FleetError> {
    let done = tokio::task::spawn_blocking(move || does(&log));
    Ok(done.await.map_err(|_| FleetError::Closed)??)
}

/// A name that every file system takes.
fn file_name(instance: &str, at: Timestamp) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]-[hour][minute][second]");
    let at = time::OffsetDateTime::from_unix_timestamp(i64::try_from(at.as_ms() / 1000).unwrap_or_default());
    let at = at.ok().and_then(|at| at.format(format).ok()).unwrap_or_default();
    let letter = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
    let name: String = instance.chars().take(60).map(letter).collect();
    let name = name.trim_matches(['.', '-']);
    format!("{}-{at}", if name.is_empty() { "opencode" } else { name })
}

/// The folder for downloads, as the desktop has it; without one the home folder.
fn downloads(folders: &Folders) -> PathBuf {
    let chosen = folders.config.parent().and_then(|config| std::fs::read_to_string(config.join("user-dirs.dirs")).ok());
    let chosen = chosen.and_then(|text| download_folder_in(&text, &folders.home));
    let usual = [chosen, Some(folders.home.join("Downloads"))];
    usual.into_iter().flatten().find(|folder| folder.is_dir()).unwrap_or_else(|| folders.home.clone())
}

fn download_folder_in(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?.trim_matches('"');
    match value.strip_prefix("$HOME") {
        Some(rest) => Some(home.join(rest.trim_start_matches('/'))),
        None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_makes_a_file_name() {
        let at = Timestamp(1_700_000_000_000);
        for (name, expected) in [
            ("site", "site-2023-11-14-221320"),
            ("../a b:c/ü", "a-b-c-ü-2023-11-14-221320"),
            ("", "opencode-2023-11-14-221320"),
            ("...", "opencode-2023-11-14-221320"),
        ] {
            assert_eq!(file_name(name, at), expected, "{name}");
        }
        assert!(file_name(&"x".repeat(500), at).len() < 100);
    }

    #[test]
    fn the_download_folder_is_the_desktops() {
        let home = Path::new("/home/me");
        for (text, expected) in [
            ("# c\nXDG_DOWNLOAD_DIR=\"$HOME/Herunter geladen\"\n", Some("/home/me/Herunter geladen")),
            ("XDG_DOWNLOAD_DIR=\"/data/dl\"", Some("/data/dl")),
            ("XDG_DOWNLOAD_DIR=\"$HOME/\"", Some("/home/me/")),
            ("XDG_DOWNLOAD_DIR=\"relative\"", None),
            ("XDG_DESKTOP_DIR=\"$HOME/d\"", None),
        ] {
            assert_eq!(download_folder_in(text, home), expected.map(PathBuf::from), "{text}");
        }
    }
}
