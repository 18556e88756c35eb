//! What was used over time: closely for some minutes, roughly for some hours.

use std::collections::VecDeque;

use crate::Timestamp;

/// What was used at one moment, or in one minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When; of a minute its beginning.
    pub at: Timestamp,
    /// Memory, in bytes; of a minute its most.
    pub memory_bytes: u64,
    /// Processor use, in percent of one core; of a minute its mean.
    pub cpu_percent: f32,
}

const MINUTE_MS: u64 = 60_000;
const RECENT_MS: u64 = 10 * MINUTE_MS;
const HOURS_MS: u64 = 12 * 60 * MINUTE_MS;
/// Bounds that hold even if the clock plays tricks: one sample in 3 s and one a minute, and some room.
const RECENT_MOST: usize = 240;
const HOURS_MOST: usize = 721;

/// What was used over time. Bounded: some 25 KB.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    recent: VecDeque<Sample>,
    minutes: VecDeque<Sample>,
    /// How many samples the last minute is the mean of.
    in_last: u16,
}

impl Samples {
    /// Adds what was just measured.
    pub(crate) fn push(&mut self, sample: Sample) {
        // After the clock was set back, what seems to come from the future would stay for ever.
        let is_past = |known: &Sample| known.at < sample.at;
        self.recent.retain(|known| is_past(known) && sample.at.ms_since(known.at) < RECENT_MS);
        self.recent.push_back(sample);
        while self.recent.len() > RECENT_MOST {
            self.recent.pop_front();
        }
        self.push_minute(sample);
    }

    fn push_minute(&mut self, sample: Sample) {
        let minute = Timestamp(sample.at.as_ms() - sample.at.as_ms() % MINUTE_MS);
        self.minutes.retain(|known| known.at <= minute && minute.ms_since(known.at) < HOURS_MS);
        if let Some(last) = self.minutes.back_mut().filter(|last| last.at == minute) {
            self.in_last = self.in_last.saturating_add(1);
            last.memory_bytes = last.memory_bytes.max(sample.memory_bytes);
            last.cpu_percent += (sample.cpu_percent - last.cpu_percent) / f32::from(self.in_last);
        } else {
            self.in_last = 1;
            self.minutes.push_back(Sample { at: minute, ..sample });
        }
        while self.minutes.len() > HOURS_MOST {
            self.minutes.pop_front();
        }
    }

    /// The last ten minutes, oldest first.
    pub(crate) fn recent(&self) -> Vec<Sample> {
        self.recent.iter().copied().collect()
    }

    /// The last twelve hours, one a minute, oldest first.
    pub(crate) fn hours(&self) -> Vec<Sample> {
        self.minutes.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: u64, memory_bytes: u64, cpu_percent: f32) -> Sample {
        Sample { at: Timestamp(at), memory_bytes, cpu_percent }
    }

    #[test]
    fn a_day_is_kept_closely_at_its_end_and_roughly_before() {
        let mut samples = Samples::default();
        let day = 24 * 60 * MINUTE_MS;
        let start = 1_000 * day;
        for at in (0..day).step_by(3000) {
            samples.push(sample(start + at, at, 1.0));
        }
        let (recent, hours) = (samples.recent(), samples.hours());
        assert_eq!((recent.len(), hours.len()), (200, 720));
        assert_eq!(recent[199].at.as_ms(), start + day - 3000);
        assert_eq!(hours[0].at.as_ms(), start + day / 2);
        assert!(recent.is_sorted_by(|one, next| one.at < next.at) && hours.is_sorted_by(|one, next| one.at < next.at));
    }

    #[test]
    fn a_minute_is_its_peak_of_memory_and_its_mean_of_work() {
        let mut samples = Samples::default();
        for (at, memory, cpu) in [(60_000, 10, 10.0), (70_000, 30, 20.0), (119_999, 20, 60.0), (120_000, 5, 2.0)] {
            samples.push(sample(at, memory, cpu));
        }
        assert_eq!(samples.hours(), [sample(60_000, 30, 30.0), sample(120_000, 5, 2.0)]);
        assert_eq!(samples.recent().len(), 4);
    }

    #[test]
    fn a_clock_that_is_set_leaves_no_strays() {
        let mut samples = Samples::default();
        for at in [600_000, 603_000, 100_000, 103_000, 103_000] {
            samples.push(sample(at, 1, 1.0));
        }
        let at = |samples: Vec<Sample>| samples.iter().map(|sample| sample.at.as_ms()).collect::<Vec<_>>();
        assert_eq!(at(samples.recent()), [100_000, 103_000]);
        assert_eq!(at(samples.hours()), [60_000]);
        // And into the future.
        samples.push(sample(90 * 24 * 3_600_000, 1, 1.0));
        assert_eq!((samples.recent().len(), samples.hours().len()), (1, 1));
    }
}
