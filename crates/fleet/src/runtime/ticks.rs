//! The pace of everything that looks again and again. Knows nothing of what is looked at.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

/// Ticks at once, then every `every`. A look that took longer, or a machine that slept, is not made up for.
pub(super) fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
