//! Everything that a window shows at first, and after a gap.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{InstanceView, PromptView, RequestView, SessionView, SettingsView, VersionsView};

/// The whole fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FleetView {
    /// Every instance we know, in the order of first sight.
    pub instances: Vec<InstanceView>,
    /// The sessions that we know of each instance: recent and live ones.
    pub sessions: Vec<SessionView>,
    /// Every request that waits, oldest first.
    pub requests: Vec<RequestView>,
    /// The opencode that new instances run.
    pub opencode: OpencodeView,
    /// Its versions, and an update on its way.
    pub versions: VersionsView,
    /// What the person has set.
    pub settings: SettingsView,
    /// What the host of this window can do.
    pub host: HostView,
    /// What went wrong beside any instance and is still so: a corrupt registry, a full disk.
    pub notices: Vec<NoticeView>,
    /// What `ssh` asks, oldest first.
    pub prompts: Vec<PromptView>,
}

/// What the host of a window can do, so that the UI offers only that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HostView {
    /// `window` or `browser`.
    pub name: String,
    /// Our version.
    pub version: String,
    /// Whether it has a native dialog for directories.
    pub picks_directories: bool,
    /// Whether it opens the person's editor, terminal and browser.
    pub opens_programs: bool,
    /// Whether quitting ends the app (a browser tab cannot).
    pub quits: bool,
    /// Where settings are kept.
    pub config_folder: String,
    /// Where logs are kept.
    pub log_folder: String,
    /// The person's home folder, to shorten paths with.
    pub home: String,
}

/// The opencode binary that new instances run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "opencode", rename_all = "snake_case")]
pub enum OpencodeView {
    /// Being looked for.
    Looking,
    /// Found, and it tells its version.
    Found {
        /// Where.
        path: String,
        /// What it answered to `--version`.
        version: String,
        /// By what we found it.
        source: OpencodeSource,
    },
    /// Nowhere.
    Missing {
        /// The places looked at, in order.
        searched: Vec<String>,
        /// What went wrong with the last installation, if one was tried.
        install_error: Option<String>,
    },
    /// There, but not usable.
    Broken {
        /// Where.
        path: String,
        /// What is wrong with it.
        reason: String,
        /// By what we found it.
        source: OpencodeSource,
    },
    /// Being installed into our own data folder.
    Installing {
        /// The installer's last line.
        line: String,
    },
}

/// By what an opencode binary was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OpencodeSource {
    /// The person's setting.
    Setting,
    /// The `PATH` of the login shell.
    Path,
    /// A usual place of installers.
    UsualPlace,
    /// Our own data folder.
    Installed,
    /// The pinned one beside the app's sources.
    Pinned,
}

/// Something that is wrong beside any instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticeView {
    /// Tells notices apart; the same trouble keeps its id.
    pub id: String,
    /// How bad.
    pub level: NoticeLevel,
    /// What failed, with what.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Something does not work as it should.
    Warning,
    /// Something was not done.
    Error,
}
