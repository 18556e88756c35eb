//! The wire: every type that crosses from the core to a window, a browser or back.
//!
//! Plain data. These types know nothing of how the fleet works; `crate::convert` makes them from domain types by hand, so that a domain type never becomes part of a wire by accident.
//! `ts-rs` writes them to `ui/src/wire/` (test `typescript_is_up_to_date`).

mod failure;
mod fleet;
mod forward;
mod found;
mod instance;
mod logs;
mod mutations;
mod place;
mod profile;
mod prompts;
mod push;
mod queries;
mod request;
mod resources;
mod session;
mod settings;
mod versions;

pub use failure::{Code, Failure};
pub use fleet::{FleetView, HostView, NoticeLevel, NoticeView, OpencodeSource, OpencodeView};
pub use forward::{Forward, ForwardHead};
pub use found::{
    AddAddress, AddedAddressView, AddressFound, AddressView, CertificateProblemView, CertificateTrust, CertificateView,
    ChangeAddress, CheckAddress, KeepPassword, StopExternal, TrustCertificate, UnlockInstance, WayView,
};
pub use instance::{
    Activity, InstanceView, InterruptedView, KindView, OwnerView, RestartView, RoleView, SourceView, StateView,
};
pub use logs::{LogLineView, LogMatchView, LogMatches, LogPageView, ReadLog, SavedFile, SearchLog};
pub use mutations::{
    AnswerPermission, AnswerQuestion, ContinueSessions, FleetScope, InstanceRef, OnQuit, OpenTarget, OpenTargetKind,
    PermissionReply, Quit, RejectQuestion, RenameInstance, StartInstance, UpdateSettings,
};
pub use place::{
    ContainerView, DockerPlaceView, EngineView, EnginesView, ListSshDirectory, MountView, NetworkView, PlaceView,
    RemoveInstance, SshDirectoryView, SshHostsView, SshPlaceView,
};
pub use profile::{LogLevelView, ProfileView, RestartPolicyView, SetProfile, SleepRuleView, VariableView};
pub use prompts::{AnswerPrompt, PromptKindView, PromptView};
pub use push::{Push, PushItem, TranscriptEvent};
pub use queries::{
    CheckDirectory, DirectoryView, InstanceLog, LogText, Nothing, PickedDirectory, Watch, WatchedSession,
};
pub use request::{QuestionOptionView, QuestionView, RequestBody, RequestView};
pub use resources::{
    EndChild, HistoryEntryView, HistoryView, MeasureView, PartView, ProcessView, ResourcesView, SampleView,
};
pub use session::{SessionStatusView, SessionView};
pub use settings::{SettingsView, ThemeView};
pub use versions::{UpdateOpencode, UpdateView, VersionsView};
