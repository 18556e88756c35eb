//! What containers use, as their engines count it.

use std::collections::BTreeMap;
use std::time::Duration;

use launch::docker::{Engine, UsageSample, cpu_percent};
use launch::{Measure, Part, ProcessIdentity, ProcessUsage, TreeUsage};

use super::super::context::Context;
use super::super::ticks::ticks;
use super::engines;
use crate::containers::ContainerRef;
use crate::event::Event;
use crate::{InstanceId, Timestamp, Usage};

/// How often we measure.
const MEASURE: Duration = Duration::from_secs(3);
/// How long an engine may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Measures as long as any container runs. An engine that is silent holds up no other.
pub(super) async fn measure(context: Context) {
    let mut ticks = ticks(MEASURE);
    let mut open: BTreeMap<String, Engine> = BTreeMap::new();
    let mut before: BTreeMap<InstanceId, UsageSample> = BTreeMap::new();
    loop {
        ticks.tick().await;
        let running = running(&context);
        open.retain(|address, _| running.iter().any(|one| one.container.engine == *address));
        before.retain(|id, _| running.iter().any(|one| one.id == *id));
        if running.is_empty() {
            continue;
        }
        let samples = futures_util::future::join_all(running.iter().map(|one| sample(&context, &open, one))).await;
        let mut measured = Vec::new();
        for (one, sample) in running.into_iter().zip(samples) {
            let Some((engine, sample)) = sample else {
                open.remove(&one.container.engine);
                continue;
            };
            open.insert(one.container.engine.clone(), engine);
            let earlier = before.insert(one.id.clone(), sample);
            let cpu = earlier.and_then(|earlier| cpu_percent(&earlier, &sample)).unwrap_or_default();
            measured.push(tree(one, &sample, cpu));
        }
        let usage = |tree: &TreeUsage| Usage { memory_bytes: tree.memory, cpu_percent: tree.cpu_percent };
        let usage = measured.iter().map(|(id, tree)| (id.clone(), usage(tree))).collect();
        context.measurements.take_containers(&measured);
        context.report(Event::UsageSeen { usage });
    }
}

struct One {
    id: InstanceId,
    container: ContainerRef,
    started_at: Option<Timestamp>,
}

fn running(context: &Context) -> Vec<One> {
    let state = context.states.borrow();
    let live = state.instances.values().filter(|instance| instance.state.is_live() && instance.started_at.is_some());
    let one = |instance: &crate::Instance| {
        let container = instance.container()?.clone();
        Some(One { id: instance.id.clone(), container, started_at: instance.started_at })
    };
    live.filter_map(|instance| one(instance)).collect()
}

async fn sample(context: &Context, open: &BTreeMap<String, Engine>, one: &One) -> Option<(Engine, UsageSample)> {
    let engine = match open.get(&one.container.engine) {
        Some(engine) => engine.clone(),
        None => engines::connect_to(context, &one.container, PATIENCE).await.ok()?,
    };
    let sample = engine.usage(&one.container.id).await.ok()??;
    Some((engine, sample))
}

/// The container as the one part of its instance.
#[allow(clippy::cast_possible_truncation)] // A share of cores in per cent needs no more than the precision that is shown.
fn tree(one: One, sample: &UsageSample, cpu: f64) -> (InstanceId, TreeUsage) {
    let name = one.container.name.clone().unwrap_or_else(|| one.container.id.chars().take(12).collect());
    let started = one.started_at.map_or(0, Timestamp::as_ms);
    let whole = ProcessUsage {
        // No process of ours, and none that anybody could end from here.
        identity: ProcessIdentity { pid: 0, started_at: started, executable: "docker".into() },
        parent: 0,
        command: format!("container {name}"),
        memory: sample.memory_bytes,
        cpu_percent: cpu as f32,
        part: Part::Server,
        started_at_ms: one.started_at.map(Timestamp::as_ms),
    };
    let tree = TreeUsage {
        memory: sample.memory_bytes,
        measure: Measure::Rss,
        cpu_percent: cpu as f32,
        processes: vec![whole],
    };
    (one.id, tree)
}
