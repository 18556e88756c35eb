//! The HTTP host, without opencode: who is let in, what is answered, and that every operation is reachable.
#![allow(clippy::unwrap_used, reason = "a test that lacks its surroundings has failed")]

#[path = "it/setting.rs"]
mod setting;

#[path = "it/gate.rs"]
mod gate;
#[path = "it/operations.rs"]
mod operations;
#[path = "it/pushes.rs"]
mod pushes;
#[path = "it/socket.rs"]
mod socket;
#[path = "it/ui.rs"]
mod ui;
