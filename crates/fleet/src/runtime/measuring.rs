//! Measures what process trees use, keeps what was measured, and ends a child of one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use launch::{ProcessIdentity, ProcessMonitor, TreeUsage};
use tokio::task::AbortHandle;

use super::context::{Context, now};
use super::mcp_commands::{self, McpCommands};
use super::ticks::ticks;
use super::{launching, logs};
use crate::event::Event;
use crate::resources::{Measure, Part, ProcessUsage, Resources, Sample, Samples};
use crate::{FleetError, Instance, InstanceId, Usage};

/// How often we measure.
const MEASURE: Duration = Duration::from_secs(3);

/// How long a process may take to end by itself when what it has started has ended.
const BY_ITSELF: Duration = Duration::from_secs(1);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// What was measured of each instance. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Measurements(Arc<Mutex<BTreeMap<InstanceId, Measured>>>);

/// What was measured of one instance.
#[derive(Default)]
struct Measured {
    now: Option<TreeUsage>,
    /// Whether an engine counts what it uses.
    is_container: bool,
    samples: Samples,
}

impl Measurements {
    /// What an instance uses and has used.
    pub(crate) fn of(&self, id: &InstanceId) -> Resources {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let measured = all.get(id);
        let tree = measured.and_then(|measured| measured.now.clone());
        let (measure, processes) = tree.map_or((Measure::Rss, Vec::new()), |tree| (tree.measure, tree.processes));
        let samples = |of: fn(&Samples) -> Vec<Sample>| measured.map(|measured| of(&measured.samples));
        Resources {
            measure,
            processes,
            recent: samples(Samples::recent).unwrap_or_default(),
            hours: samples(Samples::hours).unwrap_or_default(),
        }
    }

    /// Takes in what was measured of one instance, as a whole.
    pub(super) fn add(&self, id: &InstanceId, usage: Usage) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Usage { memory_bytes, cpu_percent } = usage;
        all.entry(id.clone()).or_default().samples.push(Sample { at: now(), memory_bytes, cpu_percent });
    }

    /// Takes in what was just measured; forgets instances that are no more.
    fn take(&self, trees: &[(InstanceId, TreeUsage)], is_known: impl Fn(&InstanceId) -> bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|id, _| is_known(id));
        for measured in all.values_mut().filter(|measured| !measured.is_container) {
            measured.now = None;
        }
        let at = now();
        for (id, tree) in trees {
            let measured = all.entry(id.clone()).or_default();
            measured.samples.push(Sample { at, memory_bytes: tree.memory, cpu_percent: tree.cpu_percent });
            measured.now = Some(tree.clone());
        }
    }
}

impl Measurements {
    /// Takes in what engines have counted of containers.
    pub(super) fn take_containers(&self, trees: &[(InstanceId, TreeUsage)]) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for measured in all.values_mut().filter(|measured| measured.is_container) {
            measured.now = None;
        }
        let at = now();
        for (id, tree) in trees {
            let measured = all.entry(id.clone()).or_default();
            measured.samples.push(Sample { at, memory_bytes: tree.memory, cpu_percent: tree.cpu_percent });
            (measured.now, measured.is_container) = (Some(tree.clone()), true);
        }
    }
}

/// Everything that measures and keeps watch over sizes.
pub(super) fn watch(context: &Context) -> Vec<AbortHandle> {
    let commands = McpCommands::default();
    vec![
        tokio::spawn(measure(context.clone(), commands.clone())).abort_handle(),
        tokio::spawn(mcp_commands::read(context.clone(), commands)).abort_handle(),
        tokio::spawn(logs::keep_short(context.clone())).abort_handle(),
    ]
}

/// Measures as long as anything runs.
async fn measure(context: Context, commands: McpCommands) {
    let mut ticks = ticks(MEASURE);
    let mut monitor = ProcessMonitor::new();
    let mut was_empty = true;
    loop {
        ticks.tick().await;
        let (ids, roots): (Vec<InstanceId>, Vec<ProcessIdentity>) = {
            let state = context.states.borrow();
            let running = |instance: &Instance| Some((instance.id.clone(), instance.process()?.clone()));
            state.instances.values().filter_map(|instance| running(instance)).unzip()
        };
        if roots.is_empty() && was_empty {
            continue;
        }
        was_empty = roots.is_empty();
        let commands = commands.all();
        let measured = tokio::task::spawn_blocking(move || {
            let trees = monitor.trees(&roots, &commands);
            (monitor, trees)
        });
        let Ok((back, trees)) = measured.await else {
            monitor = ProcessMonitor::new();
            continue;
        };
        monitor = back;
        let trees: Vec<(InstanceId, TreeUsage)> =
            ids.into_iter().zip(trees).filter_map(|(id, tree)| Some((id, tree?))).collect();
        context.measurements.take(&trees, |id| context.states.borrow().instances.contains_key(id));
        let usage = |tree: &TreeUsage| Usage { memory_bytes: tree.memory, cpu_percent: tree.cpu_percent };
        let usage = trees.iter().map(|(id, tree)| (id.clone(), usage(tree))).collect();
        context.report(Event::UsageSeen { usage });
    }
}

/// Ends one process below an instance's server, with what it has started. Whether it may is for the caller to say; that it is the one that is meant is checked here and before each signal.
pub(crate) async fn end_child(
    measurements: &Measurements,
    instance: &Instance,
    root: &ProcessIdentity,
    pid: u32,
    started_at: u64,
) -> Result<(), FleetError> {
    let shown = measurements.of(&instance.id).processes;
    let child = shown.iter().find(|one| one.identity.pid == pid && one.identity.started_at == started_at).cloned();
    // One that is not shown any more is gone: what it was is not known, so nothing is signalled.
    let Some(child) = child else { return Err(launch::LaunchError::NotThatProcess { pid }.into()) };
    // Before anything below it is touched: the server, also one behind a wrapper, is stopped and not ended from here.
    if child.part == Part::Server || pid == root.pid {
        return Err(launch::LaunchError::NotInTree { pid, root: root.pid }.into());
    }
    end_from_below(root, &child, &shown).await?;
    Ok(())
}

/// First what the process has started, then the process, if it does not end by itself then: opencode waits on and on for a shell that was killed,
/// but not for one whose command was.
async fn end_from_below(
    root: &ProcessIdentity,
    child: &ProcessUsage,
    shown: &[ProcessUsage],
) -> Result<(), launch::LaunchError> {
    for below in shown.iter().filter(|one| one.parent == child.identity.pid && one.identity != child.identity) {
        match launch::end_in_tree(root, &below.identity, launching::GRACE).await {
            // Gone meanwhile, or not its child any more: then it is for the next step.
            Ok(_) | Err(launch::LaunchError::NotInTree { .. } | launch::LaunchError::NotThatProcess { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    if shown.iter().any(|one| one.parent == child.identity.pid) {
        let ended = async {
            while child.identity.is_alive() {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(BY_ITSELF, ended).await.is_ok() {
            return Ok(());
        }
    }
    launch::end_in_tree(root, &child.identity, launching::GRACE).await.map(drop)
}
