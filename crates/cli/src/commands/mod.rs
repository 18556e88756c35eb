//! One file for each command.

pub(crate) mod add;
mod again;
pub(crate) mod change;
pub(crate) mod engines;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod logs;
pub(crate) mod remove;
pub(crate) mod restart;
pub(crate) mod serve;
pub(crate) mod shell;
pub(crate) mod sleep;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod stop;

mod progress;
mod up;
