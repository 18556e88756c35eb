//! What the person has set.

use std::path::PathBuf;

use fleet::{OnQuit, Settings, SettingsPatch, Theme};

use super::path_text;
use crate::messages::{self, SettingsView, ThemeView, UpdateSettings};

impl From<&Settings> for SettingsView {
    fn from(settings: &Settings) -> Self {
        Self {
            theme: match settings.theme {
                Theme::System => ThemeView::System,
                Theme::Light => ThemeView::Light,
                Theme::Dark => ThemeView::Dark,
            },
            opencode_binary: settings.opencode_binary.as_deref().map(path_text),
            on_quit: match settings.on_quit {
                OnQuit::Ask => messages::OnQuit::Ask,
                OnQuit::Keep => messages::OnQuit::Keep,
                OnQuit::Stop => messages::OnQuit::Stop,
            },
            recent_directories: settings.recent_directories.iter().map(|path| path_text(path)).collect(),
            tour_offered: settings.tour_offered,
            sleep_after_minutes: settings.sleep_after_minutes,
            discover: settings.discover,
            restore_fleet: settings.restore_fleet,
        }
    }
}

impl From<messages::OnQuit> for OnQuit {
    fn from(on_quit: messages::OnQuit) -> Self {
        match on_quit {
            messages::OnQuit::Ask => Self::Ask,
            messages::OnQuit::Keep => Self::Keep,
            messages::OnQuit::Stop => Self::Stop,
        }
    }
}

impl From<UpdateSettings> for SettingsPatch {
    fn from(update: UpdateSettings) -> Self {
        let UpdateSettings {
            theme,
            opencode_binary,
            on_quit,
            tour_offered,
            sleep_after_minutes,
            discover,
            restore_fleet,
        } = update;
        Self {
            theme: theme.map(|theme| match theme {
                ThemeView::System => Theme::System,
                ThemeView::Light => Theme::Light,
                ThemeView::Dark => Theme::Dark,
            }),
            opencode_binary: opencode_binary.map(|path| PathBuf::from(path.trim())),
            on_quit: on_quit.map(OnQuit::from),
            tour_offered,
            sleep_after_minutes,
            discover,
            restore_fleet,
        }
    }
}
