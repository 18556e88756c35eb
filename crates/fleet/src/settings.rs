//! What the person has set.

use std::path::{Path, PathBuf};

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The opencode binary that the person chose; none: we look for it.
    pub opencode_binary: Option<PathBuf>,
    /// What happens to running instances when the app quits.
    pub on_quit: OnQuit,
    /// Directories of recent instances, newest first.
    pub recent_directories: Vec<PathBuf>,
    /// Whether the tour was offered already.
    pub tour_offered: bool,
    /// After how many idle minutes instances are put to sleep; 0: never.
    pub sleep_after_minutes: u32,
    /// Whether instances that others started are looked for.
    pub discover: bool,
    /// Whether what ran last is started again with the app.
    pub restore_fleet: bool,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What happens to running instances when the app quits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnQuit {
    /// Ask each time.
    Ask,
    /// They go on; the next start adopts them.
    Keep,
    /// They are stopped.
    Stop,
}

/// What happens to the running instances now that we quit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtQuit {
    /// They go on; the next start adopts them.
    Keep,
    /// They are stopped.
    Stop,
}

/// A change of the settings; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsPatch {
    /// Light, dark, or as the system has it.
    pub theme: Option<Theme>,
    /// A path; an empty one takes the choice back.
    pub opencode_binary: Option<PathBuf>,
    /// What happens to running instances when the app quits.
    pub on_quit: Option<OnQuit>,
    /// Whether the tour was offered already.
    pub tour_offered: Option<bool>,
    /// After how many idle minutes instances are put to sleep; 0: never.
    pub sleep_after_minutes: Option<u32>,
    /// Whether instances that others started are looked for.
    pub discover: Option<bool>,
    /// Whether what ran last is started again with the app.
    pub restore_fleet: Option<bool>,
}

/// One change, made to what the file says at that moment: other hosts of the same user change it, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingsChange {
    /// Something was set.
    Patch(SettingsPatch),
    /// An instance was started in this directory.
    Remember(PathBuf),
}

impl Settings {
    /// How many recent directories are kept.
    pub const RECENT: usize = 20;

    /// What a person has who has set nothing.
    pub fn initial() -> Self {
        Self {
            theme: Theme::System,
            opencode_binary: None,
            on_quit: OnQuit::Ask,
            recent_directories: Vec::new(),
            tour_offered: false,
            sleep_after_minutes: 0,
            discover: true,
            restore_fleet: false,
        }
    }

    /// These settings with the patch applied.
    #[must_use]
    pub fn with(&self, patch: SettingsPatch) -> Self {
        let SettingsPatch {
            theme,
            opencode_binary,
            on_quit,
            tour_offered,
            sleep_after_minutes,
            discover,
            restore_fleet,
        } = patch;
        Self {
            theme: theme.unwrap_or(self.theme),
            opencode_binary: match opencode_binary {
                Some(chosen) if chosen.as_os_str().is_empty() => None,
                Some(chosen) => Some(chosen),
                None => self.opencode_binary.clone(),
            },
            on_quit: on_quit.unwrap_or(self.on_quit),
            recent_directories: self.recent_directories.clone(),
            tour_offered: tour_offered.unwrap_or(self.tour_offered),
            sleep_after_minutes: sleep_after_minutes.unwrap_or(self.sleep_after_minutes),
            discover: discover.unwrap_or(self.discover),
            restore_fleet: restore_fleet.unwrap_or(self.restore_fleet),
        }
    }

    /// These settings after a change.
    #[must_use]
    pub(crate) fn changed_by(&self, change: &SettingsChange) -> Self {
        match change {
            SettingsChange::Patch(patch) => self.with(patch.clone()),
            SettingsChange::Remember(directory) => {
                let mut settings = self.clone();
                settings.remember(directory);
                settings
            }
        }
    }

    /// Puts a directory first among the recent ones.
    pub fn remember(&mut self, directory: &Path) {
        self.recent_directories.retain(|recent| recent != directory);
        self.recent_directories.insert(0, directory.to_path_buf());
        self.recent_directories.truncate(Self::RECENT);
    }
}
