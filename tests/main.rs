//! The tests of the whole: one binary, a module for each subject.

mod architecture;
mod journey;
mod package;
mod support;
mod tray;
