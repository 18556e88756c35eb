//! The tests of the whole: one binary, a module for each subject.

mod architecture;
mod invariants;
mod journey;
mod long_transcript;
mod package;
#[allow(dead_code, reason = "the figures use a part of what the tests use, and the other way round")]
mod support;
mod tray;
