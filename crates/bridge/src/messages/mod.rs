//! The wire: every type that crosses from the core to a window, a browser or back.
//!
//! Plain data. These types know nothing of how the fleet works; `crate::convert` makes them from domain types by hand, so that a domain type never becomes part of a wire by accident.
//! `ts-rs` writes them to `ui/src/wire/` (test `typescript_is_up_to_date`).

mod failure;
mod fleet;
mod forward;
mod instance;
mod mutations;
mod push;
mod queries;
mod request;
mod session;
mod settings;

pub use failure::{Code, Failure};
pub use fleet::{FleetView, HostView, NoticeLevel, NoticeView, OpencodeSource, OpencodeView};
pub use forward::{Forward, ForwardHead};
pub use instance::{Activity, InstanceView, KindView, OwnerView, StateView};
pub use mutations::{
    AnswerPermission, AnswerQuestion, InstanceRef, OnQuit, OpenTarget, OpenTargetKind, PermissionReply, Quit,
    RejectQuestion, RenameInstance, StartInstance, UpdateSettings,
};
pub use push::{Push, PushItem, TranscriptEvent};
pub use queries::{
    CheckDirectory, DirectoryView, InstanceLog, LogText, Nothing, PickedDirectory, Watch, WatchedSession,
};
pub use request::{QuestionOptionView, QuestionView, RequestBody, RequestView};
pub use session::{SessionStatusView, SessionView};
pub use settings::{SettingsView, ThemeView};
