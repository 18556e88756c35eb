//! Requests that change something. Each travels with a request id and is carried out once for that id.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ProfileView, ThemeView};

/// Starts an instance, or gives the one that runs there already.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct StartInstance {
    /// As typed; `~` is the home folder.
    pub directory: String,
    /// A name; none: the last part of the directory.
    pub name: Option<String>,
    /// How it is run; none: as the instance of this directory was run before.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub profile: Option<ProfileView>,
    /// Whether one more instance is wanted where there is one already.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub another: Option<bool>,
    /// Whether the image of its container is got again; only what does not run can be started so.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub image_again: Option<bool>,
}

/// Some of the instances that are ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FleetScope {
    /// Only this group; none: all.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub group: Option<String>,
}

/// Continues sessions that a crash interrupted.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ContinueSessions {
    /// Which instance.
    pub instance: String,
    /// opencode's ids; empty: all that were interrupted.
    pub sessions: Vec<String>,
}

/// Names an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InstanceRef {
    /// Our id.
    pub instance: String,
}

/// Gives an instance another name.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RenameInstance {
    /// Which instance.
    pub instance: String,
    /// The new name, not empty.
    pub name: String,
}

/// Answers a permission request.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AnswerPermission {
    /// Whose request.
    pub instance: String,
    /// opencode's id, `per_…`.
    pub request: String,
    /// The answer.
    pub reply: PermissionReply,
    /// For `reject`: what the agent is told; it then goes on.
    pub message: Option<String>,
}

/// The answers that a permission request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PermissionReply {
    /// This time.
    Once,
    /// This time and whenever the request's `always` patterns match, until the server restarts.
    Always,
    /// No.
    Reject,
}

/// Answers a question.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AnswerQuestion {
    /// Whose request.
    pub instance: String,
    /// opencode's id, `que_…`.
    pub request: String,
    /// For each question, in order, the labels or the free text.
    pub answers: Vec<Vec<String>>,
}

/// Dismisses a question.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RejectQuestion {
    /// Whose request.
    pub instance: String,
    /// opencode's id, `que_…`.
    pub request: String,
}

/// Changes the settings that are given and leaves the others.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct UpdateSettings {
    /// Light, dark or system.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub theme: Option<ThemeView>,
    /// A path; an empty text takes the choice back.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub opencode_binary: Option<String>,
    /// What happens to running instances when the app quits.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub on_quit: Option<OnQuit>,
    /// Whether the tour was offered already.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub tour_offered: Option<bool>,
    /// After how many idle minutes instances are put to sleep; 0: never.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub sleep_after_minutes: Option<u32>,
    /// Whether instances that others started are looked for.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub discover: Option<bool>,
    /// Whether what ran last is started again with the app.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub restore_fleet: Option<bool>,
}

/// What happens to running instances when the app quits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OnQuit {
    /// Ask each time.
    Ask,
    /// They go on; the next start of the app adopts them.
    Keep,
    /// They are stopped.
    Stop,
}

/// Quits the app.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Quit {
    /// What happens to running instances; `ask` leaves it to the host to ask.
    pub instances: OnQuit,
    /// Whether the answer becomes the setting.
    pub remember: bool,
}

/// Opens something in the person's own programs.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct OpenTarget {
    /// With what.
    pub with: OpenTargetKind,
    /// An absolute path; for `browser` an `http`, `https` or `mailto` address.
    pub target: String,
}

/// The person's own programs that we open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OpenTargetKind {
    /// The editor.
    Editor,
    /// A terminal in that directory.
    Terminal,
    /// The browser.
    Browser,
    /// The file manager.
    Files,
}
