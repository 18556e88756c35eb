//! What a container uses.

use std::time::{Duration, SystemTime};

use bollard::{models::ContainerMemoryStats, query_parameters::StatsOptionsBuilder};
use futures_util::StreamExt;

use super::{Engine, answer::time_of};
use crate::LaunchError;

/// What a container uses at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageSample {
    /// When it was measured, by the engine's clock.
    pub at: SystemTime,
    /// The time of all cores that it has used since it was started.
    pub cpu_time: Duration,
    /// Its memory without what is only cached, as `docker stats` shows it.
    pub memory_bytes: u64,
    /// What it may use at most; the machine's memory if it has no limit.
    pub memory_limit: Option<u64>,
    /// Its processes and threads.
    pub pids: Option<u64>,
    /// Bytes that came in over its networks.
    pub received_bytes: u64,
    /// Bytes that went out over its networks.
    pub sent_bytes: u64,
}

/// How much of one core a container has used between two samples, in percent: 150 is one and a half cores.
/// None when it was started again in between.
pub fn cpu_percent(earlier: &UsageSample, later: &UsageSample) -> Option<f64> {
    let passed = later.at.duration_since(earlier.at).ok().filter(|time| !time.is_zero())?;
    let used = later.cpu_time.checked_sub(earlier.cpu_time)?;
    Some(used.as_secs_f64() / passed.as_secs_f64() * 100.0)
}

impl Engine {
    /// What the container uses now; none while it does not run. The engine is not made to wait for a second look.
    pub async fn usage(&self, container: &str) -> Result<Option<UsageSample>, LaunchError> {
        let options = StatsOptionsBuilder::new().stream(false).one_shot(true).build();
        let mut answers = Box::pin(self.docker.stats(container, Some(options)));
        let first = async { answers.next().await.transpose() };
        let Some(stats) = self.on(container, self.timeout, first).await? else { return Ok(None) };
        let cpu = stats.cpu_stats.and_then(|cpu| cpu.cpu_usage).and_then(|usage| usage.total_usage).unwrap_or_default();
        let memory = stats.memory_stats.unwrap_or_default();
        // One that does not run is answered for with zeros, and with the first year of all.
        let Some(at) = stats.read.as_deref().and_then(time_of) else { return Ok(None) };
        if memory.usage.is_none() && cpu == 0 {
            return Ok(None);
        }
        let networks = stats.networks.unwrap_or_default();
        Ok(Some(UsageSample {
            at,
            cpu_time: Duration::from_nanos(cpu),
            memory_bytes: used(&memory),
            memory_limit: memory.limit.filter(|bytes| *bytes > 0),
            pids: stats.pids_stats.and_then(|pids| pids.current),
            received_bytes: networks.values().filter_map(|network| network.rx_bytes).sum(),
            sent_bytes: networks.values().filter_map(|network| network.tx_bytes).sum(),
        }))
    }
}

/// The kernel counts pages of files as used that it can take back; how it names them depends on its version of cgroups.
fn used(memory: &ContainerMemoryStats) -> u64 {
    let usage = memory.usage.unwrap_or_default();
    let stats = memory.stats.as_ref();
    let cached = ["total_inactive_file", "inactive_file"].iter().find_map(|name| stats?.get(*name).copied());
    cached.filter(|cached| *cached < usage).map_or(usage, |cached| usage - cached)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn memory(usage: u64, stats: &[(&str, u64)]) -> u64 {
        let stats: HashMap<_, _> = stats.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        used(&ContainerMemoryStats { usage: Some(usage), stats: Some(stats), ..ContainerMemoryStats::default() })
    }

    #[test]
    fn cached_files_are_not_memory() {
        assert_eq!(memory(100, &[("total_inactive_file", 30), ("inactive_file", 10)]), 70, "cgroups of version 1");
        assert_eq!(memory(100, &[("inactive_file", 10)]), 90, "cgroups of version 2");
        assert_eq!(memory(100, &[]), 100);
        assert_eq!(memory(10, &[("inactive_file", 30)]), 10, "counted at different moments");
    }

    #[test]
    fn the_share_of_a_core_is_between_two_samples() {
        let sample = |seconds: u64, cpu: u64| UsageSample {
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            cpu_time: Duration::from_millis(cpu),
            memory_bytes: 0,
            memory_limit: None,
            pids: None,
            received_bytes: 0,
            sent_bytes: 0,
        };
        assert_eq!(cpu_percent(&sample(10, 1000), &sample(12, 4000)), Some(150.0));
        assert_eq!(cpu_percent(&sample(10, 1000), &sample(12, 10)), None, "it was started again");
        assert_eq!(cpu_percent(&sample(10, 1000), &sample(10, 1000)), None);
        assert_eq!(cpu_percent(&sample(12, 1000), &sample(10, 2000)), None, "the clock was set");
    }
}
