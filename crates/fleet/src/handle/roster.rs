//! Profiles, starting and stopping many, and versions of opencode.

use std::sync::Arc;

use super::Fleet;
use crate::event::Event;
use crate::roster::{RosterEvent, Scope};
use crate::versions::VersionsEvent;
use crate::{FleetError, InstanceId, Place, Profile, SettingsPatch, runtime};

impl Fleet {
    /// Changes how an instance is run and shown. What concerns its process counts from its next start on.
    pub async fn set_profile(&self, id: &InstanceId, mut profile: Profile) -> Result<(), FleetError> {
        let directory = self.instance(id)?.directory.clone();
        profile.place = self.place_as_known(&directory, profile.place).await;
        self.check_profile(&profile).await?;
        let (id, profile) = (id.clone(), Arc::new(profile));
        let event = |call| Event::Roster(RosterEvent::SetProfile { call, id, profile });
        self.runtime.ask(event).await.map(drop)
    }

    /// Starts every instance of ours that does not run, a few at a time; what is asleep runs when it is used. Returns once each is up or has failed.
    pub async fn start_all(&self, scope: Scope) -> Result<(), FleetError> {
        self.runtime.ask(|call| Event::Roster(RosterEvent::StartAll { call, scope })).await.map(drop)
    }

    /// Stops every instance of ours that runs. Returns once nothing of them runs.
    pub async fn stop_all(&self, scope: Scope) -> Result<(), FleetError> {
        self.runtime.ask(|call| Event::Roster(RosterEvent::StopAll { call, scope })).await.map(drop)
    }

    /// Starts every instance of ours that has crashed, a few at a time. Returns once each is up or has failed again.
    pub async fn restart_failed(&self, scope: Scope) -> Result<(), FleetError> {
        self.runtime.ask(|call| Event::Roster(RosterEvent::RestartFailed { call, scope })).await.map(drop)
    }

    /// Looks up the newest version of opencode. What comes of it shows in the state.
    pub async fn look_for_versions(&self) -> Result<(), FleetError> {
        self.runtime.ask(|call| Event::Versions(VersionsEvent::Look { call })).await.map(drop)
    }

    /// Begins to update opencode; no version: to the newest. How it goes on shows in the state.
    pub async fn update_opencode(&self, version: Option<String>) -> Result<(), FleetError> {
        self.runtime.ask(|call| Event::Versions(VersionsEvent::Update { call, version })).await.map(drop)
    }

    /// Waits until instances of others were looked for once, where they are looked for at all, and what was seen is in the state.
    pub async fn looked_around(&self) -> Result<(), FleetError> {
        if !self.state().settings.discover {
            return Ok(());
        }
        self.runtime.looked().await;
        // What was reported before is taken in before this.
        self.update_settings(SettingsPatch::default()).await.map(drop)
    }

    pub(super) async fn check_profile(&self, profile: &Profile) -> Result<(), FleetError> {
        profile.check()?;
        runtime::containers::check_mounts(self.runtime.context(), profile).await?;
        match (&profile.place, &profile.binary) {
            (Place::Process, Some(binary)) => runtime::check_binary(binary.clone()).await,
            // What runs elsewhere is looked for there.
            (Place::Process | Place::Docker(_) | Place::Ssh(_), _) => Ok(()),
        }
    }
}
