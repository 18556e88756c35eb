//! The settings file: JSON with a version, for the user alone, the previous one kept beside it.
//!
//! Several hosts of one user write it: every change is made under a lock, to what is in the file at that moment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::atomic::{self, Durability};
use super::file_lock::lock_beside;
use crate::{Notice, NoticeId, NoticeLevel, OnQuit, Settings, Theme};

const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct SettingsFile {
    version: u64,
    #[serde(default)]
    theme: ThemeFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opencode_binary: Option<PathBuf>,
    #[serde(default)]
    on_quit: OnQuitFile,
    #[serde(default)]
    recent_directories: Vec<PathBuf>,
    #[serde(default)]
    tour_offered: bool,
    #[serde(default)]
    sleep_after_minutes: u32,
    #[serde(default = "yes")]
    discover: bool,
    #[serde(default)]
    restore_fleet: bool,
    /// What a newer version has written and we do not know.
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ThemeFile {
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OnQuitFile {
    #[default]
    Ask,
    Keep,
    Stop,
}

fn yes() -> bool {
    true
}

/// What was read, and what is wrong with it.
pub(crate) struct ReadSettings {
    pub(crate) settings: Settings,
    pub(crate) notice: Option<Notice>,
}

/// The notice about settings that cannot be read or written.
pub(crate) fn notice_id() -> NoticeId {
    NoticeId::from("settings")
}

/// Reads the settings. A file that makes no sense is kept under another name, and the one before it is used.
pub(crate) fn read(path: &Path, now_ms: u64) -> ReadSettings {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return ReadSettings { settings: Settings::initial(), notice: None };
        }
        Err(error) => {
            let message = format!("The settings in `{}` could not be read: {error}", path.display());
            let hint = Some("Correct the permissions of the file and start Portal again".to_owned());
            return ReadSettings { settings: Settings::initial(), notice: Some(warning(message, hint)) };
        }
    };
    if let Some(settings) = parse(&bytes) {
        return ReadSettings { settings, notice: None };
    }
    let before = fs::read(previous(path)).ok().and_then(|bytes| parse(&bytes));
    let used = if before.is_some() { "the ones before them are used" } else { "Portal starts with none" };
    let kept = match atomic::back_up_corrupt(path, now_ms) {
        Ok(copy) => format!("The file was kept as `{}`", copy.display()),
        Err(error) => format!("The file could not be kept under another name: {error}"),
    };
    let message = format!("The settings in `{}` make no sense; {used}", path.display());
    ReadSettings { settings: before.unwrap_or_else(Settings::initial), notice: Some(warning(message, Some(kept))) }
}

/// What the file says now; none: there is no file. An error of kind `InvalidData`: it makes no sense.
pub(crate) fn look(path: &Path) -> io::Result<Option<Settings>> {
    match fs::read(path) {
        Ok(bytes) => parse(&bytes).map(Some).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no settings")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Changes what the file says, or `otherwise` where it says nothing, and gives what it says then. Waits while another host does.
/// What makes no sense is kept under another name; what cannot be read is left alone.
pub(crate) fn change(
    path: &Path,
    now_ms: u64,
    otherwise: &Settings,
    change: impl FnOnce(Settings) -> Settings,
) -> io::Result<Settings> {
    let _lock = lock_beside(path)?;
    let said = match look(path) {
        Ok(said) => said,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            let copy = atomic::back_up_corrupt(path, now_ms)?;
            tracing::warn!(copy = %copy.display(), "The settings made no sense and were kept aside");
            None
        }
        Err(error) => return Err(error),
    };
    let settings = change(said.clone().unwrap_or_else(|| otherwise.clone()));
    if said.as_ref() != Some(&settings) {
        write(path, &settings)?;
    }
    Ok(settings)
}

/// Writes the settings; the file before them stays beside it.
fn write(path: &Path, settings: &Settings) -> io::Result<()> {
    let old = fs::read(path).ok();
    let others = old
        .as_deref()
        .and_then(|bytes| serde_json::from_slice::<SettingsFile>(bytes).ok())
        .map(|file| file.others)
        .unwrap_or_default();
    let file = SettingsFile {
        version: VERSION,
        theme: match settings.theme {
            Theme::System => ThemeFile::System,
            Theme::Light => ThemeFile::Light,
            Theme::Dark => ThemeFile::Dark,
        },
        opencode_binary: settings.opencode_binary.clone(),
        on_quit: match settings.on_quit {
            OnQuit::Ask => OnQuitFile::Ask,
            OnQuit::Keep => OnQuitFile::Keep,
            OnQuit::Stop => OnQuitFile::Stop,
        },
        recent_directories: settings.recent_directories.clone(),
        tour_offered: settings.tour_offered,
        sleep_after_minutes: settings.sleep_after_minutes,
        discover: settings.discover,
        restore_fleet: settings.restore_fleet,
        others,
    };
    let text = serde_json::to_vec_pretty(&file).map_err(io::Error::other)?;
    if let Some(old) = old.filter(|old| parse(old).is_some()) {
        atomic::write(&previous(path), &old, Durability::Buffered)?;
    }
    atomic::write(path, &text, Durability::Synced)
}

fn previous(path: &Path) -> PathBuf {
    path.with_extension("previous.json")
}

fn parse(bytes: &[u8]) -> Option<Settings> {
    let file: SettingsFile = serde_json::from_slice(bytes).ok()?;
    Some(Settings {
        theme: match file.theme {
            ThemeFile::System => Theme::System,
            ThemeFile::Light => Theme::Light,
            ThemeFile::Dark => Theme::Dark,
        },
        opencode_binary: file.opencode_binary,
        on_quit: match file.on_quit {
            OnQuitFile::Ask => OnQuit::Ask,
            OnQuitFile::Keep => OnQuit::Keep,
            OnQuitFile::Stop => OnQuit::Stop,
        },
        recent_directories: file.recent_directories.into_iter().take(Settings::RECENT).collect(),
        tour_offered: file.tour_offered,
        sleep_after_minutes: file.sleep_after_minutes,
        discover: file.discover,
        restore_fleet: file.restore_fleet,
    })
}

fn warning(message: String, hint: Option<String>) -> Notice {
    Notice { id: notice_id(), level: NoticeLevel::Warning, message, hint }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::file_lock::lock_beside;
    use super::{change, look, read, write};
    use crate::{OnQuit, Settings, Theme};

    #[test]
    fn reads_what_it_writes_and_keeps_what_it_does_not_know() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        assert!(read(&path, 0).notice.is_none(), "no file is no trouble");
        let mut settings = Settings { theme: Theme::Dark, on_quit: OnQuit::Keep, ..Settings::initial() };
        settings.remember("/tmp/ü".as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, r#"{"version":1,"quiet_hours":[22,7]}"#).unwrap();
        write(&path, &settings).unwrap();
        assert_eq!(read(&path, 0).settings, settings);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("quiet_hours"), "{text}");
    }

    #[test]
    fn corrupt_settings_are_kept_and_the_ones_before_are_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let first = Settings { theme: Theme::Dark, ..Settings::initial() };
        write(&path, &first).unwrap();
        write(&path, &Settings::initial()).unwrap();
        std::fs::write(&path, "{\"version\":").unwrap();
        let read = read(&path, 42);
        assert_eq!(read.settings, first);
        assert!(read.notice.is_some());
        assert!(folder.path().join("settings.json.corrupt-42").exists());
    }

    #[test]
    fn a_change_leaves_what_another_host_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        let known = Settings { tour_offered: true, ..Settings::initial() };
        change(&path, 0, &known, |settings| Settings { theme: Theme::Dark, ..settings }).unwrap();
        let said = change(&path, 0, &Settings::initial(), |settings| Settings { on_quit: OnQuit::Keep, ..settings });
        let both = Settings { theme: Theme::Dark, on_quit: OnQuit::Keep, ..known };
        assert_eq!(said.unwrap(), both);
        assert_eq!(look(&path).unwrap(), Some(both));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn hosts_that_change_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        std::thread::scope(|scope| {
            for number in 0..6 {
                let path = &path;
                scope.spawn(move || {
                    let remember = |mut settings: Settings| {
                        settings.remember(format!("/tmp/{number}").as_ref());
                        settings
                    };
                    change(path, 0, &Settings::initial(), remember).unwrap();
                });
            }
        });
        assert_eq!(read(&path, 0).settings.recent_directories.len(), 6);
    }

    #[test]
    fn a_change_of_nonsense_keeps_it_aside_and_what_cannot_be_read_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        std::fs::write(&path, "{").unwrap();
        assert_eq!(look(&path).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
        let known = Settings { theme: Theme::Dark, ..Settings::initial() };
        let said = change(&path, 7, &known, |settings| Settings { on_quit: OnQuit::Keep, ..settings }).unwrap();
        assert_eq!(said, Settings { on_quit: OnQuit::Keep, ..known.clone() }, "what was known goes on");
        assert_eq!(std::fs::read_to_string(folder.path().join("settings.json.corrupt-7")).unwrap(), "{");
        std::fs::remove_file(&path).unwrap();
        // It refuses to be read, whoever asks.
        std::fs::create_dir(&path).unwrap();
        assert!(change(&path, 8, &known, |settings| settings).is_err());
        assert!(path.is_dir());
    }

    #[test]
    fn one_that_never_ends_its_change_is_not_waited_for_forever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let _held = lock_beside(&path).unwrap();
        let error = change(&path, 0, &Settings::initial(), |settings| settings).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
        assert!(!path.exists());
    }

    #[test]
    fn recent_directories_are_bounded_and_newest_first() {
        let mut settings = Settings::initial();
        for number in 0..30 {
            settings.remember(format!("/tmp/{number}").as_ref());
        }
        settings.remember("/tmp/20".as_ref());
        assert_eq!(settings.recent_directories.len(), Settings::RECENT);
        assert_eq!(settings.recent_directories[0], std::path::Path::new("/tmp/20"));
    }
}
