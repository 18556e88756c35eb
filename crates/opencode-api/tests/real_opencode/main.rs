//! The client against the real opencode, with the scripted model behind it.

mod encrypted;
mod faults;
mod stage;
mod turns;
