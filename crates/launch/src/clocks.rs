//! Tells that the machine has slept, and that its clock was set, from how far its clocks have moved apart.
//!
//! It reads clocks and compares; what follows from a jump is for others. No timer is needed: however long it is not asked,
//! nothing is missed and nothing is invented.

use std::time::Duration;

/// A shorter sleep breaks no connection, and two clocks cannot be read at exactly one moment.
const SLEEP: i64 = 1_000;
/// By less the clock is corrected all the time.
const STEP: i64 = 2_000;
/// When reading the clocks took longer than this, the process was held up in between and they are read again.
const AT_ONE_MOMENT: Duration = Duration::from_millis(50);

/// What happened to the clocks since the last look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockJump {
    /// The machine was asleep: nothing ran, and no connection is to be trusted.
    Slept {
        /// For how long.
        ms: u64,
    },
    /// Somebody set the clock.
    Set {
        /// How far: negative when it was set back.
        by_ms: i64,
    },
}

/// Looks at the clocks, about once a second, and says when they have jumped.
#[derive(Debug)]
pub struct ClockWatch {
    clocks: Clocks,
    last: Reading,
}

impl ClockWatch {
    /// Looks for the first time.
    pub fn new() -> Self {
        let clocks = Clocks::new();
        let last = clocks.read();
        Self { clocks, last }
    }

    /// What happened since the last look. After a sleep in which the clock was set as well, the next look tells that.
    pub fn look(&mut self) -> Option<ClockJump> {
        let (jump, from_here) = compare(self.last, self.clocks.read());
        self.last = from_here;
        jump
    }
}

impl Default for ClockWatch {
    fn default() -> Self {
        Self::new()
    }
}

/// Three clocks at one moment, in milliseconds, each from a beginning of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reading {
    /// The time of day, which can be set.
    wall: i64,
    /// Runs on while the machine sleeps. Not every system has it.
    boot: Option<i64>,
    /// Stands while the machine sleeps.
    monotonic: i64,
}

/// What happened between two readings, and the reading to compare the next one with.
fn compare(before: Reading, now: Reading) -> (Option<ClockJump>, Reading) {
    let wall = now.wall - before.wall;
    let monotonic = now.monotonic - before.monotonic;
    let (Some(boot_now), Some(boot_before)) = (now.boot, before.boot) else {
        // A clock that is ahead may also have been set. To take that for a sleep costs a few questions; the other way round
        // dead connections would be trusted.
        let ahead = wall - monotonic;
        let jump = if ahead > STEP { Some(slept(ahead)) } else { set(ahead) };
        return (jump, now);
    };
    let boot = boot_now - boot_before;
    let (asleep, ahead) = (boot - monotonic, wall - boot);
    if asleep > SLEEP {
        // What was set in the same time is kept for the next look.
        return (Some(slept(asleep)), Reading { wall: now.wall - ahead, ..now });
    }
    (set(ahead), now)
}

fn slept(ms: i64) -> ClockJump {
    ClockJump::Slept { ms: ms.unsigned_abs() }
}

fn set(by_ms: i64) -> Option<ClockJump> {
    (by_ms.abs() > STEP).then_some(ClockJump::Set { by_ms })
}

/// Where the time is read.
#[derive(Debug)]
struct Clocks {
    #[cfg(not(target_os = "linux"))]
    origin: std::time::Instant,
}

impl Clocks {
    #[cfg(target_os = "linux")]
    fn new() -> Self {
        Self {}
    }

    #[cfg(not(target_os = "linux"))]
    fn new() -> Self {
        Self { origin: std::time::Instant::now() }
    }

    #[cfg(target_os = "linux")]
    #[expect(clippy::unused_self, reason = "elsewhere the clocks have an origin")]
    fn read(&self) -> Reading {
        use rustix::time::{ClockId, clock_gettime};
        let ms = |clock| {
            let time = clock_gettime(clock);
            time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
        };
        let limit = i64::try_from(AT_ONE_MOMENT.as_millis()).unwrap_or(i64::MAX);
        let mut tries = 0;
        loop {
            let monotonic = ms(ClockId::Monotonic);
            let reading = Reading { wall: ms(ClockId::Realtime), boot: Some(ms(ClockId::Boottime)), monotonic };
            tries += 1;
            // The last try counts as it is: an invented jump costs a few questions.
            if ms(ClockId::Monotonic) - monotonic <= limit || tries == 5 {
                return reading;
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn read(&self) -> Reading {
        use std::time::SystemTime;
        let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let mut tries = 0;
        loop {
            let monotonic = self.origin.elapsed();
            let wall = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) => ms(since),
                Err(before) => -ms(before.duration()),
            };
            tries += 1;
            if self.origin.elapsed().saturating_sub(monotonic) <= AT_ONE_MOMENT || tries == 5 {
                return Reading { wall, boot: None, monotonic: ms(monotonic) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ClockJump, Reading, compare};

    const HOUR: i64 = 3_600_000;

    /// Looks one after the other, each by how far wall, boot and monotonic time went on since the one before.
    fn check(steps: &[(i64, i64, i64)], expected: &[Option<ClockJump>], has_boot: bool) {
        let boot = |value: i64| has_boot.then_some(value);
        let mut now = (1_700_000_000_000, 5_000, 4_000);
        let mut last = Reading { wall: now.0, boot: boot(now.1), monotonic: now.2 };
        let mut jumps = Vec::new();
        for (wall, booted, monotonic) in steps {
            now = (now.0 + wall, now.1 + booted, now.2 + monotonic);
            let (jump, from_here) = compare(last, Reading { wall: now.0, boot: boot(now.1), monotonic: now.2 });
            jumps.push(jump);
            last = from_here;
        }
        assert_eq!(jumps, expected, "{steps:?}");
    }

    #[test]
    fn sleep_and_a_set_clock_are_told_apart() {
        let slept = |ms| Some(ClockJump::Slept { ms });
        let set = |by_ms| Some(ClockJump::Set { by_ms });
        let check = |steps: &[(i64, i64, i64)], expected: &[Option<ClockJump>]| check(steps, expected, true);
        // Time passes, and nobody looks for an hour.
        check(&[(1_000, 1_000, 1_000), (HOUR, HOUR, HOUR)], &[None, None]);
        // Corrections and clocks that are not read at one moment; many small corrections are none.
        check(&[(1_900, 1_000, 1_000), (0, 1_000, 1_000), (1_000, 1_900, 1_000)], &[None, None, None]);
        check(&[(2_500, 1_000, 1_000), (2_500, 1_000, 1_000)], &[None, None]);

        check(&[(HOUR + 1_000, HOUR + 1_000, 1_000), (1_000, 1_000, 1_000)], &[slept(3_600_000), None]);
        check(&[(3_000, 3_000, 1_900)], &[slept(1_100)]);

        check(&[(HOUR, 1_000, 1_000), (1_000, 1_000, 1_000)], &[set(HOUR - 1_000), None]);
        check(&[(-HOUR, 1_000, 1_000), (1_000, 1_000, 1_000)], &[set(-HOUR - 1_000), None]);

        // Both: the sleep first, because it is the one that breaks connections.
        check(&[(2 * HOUR, HOUR, 1_000), (1_000, 1_000, 1_000)], &[slept(3_599_000), set(HOUR)]);
        check(&[(0, HOUR, 0), (HOUR, HOUR, 0), (0, 0, 0)], &[slept(3_600_000), slept(3_600_000), set(-HOUR)]);
    }

    #[test]
    fn without_a_clock_that_runs_in_sleep_being_ahead_is_sleep() {
        check(&[(HOUR, 0, HOUR), (1_900, 0, 0)], &[None, None], false);
        check(&[(HOUR, 0, 1_000)], &[Some(ClockJump::Slept { ms: 3_599_000 })], false);
        check(&[(-HOUR, 0, 1_000), (0, 0, 0)], &[Some(ClockJump::Set { by_ms: -HOUR - 1_000 }), None], false);
    }
}
