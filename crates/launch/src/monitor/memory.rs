//! Memory in proportion: which processes are worth a measurement, and what is assumed of them in between.
//!
//! A measurement of one opencode server takes 5 to 20 ms of the processor, so the time that all of them together may take is bounded.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::seen::SeenProcess;

/// A process is not measured again before that.
const NOT_BEFORE: Duration = Duration::from_secs(15);
/// A process whose memory stays the same is measured again after that: what it shares may have changed.
const AGAIN_AFTER: Duration = Duration::from_mins(10);
/// A change of its resident memory by one part of so many is worth a measurement.
const CHANGE: u64 = 20;
/// For each millisecond that passes, measurements may take this many nanoseconds: a quarter of a per cent of one core.
const NANOSECONDS_A_MILLISECOND: u32 = 2_500;
/// What may be saved up, and is there at the start: enough for a handful of servers.
const MOST: Duration = Duration::from_millis(120);
/// Smaller processes are not worth the trouble while their memory is guessed to be their own.
const SMALL: u64 = 1024 * 1024;

/// What is known of processes' memory in proportion.
#[derive(Debug)]
pub(super) struct Proportions {
    measured: HashMap<u32, Measured>,
    /// How much time measurements may take now.
    allowance: Duration,
    at: Option<Instant>,
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
struct Measured {
    started_at: u64,
    resident: u64,
    proportional: u64,
    at: Instant,
}

impl Default for Proportions {
    fn default() -> Self {
        Self { measured: HashMap::new(), allowance: MOST, at: None }
    }
}

impl Proportions {
    /// Measures those that are most worth it, as far as the time that measurements may take allows; forgets those that are not among these any more.
    pub(super) fn measure<'a>(
        &mut self,
        processes: impl Iterator<Item = &'a SeenProcess>,
        now: Instant,
        measure: impl Fn(u32) -> Option<u64>,
    ) {
        let passed = self.at.replace(now).map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let earned = u32::try_from(passed.as_millis()).unwrap_or(u32::MAX).saturating_mul(NANOSECONDS_A_MILLISECOND);
        self.allowance = (self.allowance + Duration::from_nanos(earned.into())).min(MOST);

        let before = std::mem::take(&mut self.measured);
        let mut waiting: Vec<(Worth, &SeenProcess)> = Vec::new();
        for process in processes {
            let known = before.get(&process.pid).filter(|known| known.started_at == process.started_at).copied();
            if let Some(known) = known {
                self.measured.insert(process.pid, known);
            }
            waiting.extend(worth(process, known.as_ref(), now).map(|worth| (worth, process)));
        }
        waiting.sort_unstable_by_key(|(worth, _)| std::cmp::Reverse(*worth));
        for (_, process) in waiting {
            if self.allowance.is_zero() {
                break;
            }
            let began = Instant::now();
            if let Some(proportional) = measure(process.pid) {
                let Process { started_at, resident } = Process::of(process);
                self.measured.insert(process.pid, Measured { started_at, resident, proportional, at: now });
            }
            self.allowance = self.allowance.saturating_sub(began.elapsed());
        }
    }

    /// The memory of a process in proportion, as far as it was ever measured.
    pub(super) fn of(&self, process: &SeenProcess) -> Option<u64> {
        let known = self.measured.get(&process.pid).filter(|known| known.started_at == process.started_at)?;
        Some(if process.resident >= known.resident {
            // What has come since is most likely its own.
            known.proportional + (process.resident - known.resident)
        } else {
            scaled(known.proportional, process.resident, known.resident)
        })
    }
}

/// What a measurement is compared by.
struct Process {
    started_at: u64,
    resident: u64,
}

impl Process {
    fn of(process: &SeenProcess) -> Self {
        Self { started_at: process.started_at, resident: process.resident }
    }
}

/// How urgent a measurement is; the greater first. The fields in their order decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    is_unknown: bool,
    /// Bytes by which the assumption may be wrong.
    doubt: u64,
    age: Duration,
}

fn worth(process: &SeenProcess, known: Option<&Measured>, now: Instant) -> Option<Worth> {
    let Some(known) = known else {
        return (process.resident >= SMALL).then_some(Worth {
            is_unknown: true,
            doubt: process.resident,
            age: Duration::ZERO,
        });
    };
    let age = now.saturating_duration_since(known.at);
    let doubt = process.resident.abs_diff(known.resident);
    let is_due = age >= AGAIN_AFTER || (age >= NOT_BEFORE && doubt > known.resident / CHANGE);
    is_due.then_some(Worth { is_unknown: false, doubt, age })
}

fn scaled(value: u64, by: u64, of: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(by) / u128::from(of.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, path::PathBuf, sync::Arc};

    use super::*;

    const MB: u64 = 1024 * 1024;

    fn process(pid: u32, resident: u64) -> SeenProcess {
        SeenProcess {
            pid,
            parent: 1,
            started_at: 7,
            started_at_ms: None,
            age: Duration::ZERO,
            spent: Duration::ZERO,
            resident,
            executable: PathBuf::new(),
            name: String::new(),
            command: Arc::default(),
        }
    }

    /// Measures, and says which processes.
    fn measured(proportions: &mut Proportions, processes: &[SeenProcess], now: Instant, costs: Duration) -> Vec<u32> {
        let seen = RefCell::new(Vec::new());
        proportions.measure(processes.iter(), now, |pid| {
            seen.borrow_mut().push(pid);
            let began = Instant::now();
            while began.elapsed() < costs {}
            processes.iter().find(|process| process.pid == pid).map(|process| process.resident / 2)
        });
        seen.into_inner()
    }

    #[test]
    fn what_changes_is_measured_again_and_what_stays_is_not() {
        let mut proportions = Proportions::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut all = [process(1, 300 * MB), process(2, 400 * MB), process(3, MB / 2)];
        assert_eq!(proportions.of(&all[0]), None, "not yet");
        assert_eq!(measured(&mut proportions, &all, start, Duration::ZERO), [2, 1], "the greatest first");
        assert_eq!(proportions.of(&all[0]), Some(150 * MB));
        assert_eq!(measured(&mut proportions, &all, after(3), Duration::ZERO), [0; 0]);

        all[0].resident = 500 * MB;
        assert_eq!(proportions.of(&all[0]), Some(350 * MB), "what has come is its own");
        all[1].resident = 200 * MB;
        assert_eq!(proportions.of(&all[1]), Some(100 * MB), "less of everything");
        assert_eq!(measured(&mut proportions, &all, after(6), Duration::ZERO), [0; 0], "not so soon again");
        assert_eq!(measured(&mut proportions, &all, after(20), Duration::ZERO).len(), 2);
        assert_eq!(proportions.of(&all[0]), Some(250 * MB));
        assert_eq!(measured(&mut proportions, &all, after(100), Duration::ZERO), [0; 0]);
        assert_eq!(
            measured(&mut proportions, &all, after(700), Duration::ZERO).len(),
            2,
            "once in a while all the same"
        );

        let reused = SeenProcess { started_at: 8, ..process(1, 300 * MB) };
        assert_eq!(proportions.of(&reused), None, "another process of the same number");
        assert_eq!(measured(&mut proportions, &[reused], after(701), Duration::ZERO), [1]);
        assert_eq!(proportions.measured.len(), 1, "what is gone is forgotten");
    }

    #[test]
    fn measurements_take_a_bounded_time() {
        let mut proportions = Proportions::default();
        let start = Instant::now();
        let all: Vec<SeenProcess> = (1..=30).map(|pid| process(pid, 300 * MB)).collect();
        let costs = Duration::from_millis(20);
        let first = measured(&mut proportions, &all, start, costs).len();
        assert!((1..=6).contains(&first), "{first}");
        assert_eq!(measured(&mut proportions, &all, start, costs).len(), 0, "nothing is left");
        let next = measured(&mut proportions, &all, start + Duration::from_secs(3), costs).len();
        assert_eq!(next, 1, "one that costs more than there is, and then none for a while");
        let later = start + Duration::from_mins(10);
        assert!((1..=6).contains(&measured(&mut proportions, &all, later, costs).len()), "no more is saved up");
    }
}
