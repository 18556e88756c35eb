//! Which containers an instance has at its engine already, and which of them a start takes.

use std::time::{Duration, Instant};

use launch::LaunchError;
use launch::docker::{ContainerName, ContainerPlan, ContainerState, ContainerSummary, Engine, Limits, Phase};

use super::super::failure::plain;
use super::made::{Made, Origin};
use super::ours::Ours;
use super::{PLAN_LABEL, failed};
use crate::{Failure, InstanceId};

/// How long an engine may be busy with a container of the instance.
const BUSY: Duration = Duration::from_secs(20);
/// How often it is looked meanwhile.
const LOOK: Duration = Duration::from_millis(250);
/// How often what somebody else has changed at the same moment is looked at anew.
const TRIES: usize = 3;
/// How many names are tried.
const NAMES: usize = 3;

/// The containers of an instance at this engine, as they are now.
pub(super) async fn of_instance(
    ours: &Ours,
    engine: &Engine,
    id: &InstanceId,
) -> Result<Vec<ContainerSummary>, LaunchError> {
    let mut all = engine.containers().await?;
    all.retain(|one| ours.mark(&one.labels).is_some_and(|mark| mark.instance == *id));
    as_they_are(engine, all).await
}

/// The same containers as they are now: for a moment after its end an engine's list says that a container runs.
pub(super) async fn as_they_are(
    engine: &Engine,
    listed: Vec<ContainerSummary>,
) -> Result<Vec<ContainerSummary>, LaunchError> {
    let mut all = Vec::new();
    for one in listed {
        let phase = if is_up(one.phase) { phase_of(&engine.state(&one.id).await?) } else { Some(one.phase) };
        all.extend(phase.map(|phase| ContainerSummary { phase, ..one }));
    }
    Ok(all)
}

/// Whether it has a process.
pub(super) fn is_up(phase: Phase) -> bool {
    matches!(phase, Phase::Running | Phase::Paused | Phase::Restarting)
}

/// None: it is not there any more.
fn phase_of(state: &ContainerState) -> Option<Phase> {
    Some(match state {
        ContainerState::Running => Phase::Running,
        ContainerState::Paused => Phase::Paused,
        ContainerState::Restarting => Phase::Restarting,
        ContainerState::Created => Phase::Created,
        ContainerState::Exited { .. } => Phase::Exited,
        ContainerState::Dead => Phase::Dead,
        ContainerState::Removing => Phase::Removing,
        ContainerState::Gone => return None,
    })
}

/// What a start does about the containers that its instance has.
#[derive(Debug, PartialEq, Eq)]
enum Choice {
    /// Somebody has started this one since we looked: it is not taken from them.
    Take(String),
    /// This one stands still in the middle of its work, and is made as the profile says.
    Unpause(String),
    /// This one stands still, and is made otherwise.
    Leave(String),
    /// The engine is busy with this one.
    Wait { name: String, word: &'static str },
    /// These go; then the one that has ended, or a new one, is started.
    Start { again: Option<ContainerSummary>, instead_of: Vec<ContainerSummary> },
}

/// Chooses among them; `plan` is the label of those that are made as the profile says.
fn choose(all: Vec<ContainerSummary>, plan: Option<&String>) -> Choice {
    let is_same = |one: &ContainerSummary| plan.is_some() && one.labels.get(PLAN_LABEL) == plan;
    let first = |phase: Phase| all.iter().find(|one| one.phase == phase);
    if let Some(one) = first(Phase::Running) {
        return Choice::Take(one.id.clone());
    }
    let mut paused = all.iter().filter(|one| one.phase == Phase::Paused);
    if let Some(one) = paused.clone().find(|one| is_same(one)) {
        return Choice::Unpause(one.id.clone());
    }
    if let Some(one) = paused.next() {
        return Choice::Leave(one.name.clone());
    }
    for (phase, word) in [(Phase::Restarting, "starting it again"), (Phase::Removing, "removing it")] {
        if let Some(one) = first(phase) {
            return Choice::Wait { name: one.name.clone(), word };
        }
    }
    // Only what has ended: one that was made and never started may lack what is put into it after it is made.
    let is_fit = |one: &ContainerSummary| one.phase == Phase::Exited && is_same(one);
    let again = all.iter().find(|one| is_fit(one)).cloned();
    let instead_of = all.into_iter().filter(|one| again.as_ref().is_none_or(|again| again.id != one.id)).collect();
    Choice::Start { again, instead_of }
}

/// The container of the plan, running: one that is at hand, or else a new one.
pub(super) async fn running(
    ours: &Ours,
    engine: &Engine,
    id: &InstanceId,
    planned: ContainerPlan,
    made: &Made,
) -> Result<String, Failure> {
    let began = Instant::now();
    let mut tries = 0;
    loop {
        let all = of_instance(ours, engine, id).await.map_err(|error| failed(&error))?;
        match choose(all, planned.labels.get(PLAN_LABEL)) {
            Choice::Take(container) => {
                made.has(&container, Origin::AtWork);
                return Ok(container);
            }
            Choice::Unpause(container) => {
                made.has(&container, Origin::AtWork);
                engine.unpause(&container).await.map_err(|error| failed(&error))?;
                return Ok(container);
            }
            Choice::Leave(name) => return Err(paused(&name)),
            Choice::Wait { .. } if began.elapsed() < BUSY => tokio::time::sleep(LOOK).await,
            Choice::Wait { name, word } => return Err(busy(&name, word)),
            Choice::Start { mut again, mut instead_of } => {
                tries += 1;
                if let Some(one) = &again
                    && has_other_limits(engine, &one.id, planned.limits).await.map_err(|error| failed(&error))?
                {
                    instead_of.extend(again.take());
                }
                match remove(engine, &instead_of).await {
                    Ok(()) => return started(engine, again, planned, made).await.map_err(|error| failed(&error)),
                    // Somebody has started it at this moment, or is removing it.
                    Err(LaunchError::ContainerRuns { .. }) if tries < TRIES => {}
                    Err(error) => return Err(failed(&error)),
                }
            }
        }
    }
}

/// Whether its limits were changed since it was made, as `docker update` does: its label tells only with which it was made.
async fn has_other_limits(engine: &Engine, container: &str, planned: Limits) -> Result<bool, LaunchError> {
    match engine.inspect(container).await {
        Ok(details) => Ok(were_changed(planned, details.limits)),
        // Somebody has removed it at this moment: whoever starts it says so.
        Err(LaunchError::ContainerGone { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A limit that is missing was not taken by the engine, as where its kernel has none: another container would lack it as well.
fn were_changed(planned: Limits, now: Limits) -> bool {
    let (memory, cpus, pids) = (now.memory_bytes, now.nano_cpus, now.pids);
    (memory.is_some() && memory != planned.memory_bytes)
        || (cpus.is_some() && cpus != planned.nano_cpus)
        || (pids.is_some() && pids != planned.pids)
}

async fn remove(engine: &Engine, all: &[ContainerSummary]) -> Result<(), LaunchError> {
    for one in all {
        remove_ended(engine, one).await?;
    }
    Ok(())
}

/// Removes one that does not run.
pub(super) async fn remove_ended(engine: &Engine, one: &ContainerSummary) -> Result<(), LaunchError> {
    if one.phase == Phase::Dead { engine.remove(&one.id).await } else { engine.remove_ended(&one.id).await }
}

async fn started(
    engine: &Engine,
    again: Option<ContainerSummary>,
    planned: ContainerPlan,
    made: &Made,
) -> Result<String, LaunchError> {
    let id = if let Some(one) = again {
        made.has(&one.id, Origin::Found);
        if one.name != planned.name.as_str() {
            let _as_it_is = engine.rename(&one.id, &planned.name).await;
        }
        one.id
    } else {
        let id = create(engine, planned).await?;
        made.has(&id, Origin::New);
        id
    };
    engine.start(&id).await?;
    Ok(id)
}

/// Makes it. Its name may be somebody else's.
async fn create(engine: &Engine, mut planned: ContainerPlan) -> Result<String, LaunchError> {
    let name = planned.name.clone();
    let mut number = 1;
    loop {
        match engine.create(&planned).await {
            Err(LaunchError::ContainerNameTaken { .. }) if number < NAMES => {
                number += 1;
                planned.name = ContainerName::from_text(&format!("{name}-{number}"));
            }
            other => return other,
        }
    }
}

fn paused(name: &str) -> Failure {
    let hint = format!(
        "`docker unpause {name}` lets it go on as it is; to run it by its profile, stop it after that, and start it here"
    );
    let cause = format!("Its container `{name}` is paused, and was made before its profile was changed");
    Failure { cause, hint: Some(hint), last_lines: Vec::new() }
}

fn busy(name: &str, word: &str) -> Failure {
    let cause = format!("The container engine has been {word} for {} s: the container `{name}`", BUSY.as_secs());
    Failure {
        hint: Some(format!("Look at it with `docker inspect {name}`, then start it here again")),
        ..plain(&cause)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::SystemTime;

    use launch::docker::{ContainerSummary, Limits, Phase};

    use super::{Choice, PLAN_LABEL, choose, were_changed};

    /// Containers by their ids, phases, and whether they were made from the same plan.
    fn check(all: &[(&str, Phase, bool)], expected: &str) {
        let same = "same".to_owned();
        let all = all.iter().map(|(id, phase, is_same)| ContainerSummary {
            id: (*id).to_owned(),
            name: format!("name-{id}"),
            image: String::new(),
            image_id: String::new(),
            command: String::new(),
            labels: BTreeMap::from([(PLAN_LABEL.to_owned(), if *is_same { same.clone() } else { "other".to_owned() })]),
            phase: *phase,
            ports: Vec::new(),
            created: SystemTime::UNIX_EPOCH,
        });
        let said = match choose(all.collect(), Some(&same)) {
            Choice::Take(id) => format!("take {id}"),
            Choice::Unpause(id) => format!("unpause {id}"),
            Choice::Leave(name) => format!("leave {name}"),
            Choice::Wait { name, .. } => format!("wait for {name}"),
            Choice::Start { again, instead_of } => {
                let gone: Vec<String> = instead_of.into_iter().map(|one| one.id).collect();
                format!("start {} without {}", again.map_or_else(|| "new".to_owned(), |one| one.id), gone.join(" "))
            }
        };
        assert_eq!(said.trim_end(), expected);
    }

    #[test]
    fn what_a_start_takes_of_what_is_there() {
        check(&[], "start new without");
        check(&[("a", Phase::Exited, true)], "start a without");
        check(&[("a", Phase::Exited, false)], "start new without a");
        // Half-made: nobody knows what it lacks.
        check(&[("a", Phase::Created, true)], "start new without a");
        check(&[("a", Phase::Dead, true)], "start new without a");
        check(&[("a", Phase::Exited, true), ("b", Phase::Created, true)], "start a without b");
        check(&[("a", Phase::Exited, true), ("b", Phase::Exited, true)], "start a without b");
        // What is at work is nobody's to end.
        check(&[("a", Phase::Running, false)], "take a");
        check(&[("a", Phase::Exited, true), ("b", Phase::Running, false)], "take b");
        check(&[("a", Phase::Paused, true)], "unpause a");
        check(&[("a", Phase::Paused, false)], "leave name-a");
        check(&[("a", Phase::Paused, false), ("b", Phase::Paused, true)], "unpause b");
        check(&[("a", Phase::Exited, true), ("b", Phase::Paused, false)], "leave name-b");
        check(&[("a", Phase::Restarting, true)], "wait for name-a");
        check(&[("a", Phase::Removing, true), ("b", Phase::Exited, true)], "wait for name-a");
    }

    #[test]
    fn limits_that_are_others_than_planned_were_changed() {
        let limits = |memory_bytes, nano_cpus, pids| Limits { memory_bytes, nano_cpus, pids };
        let planned = limits(Some(512), None, Some(64));
        for (now, expected) in [
            (planned, false),
            (limits(Some(513), None, Some(64)), true),
            (limits(Some(512), Some(1), Some(64)), true),
            (limits(Some(512), None, Some(65)), true),
            // The engine keeps no such limit.
            (limits(None, None, Some(64)), false),
            (limits(None, None, None), false),
        ] {
            assert_eq!(were_changed(planned, now), expected, "{now:?}");
        }
    }
}
