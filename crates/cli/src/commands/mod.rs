//! One file for each command.

pub(crate) mod list;
pub(crate) mod logs;
pub(crate) mod restart;
pub(crate) mod serve;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod stop;

mod up;
