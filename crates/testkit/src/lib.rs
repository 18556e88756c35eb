//! What tests of all crates need: temporary worlds, the real opencode with a scripted model, faults, and patience.
//!
//! Owns no knowledge of the crates under test, so that all of them can use it.
//! A development dependency only; its functions panic, because a test that lacks its surroundings has failed.

mod binary;
#[cfg(unix)]
mod docker_engine;
mod eventually;
mod fake_opencode;
mod fault_proxy;
#[cfg(unix)]
mod image_registry;
#[cfg(target_os = "linux")]
mod machine;
#[cfg(unix)]
mod opencode_image;
#[cfg(target_os = "linux")]
mod private_engine;
mod processes;
mod real_server;
mod relay;
mod script;
mod ssh_agent;
mod sshd;
mod tls_front;
mod tls_identity;
mod world;

pub use binary::opencode_binary;
pub use demo;
#[cfg(unix)]
pub use docker_engine::DockerEngine;
pub use eventually::{eventually, until, within};
pub use fake_opencode::{Fake, fake_opencode};
pub use fault_proxy::{Fault, FaultProxy};
#[cfg(unix)]
pub use image_registry::ImageRegistry;
#[cfg(target_os = "linux")]
pub use machine::Machine;
#[cfg(unix)]
pub use opencode_image::{opencode_image, opencode_layer};
#[cfg(target_os = "linux")]
pub use private_engine::PrivateEngine;
pub use processes::{no_process_left, processes_in};
pub use real_server::RealServer;
pub use script::shell_script;
pub use ssh_agent::SshAgent;
pub use sshd::Sshd;
pub use tls_front::TlsFront;
pub use tls_identity::{TlsAuthority, TlsIdentity};
pub use world::World;
