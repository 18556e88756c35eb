//! The fleet with the real opencode and the scripted model, and with programs that only call themselves opencode.
#![allow(clippy::unwrap_used)]

mod adopt;
mod bad_input;
mod full_disk;
mod start;
mod support;
mod work;
