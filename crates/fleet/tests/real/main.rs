//! The fleet with the real opencode and the scripted model, and with programs that only call themselves opencode.
#![allow(clippy::unwrap_used)]

mod adopt;
mod bad_input;
mod containers;
mod discovery;
mod disk;
mod full_disk;
mod logs;
mod profiles;
mod resources;
mod roster;
mod settings;
mod sleep;
mod ssh;
mod ssh_prompts;
mod start;
mod supervision;
mod support;
mod versions;
mod work;
