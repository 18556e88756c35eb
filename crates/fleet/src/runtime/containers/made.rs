//! What a start in a container has made so far, for whoever has to take it back.

use std::sync::{Arc, Mutex, PoisonError};

use launch::LaunchError;
use launch::docker::{Engine, Phase};

use super::super::launching::GRACE;
use super::at_hand::of_instance;
use super::ours::Ours;
use crate::InstanceId;
use crate::files::directory_lock::DirectoryLock;

/// What a start has made so far. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Made(Arc<Mutex<Begun>>);

#[derive(Default)]
struct Begun {
    /// Held until the start is known to others, or nothing of it is left: nobody else begins one between these.
    lock: Option<DirectoryLock>,
    at: Option<(Engine, Ours)>,
    container: Option<(String, Origin)>,
    is_told: bool,
    is_written_down: bool,
}

/// Where the container of a start comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was at work before: paused, or started by somebody else. What it was doing is not ours to throw away.
    AtWork,
    /// It was there before, and had ended.
    Found,
    /// The start has made it.
    New,
}

impl Made {
    /// The directory is locked.
    pub(super) fn locked(&self, lock: DirectoryLock) {
        self.begun().lock = Some(lock);
    }

    /// From here on something may be left at this engine.
    pub(super) fn begin_at(&self, engine: &Engine, ours: &Ours) {
        self.begun().at = Some((engine.clone(), ours.clone()));
    }

    /// This container will have to be taken back.
    pub(super) fn has(&self, container: &str, origin: Origin) {
        self.begun().container = Some((container.to_owned(), origin));
    }

    /// Whoever waits for the directory may find the container that runs.
    pub(super) fn is_recorded(&self) {
        self.begun().lock = None;
    }

    /// Its record says that it runs: if that says later that its end was asked for, another host has asked.
    pub(super) fn write_down(&self) {
        self.begun().is_written_down = true;
    }

    /// Whether its record has said that it runs.
    pub(super) fn is_written_down(&self) -> bool {
        self.begun().is_written_down
    }

    /// The fleet knows the container: from now on it is the fleet that ends it.
    pub(super) fn tell(&self) {
        self.begun().is_told = true;
    }

    /// It has ended: nothing of it is to be ended any more.
    pub(super) fn has_ended(&self) {
        let mut begun = self.begun();
        begun.container = begun.container.take().filter(|(_, origin)| *origin != Origin::AtWork);
    }

    /// Whether it was at work before, and still is as far as is known.
    pub(super) fn is_at_work(&self) -> bool {
        self.begun().container.as_ref().is_some_and(|(_, origin)| *origin == Origin::AtWork)
    }

    /// Whether the fleet knows it.
    pub(super) fn is_told(&self) -> bool {
        self.begun().is_told
    }

    /// Takes back what was made, and ends what was found.
    pub(super) async fn take_back(&self, id: &InstanceId) -> Result<(), LaunchError> {
        let (lock, at, container) = {
            let mut begun = self.begun();
            (begun.lock.take(), begun.at.take(), begun.container.take())
        };
        let Some((engine, ours)) = at else { return Ok(()) };
        match container {
            Some((container, Origin::Found | Origin::AtWork)) => match engine.stop(&container, GRACE).await {
                Err(LaunchError::ContainerGone { .. }) => {}
                other => other?,
            },
            Some((container, Origin::New)) => engine.remove(&container).await?,
            None => {}
        }
        // One that was made while we gave up waiting for it.
        if lock.is_some() {
            for one in of_instance(&ours, &engine, id).await? {
                if one.phase == Phase::Created {
                    engine.remove_ended(&one.id).await?;
                }
            }
        }
        Ok(())
    }

    fn begun(&self) -> std::sync::MutexGuard<'_, Begun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
