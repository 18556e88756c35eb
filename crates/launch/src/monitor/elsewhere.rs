//! Looking at process trees through sysinfo, where there is no `/proc`: with one reading of all processes.

use std::{collections::HashSet, sync::Arc, time::Duration};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use super::seen::SeenProcess;
use crate::{ProcessIdentity, process_tree::ProcessTree};

/// Looks at process trees.
#[derive(Debug, Default)]
pub(super) struct Looker {
    system: Option<System>,
}

impl Looker {
    /// The processes of each tree, the root first; `None` where the root is not running.
    pub(super) fn look(&mut self, roots: &[ProcessIdentity]) -> Vec<Option<Vec<SeenProcess>>> {
        let Some(system) = self.system.take().or_else(|| System::new().ok()) else { return vec![None; roots.len()] };
        let system = self.system.insert(system);
        system.refresh_processes_specifics(
            ProcessesToUpdate::All,
            true,
            ProcessRefreshKind::nothing()
                .without_tasks()
                .with_memory()
                .with_cpu()
                .with_exe(UpdateKind::OnlyIfNotSet)
                .with_cmd(UpdateKind::OnlyIfNotSet),
        );
        let tree = ProcessTree::of(system);
        let others: HashSet<u32> = roots.iter().map(|root| root.pid).collect();
        let look = |root: &ProcessIdentity| {
            if !root.is_alive() {
                return None;
            }
            let nested: HashSet<u32> = others
                .iter()
                .filter(|other| **other != root.pid && tree.is_in_tree_of(**other, root.pid))
                .flat_map(|other| tree.tree_of(*other))
                .collect();
            let pids = tree.tree_of(root.pid).into_iter().filter(|pid| !nested.contains(pid));
            let seen: Vec<SeenProcess> = pids.filter_map(|pid| see(system, pid)).collect();
            (seen.first()?.pid == root.pid).then_some(seen)
        };
        roots.iter().map(look).collect()
    }
}

fn see(system: &System, pid: u32) -> Option<SeenProcess> {
    let process = system.process(Pid::from_u32(pid))?;
    Some(SeenProcess {
        pid,
        parent: process.parent().map_or(0, Pid::as_u32),
        started_at: process.start_time(),
        started_at_ms: Some(process.start_time() * 1000),
        age: Duration::from_secs(process.run_time()),
        spent: Duration::from_millis(process.accumulated_cpu_time()),
        resident: process.memory(),
        executable: process.exe()?.to_owned(),
        name: process.name().to_string_lossy().into_owned(),
        command: Arc::new(process.cmd().iter().map(|word| word.to_string_lossy().into_owned()).collect()),
    })
}

/// These systems do not tell it cheaply.
pub(super) fn proportional(_pid: u32) -> Option<u64> {
    None
}
