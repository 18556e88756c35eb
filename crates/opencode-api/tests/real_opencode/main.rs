//! The client against the real opencode, with the scripted model behind it.

mod faults;
mod stage;
mod turns;
