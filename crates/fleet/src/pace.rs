//! How fast the fleet lives: how long a minute of its settings and a second of its pauses are.

use std::time::Duration;

/// How fast the fleet lives. Idle time and the pauses before restarts are measured with it; time limits for servers are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    minute: Duration,
}

impl Pace {
    /// As fast as everybody.
    pub const REAL: Self = Self { minute: Duration::from_mins(1) };

    /// A minute lasts that long: whoever tries out what happens over hours need not wait for hours.
    pub const fn with_minute(minute: Duration) -> Self {
        Self { minute }
    }

    /// How long a minute lasts.
    pub fn minute(self) -> Duration {
        self.minute
    }

    /// How long something lasts that lasts so long at the usual pace.
    pub(crate) fn of(self, usual: Duration) -> Duration {
        usual.mul_f64(self.minute.as_secs_f64() / 60.0)
    }
}
