//! What is true: instances and their states, sessions, requests, the registry; what follows from what happens.
//!
//! The core is [`reduce`]: pure, with the time as an argument. The runtime performs the effects that it asks for and reports back as events.
//! This crate knows nothing of windows, of HTTP hosts and of how things are drawn. It names `launch` for what touches the operating system and `opencode-api` for what speaks with a server.
//!
//! Domain types do not derive `Serialize`: files and wires have types of their own.
#![deny(missing_docs)]

mod change;
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
mod profile;
mod record;
mod reduce;
mod registry;
mod request;
mod resources;
mod roster;
mod runtime;
mod session;
mod settings;
mod state;
mod supervision;
mod versions;

pub use change::{Change, TranscriptEvent, Value};
pub use discovery::Source;
pub use error::FleetError;
pub use folders::Folders;
pub use handle::{Changes, Fleet, Forward, LogTail, Seen, Start};
pub use ids::{InstanceId, NoticeId, Timestamp};
pub use instance::{Activity, Instance, Kind, Owner, Restart, Role, Usage};
pub use instance_state::{Failure, InstanceState, Step};
pub use launch::{DirectoryError, LaunchError, ProcessIdentity};
pub use notice::{Notice, NoticeLevel};
pub use opencode::{Opencode, OpencodeSource};
pub use opencode_api::{ApiError, Forwarded, MessageId, Method, PartId, PermissionReply, Port, RequestId, SessionId};
pub use options::{Discovery, Options};
pub use profile::{LogLevel, Profile, RestartPolicy, SleepRule};
pub use request::{Question, QuestionOption, Request, RequestBody};
pub use session::{Session, SessionStatus};
pub use settings::{AtQuit, OnQuit, Settings, SettingsPatch, Theme};
pub use state::State;
pub use versions::{Update, Versions};
