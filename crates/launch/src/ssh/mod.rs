//! Other machines, by the system's own `ssh`: agent, jump hosts, known hosts and `~/.ssh/config` are the person's.
//!
//! Owns one connection a host, what is run through it, and ports that are led through it. What happens on the host is done by POSIX shell scripts
//! that travel over standard input, so no secret is on a command line, neither here nor there.
//! Whoever connects says whether there is somebody to answer what `ssh` asks ([`Asker`]); without one, what needs a password, a passphrase or a yes
//! is an error that says how to give it once.

mod askpass;
mod connection;
mod directories;
mod error;
mod forward;
mod hosts;
mod master;
mod opencode;
mod program;
mod script;
mod server;
mod shell;
mod sight;
mod starting;
mod words;

pub use askpass::{Asked, Asker, Prompt, PromptKind, Reply};
pub use connection::{Connection, Output, WeakConnection};
pub use directories::{Listing, RemoteDirectoryError};
pub use error::SshError;
pub use forward::Forward;
pub use hosts::{SshHost, hosts};
pub use opencode::RemoteOpencode;
pub use program::Ssh;
pub use script::Script;
pub use server::{RemoteFailure, RemoteProcess, RemoteStopped};
pub use sight::{LogPlace, RemoteSight, RemoteUsage};
pub use starting::RemoteLaunch;
