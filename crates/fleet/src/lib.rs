//! What is true: instances and their states, sessions, requests, the registry; what follows from what happens.
//!
//! The core is [`reduce`]: pure, with the time as an argument. The runtime performs the effects that it asks for and reports back as events.
//! This crate knows nothing of windows, of HTTP hosts and of how things are drawn. It names `launch` for what touches the operating system and `opencode-api` for what speaks with a server.
//!
//! Domain types do not derive `Serialize`: files and wires have types of their own.
#![deny(missing_docs)]

mod change;
mod containers;
mod core;
mod directory;
mod discovery;
mod effect;
mod error;
mod event;
mod files;
mod folders;
mod handle;
mod ids;
mod instance;
mod instance_state;
mod notice;
mod opencode;
mod options;
mod pace;
mod place;
mod profile;
mod profile_check;
mod profile_error;
mod record;
mod reduce;
mod registry;
mod request;
mod resources;
mod roster;
mod runtime;
mod session;
mod settings;
mod ssh;
mod state;
mod supervision;
mod versions;
mod way;

pub use change::{Change, TranscriptEvent, Value};
pub use containers::{ContainerRef, EngineSummary, INSTALL_AN_ENGINE};
pub use discovery::{AddressError, Credentials, Keep, Overhearing, Source};
pub use error::FleetError;
pub use folders::Folders;
pub use handle::{
    AddAddress, AddedAddress, AddressCheck, AddressFound, ChangeAddress, Changes, Fleet, Forward, LogPlace, LogTail,
    Seen, Start,
};
pub use ids::{InstanceId, NoticeId, Timestamp};
pub use instance::{Activity, Instance, Kind, Owner, ProcessElsewhere, Restart, Role, Usage};
pub use instance_state::{Failure, InstanceState, Step};
pub use launch::log::{LogLine, LogMatch, LogMatches, LogPage};
pub use launch::ssh::{RemoteDirectoryError, RemoteFailure, SshError};
pub use launch::{
    DirectoryError, LaunchError, LogCursor, LogLevel as LineLevel, ProcessIdentity, line_of, quoted_text,
};
pub use notice::{Notice, NoticeLevel};
pub use opencode::{Opencode, OpencodeSource};
pub use opencode_api::{
    ApiError, BasePath, Certificate, CertificateProblem, Fingerprint, Forwarded, MessageId, Method, NoFingerprint,
    PartId, PermissionReply, Port, RequestId, Scheme, Secret, SessionId, Trust, UntrustedCertificate,
};
pub use options::{Discovery, Options};
pub use pace::Pace;
pub use place::{DockerPlace, Mount, Network, Pass, Place, SshPlace};
pub use profile::{LogLevel, Profile, RestartPolicy, SleepRule};
pub use profile_error::ProfileError;
pub use request::{Question, QuestionOption, Request, RequestBody};
pub use resources::{Measure, Part, ProcessUsage, Resources, Sample};
pub use roster::Scope;
pub use runtime::{Answerer, DirectoryThere, HostThere};
pub use session::{Session, SessionStatus};
pub(crate) use settings::SettingsChange;
pub use settings::{AtQuit, OnQuit, Settings, SettingsPatch, Theme};
pub use ssh::{Prompt, PromptId, PromptKind};
pub use state::State;
pub use supervision::HistoryEntry;
pub use versions::{Update, Versions};
pub use way::Way;
