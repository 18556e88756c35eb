//! Keeping logs from growing for ever, also those that grow fast.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::rotate;

/// How often the sizes are looked at while nothing grows fast: one system call a log.
const USUALLY: Duration = Duration::from_secs(1);
/// And while something does.
const SOONEST: Duration = Duration::from_millis(50);

/// Looks at the sizes of logs and rotates those that are too long.
#[derive(Debug)]
pub struct LogKeeper {
    max_bytes: u64,
    keep: usize,
    seen: HashMap<PathBuf, Seen>,
}

/// A log as it was at the last look.
#[derive(Debug, Clone, Copy)]
struct Seen {
    length: u64,
    at: Instant,
    /// It could not be rotated; said once.
    is_failing: bool,
}

impl LogKeeper {
    /// For logs that are rotated at `max_bytes`, of which `keep` older ones are kept.
    pub fn new(max_bytes: u64, keep: usize) -> Self {
        Self { max_bytes, keep, seen: HashMap::new() }
    }

    /// Looks at the logs. Gives the errors that are new, and when to look again: the sooner, the sooner one of them will be too long.
    pub fn look(&mut self, logs: &[PathBuf]) -> (Vec<crate::LaunchError>, Duration) {
        self.seen.retain(|path, _| logs.contains(path));
        let mut errors = Vec::new();
        let mut again = USUALLY;
        for path in logs {
            let now = Instant::now();
            let before = self.seen.get(path).copied();
            let mut length = length_of(path);
            let grown = before.map_or(0, |before| length.saturating_sub(before.length));
            let elapsed = before.map_or(USUALLY, |before| now - before.at);
            let mut is_failing = false;
            if length > self.max_bytes {
                match rotate(path, self.max_bytes, self.keep) {
                    Ok(true) => length = length_of(path),
                    Ok(false) => {}
                    Err(error) => {
                        is_failing = true;
                        if !before.is_some_and(|before| before.is_failing) {
                            errors.push(error);
                        }
                    }
                }
            }
            self.seen.insert(path.clone(), Seen { length, at: now, is_failing });
            if !is_failing {
                again = again.min(until_full(length, grown, elapsed, self.max_bytes));
            }
        }
        (errors, again)
    }
}

fn length_of(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

/// When a log that grows on like this will be too long.
fn until_full(length: u64, grown: u64, elapsed: Duration, max_bytes: u64) -> Duration {
    if grown == 0 {
        return USUALLY;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share of the time")]
    let share = max_bytes.saturating_sub(length) as f64 / grown as f64;
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * share).unwrap_or(USUALLY).clamp(SOONEST, USUALLY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faster_it_grows_the_sooner_is_the_next_look() {
        let ms = Duration::from_millis;
        for (length, grown, elapsed, expected) in [
            (900, 0, 1000, 1000),
            (100, 50, 1000, 1000),
            (0, 4000, 1000, 250),
            (500, 1000, 200, 100),
            (999, 900, 1000, 50),
            (0, 1_000_000, 1000, 50),
            // Somebody reads it.
            (2000, 500, 1000, 50),
        ] {
            assert_eq!(until_full(length, grown, ms(elapsed), 1000), ms(expected), "{length} {grown} {elapsed}");
        }
    }
}
