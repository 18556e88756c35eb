//! What the person has set.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::OnQuit;

/// The settings that windows show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingsView {
    /// Light, dark, or as the system has it.
    pub theme: ThemeView,
    /// The opencode binary that the person chose; none: we look for it.
    pub opencode_binary: Option<String>,
    /// What happens to running instances when the app quits.
    pub on_quit: OnQuit,
    /// Directories of recent instances, newest first.
    pub recent_directories: Vec<String>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeView {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
