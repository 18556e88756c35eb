//! What process trees use: now, and over the last hours.
//!
//! Kept in memory, bounded; nothing here measures or decides.

mod samples;

pub use launch::{Measure, Part, ProcessUsage};
pub use samples::Sample;
pub(crate) use samples::Samples;

/// What the process tree of an instance uses and has used.
#[derive(Clone, Debug, PartialEq)]
pub struct Resources {
    /// How memory is measured now.
    pub measure: Measure,
    /// Its processes now, the server first; none while it does not run.
    pub processes: Vec<ProcessUsage>,
    /// The last ten minutes, as often as it is measured, oldest first.
    pub recent: Vec<Sample>,
    /// The last twelve hours, one a minute, oldest first. The last of them is of a minute that is not over.
    pub hours: Vec<Sample>,
}
