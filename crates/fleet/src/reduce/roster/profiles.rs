//! How instances are run and shown: changed by the person, seen on disk.

use std::sync::Arc;

use crate::effect::Effect;
use crate::event::{CallId, Outcome};
use crate::reduce::turn::Turn;
use crate::roster::RosterEffect;
use crate::{Instance, InstanceId, Owner, Place, Profile, ProfileError};

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
    let Some(instance) = turn.instance(id) else { return };
    let profile = staying(profile, &instance.profile.place);
    if instance.profile == profile {
        return;
    }
    turn.change(id, |instance| instance.profile = Arc::clone(&profile));
    // The profile of an instance that may never get a record waits for that.
    if turn.core.behind.get(id).is_some_and(|behind| behind.is_unrecorded) {
        return;
    }
    save(turn, id, profile);
}

/// An instance of ours that named no engine has a container at this one: it stays there, whichever is the usual one later.
pub(in crate::reduce) fn stays_at(turn: &mut Turn, id: &InstanceId, engine: &str) {
    let is_open = |instance: &&Instance| instance.owner == Owner::Portal && instance.profile.place.is_anywhere();
    let Some(instance) = turn.instance(id).filter(is_open).filter(|_| !engine.is_empty()) else { return };
    let mut profile = Profile::clone(&instance.profile);
    if let Place::Docker(place) = &mut profile.place {
        place.engine = Some(engine.to_owned());
    }
    turn.change(id, |instance| instance.profile = Arc::new(profile));
}

/// The same of one that is about to be made there: it is written down.
pub(in crate::reduce) fn settles_at(turn: &mut Turn, id: &InstanceId, engine: &str) {
    stays_at(turn, id, engine);
    let Some(profile) = turn.instance(id).map(|instance| Arc::clone(&instance.profile)) else { return };
    if turn.core.roster.profiles.get(id) != Some(&profile) {
        save(turn, id, profile);
    }
}

/// One that names no engine leaves an instance where it is.
fn staying(profile: Arc<Profile>, known: &Place) -> Arc<Profile> {
    if profile.place.is_anywhere() && !known.is_anywhere() {
        let place = profile.place.clone().staying(known);
        return Arc::new(Profile { place, ..Profile::clone(&profile) });
    }
    profile
}

fn save(turn: &mut Turn, id: &InstanceId, profile: Arc<Profile>) {
    turn.core.roster.profiles.insert(id.clone(), Arc::clone(&profile));
    turn.effect(Effect::Roster(RosterEffect::SaveProfile { id: id.clone(), profile }));
}

/// A profile is new on disk, or has changed there.
pub(super) fn seen(turn: &mut Turn, id: &InstanceId, profile: Arc<Profile>) {
    let known = turn.instance(id).filter(|instance| instance.owner == Owner::Portal);
    let profile = match known.map(|known| known.profile.place.clone()) {
        // Its first start, by another host, has told where it is.
        Some(place) if place.is_anywhere() && profile.place.word() == place.word() => profile,
        Some(place) if place.is_like(&profile.place) => staying(profile, &place),
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
