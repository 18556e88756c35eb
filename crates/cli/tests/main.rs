//! The command line, run as a person runs it, against the real opencode with the scripted model.
#![allow(clippy::unwrap_used, reason = "a test that lacks its surroundings has failed")]

#[path = "it/http.rs"]
mod http;
#[path = "it/program.rs"]
mod program;

#[path = "it/commands.rs"]
mod commands;
#[path = "it/containers.rs"]
mod containers;
#[path = "it/elsewhere.rs"]
mod elsewhere;
#[path = "it/fleet.rs"]
mod fleet;
#[path = "it/found.rs"]
mod found;
#[path = "it/journey.rs"]
mod journey;
#[path = "it/libraries.rs"]
mod libraries;
#[path = "it/moved.rs"]
mod moved;
#[path = "it/prompts.rs"]
mod prompts;
#[path = "it/remote.rs"]
mod remote;
#[path = "it/resources.rs"]
mod resources;
#[path = "it/serving.rs"]
mod serving;
#[path = "it/tour.rs"]
mod tour;
#[path = "it/watching.rs"]
mod watching;
