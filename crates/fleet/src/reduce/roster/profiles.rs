//! How instances are run and shown: changed by the person, seen on disk.

use std::sync::Arc;

use crate::effect::Effect;
use crate::event::{CallId, Outcome};
use crate::reduce::turn::Turn;
use crate::roster::RosterEffect;
use crate::{InstanceId, Owner, Profile, ProfileError};

/// Somebody changes how an instance is run and shown. What concerns its process counts from its next start on.
pub(super) fn set(turn: &mut Turn, call: CallId, id: &InstanceId, profile: Arc<Profile>) {
    let known = turn.known(id).map(|instance| (instance.owner, instance.profile.place.clone()));
    let result = match known {
        Ok((Owner::Portal, place)) if !place.is_like(&profile.place) => {
            let error = ProfileError::PlaceFixed { is: place.word(), wanted: profile.place.word() };
            Err(error.into())
        }
        Ok((Owner::Portal, _)) => {
            keep(turn, id, profile);
            Ok(Outcome::Done)
        }
        Ok((Owner::External, _)) => {
            // We do not run it: only how it is shown is ours to say.
            let shown = Profile {
                is_pinned: profile.is_pinned,
                group: profile.group.clone(),
                memory_budget_mib: profile.memory_budget_mib,
                ..Profile::default()
            };
            keep(turn, id, Arc::new(shown));
            Ok(Outcome::Done)
        }
        Err(error) => Err(error),
    };
    turn.answer(call, result);
}

/// From now on this is an instance's profile.
pub(in crate::reduce) fn keep(turn: &mut Turn, id: &InstanceId, profile: Arc<Profile>) {
    if turn.instance(id).is_none_or(|instance| instance.profile == profile) {
        return;
    }
    turn.change(id, |instance| instance.profile = Arc::clone(&profile));
    // The profile of an instance that may never get a record waits for that.
    if turn.core.behind.get(id).is_some_and(|behind| behind.is_unrecorded) {
        return;
    }
    save(turn, id, profile);
}

fn save(turn: &mut Turn, id: &InstanceId, profile: Arc<Profile>) {
    turn.core.roster.profiles.insert(id.clone(), Arc::clone(&profile));
    turn.effect(Effect::Roster(RosterEffect::SaveProfile { id: id.clone(), profile }));
}

/// A profile is new on disk, or has changed there.
pub(super) fn seen(turn: &mut Turn, id: &InstanceId, profile: Arc<Profile>) {
    let known = turn.instance(id).filter(|instance| instance.owner == Owner::Portal);
    let fixed = known.map(|known| known.profile.place.clone()).filter(|place| !place.is_like(&profile.place));
    let profile = match fixed {
        // What somebody wrote there does not move what runs.
        Some(place) => Arc::new(Profile { place, ..Profile::clone(&profile) }),
        None => profile,
    };
    turn.core.roster.profiles.insert(id.clone(), Arc::clone(&profile));
    if turn.instance(id).is_some_and(|instance| instance.profile != profile) {
        turn.change(id, |instance| instance.profile = profile);
    }
}

/// A profile is on disk no more. An instance that is known goes on with what we know of it.
pub(super) fn gone(turn: &mut Turn, id: &InstanceId) {
    turn.core.roster.profiles.remove(id);
}

impl Turn {
    /// There is a record of an instance from now on, and so its profile is kept, too.
    pub(in crate::reduce) fn is_recorded(&mut self, id: &InstanceId) {
        let is_first = std::mem::take(&mut self.behind(id).is_unrecorded);
        let profile = self.instance(id).map(|instance| Arc::clone(&instance.profile)).unwrap_or_default();
        if is_first && *profile != Profile::default() {
            save(self, id, profile);
        }
    }
}
