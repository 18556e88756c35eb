//! Containers of Docker engines, and of those that speak like one (Podman): finding engines, watching what they run,
//! images, and making, starting, stopping and measuring containers.
//!
//! It observes and acts and decides nothing: which containers are ours, when one starts and what it is given is decided elsewhere.
//! What a plan may mount is checked by a pure function, [`checked_mounts`].

mod account;
mod answer;
mod archive;
mod asked;
mod build;
mod check;
mod container_name;
mod context;
mod create;
mod credentials;
mod details;
mod engine;
mod engine_version;
mod environment;
mod exec;
mod fit;
mod found;
mod image;
mod image_error;
mod image_name;
mod life;
mod logs;
mod mounts;
mod network;
mod news;
mod off;
mod plan;
mod port;
mod protected;
mod pull;
mod sensitive;
mod state;
mod summary;
mod tls;
mod usage;
mod watch;
mod younger;

pub use asked::AskedEnds;
pub use build::{Build, BuildProgress, OWN_IMAGE, own_image};
pub use check::CheckedImage;
pub use container_name::ContainerName;
pub use credentials::RegistryCredentials;
pub use details::{ContainerDetails, MountedAt, Reached};
pub use engine::Engine;
pub use engine_version::{EngineVersion, Product};
pub use environment::ContainerEnvironment;
pub use exec::exec_command;
pub use found::{EngineFound, EngineProblem, Origin, choose, engines, sockets};
pub use image::Image;
pub use image_error::ImageError;
pub use image_name::ImageName;
pub use logs::{LogEntry, Logs, LogsOf, Output};
pub use mounts::{CheckedMount, MountProblem, MountRequest, checked_mounts};
pub use network::Network;
pub use news::News;
pub use off::OFF as NETWORK_OFF;
pub use plan::{ContainerPlan, Limits, NetworkChoice, PlannedPort, PlannedVolume};
pub use port::PublishedPort;
pub use protected::Protected;
pub use pull::{Pull, PullProgress};
pub use state::{ContainerState, Phase};
pub use summary::ContainerSummary;
pub use tls::TlsFiles;
pub use usage::{UsageSample, cpu_percent};
pub use watch::Watch;
