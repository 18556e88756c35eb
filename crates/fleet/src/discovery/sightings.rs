//! What every source saw last.

use std::collections::BTreeMap;
use std::sync::Arc;

use launch::ProcessIdentity;

use super::{Found, Source};
use crate::{InstanceId, Timestamp};

/// What every source saw last, and since when there are processes of ours that belong to no instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sightings {
    by_source: BTreeMap<Source, Arc<Vec<Found>>>,
    unclaimed: Vec<Unclaimed>,
    /// The processes of others that are being ended because somebody asked for it.
    pub(crate) ending: BTreeMap<InstanceId, ProcessIdentity>,
}

/// A process that carries our marks and belongs to no instance that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unclaimed {
    pub(crate) identity: ProcessIdentity,
    pub(crate) mark: InstanceId,
    /// Since when it is seen so.
    pub(crate) since: Timestamp,
    /// Since when it is waited for that it ends by itself or is claimed.
    pub(crate) waits_since: Timestamp,
    /// How often it was seen so in that time: a clock that jumps is no reason to end a process.
    pub(crate) looks: u32,
}

impl Sightings {
    /// This is all that the source sees now.
    pub(crate) fn set(&mut self, source: Source, found: Vec<Found>) {
        self.by_source.insert(source, Arc::new(found));
    }

    /// The lists as they are, cheap to keep while something else changes.
    pub(crate) fn lists(&self) -> Vec<Arc<Vec<Found>>> {
        self.by_source.values().cloned().collect()
    }

    /// What one source sees.
    pub(crate) fn of(&self, source: Source) -> &[Found] {
        self.by_source.get(&source).map_or(&[], |list| list)
    }

    /// Changes what is known of some things; none: it is gone.
    pub(crate) fn retain_mut(&mut self, mut keeps: impl FnMut(&mut Found) -> bool) {
        for list in self.by_source.values_mut() {
            // Asked on a copy, so that a list that stays is not made anew.
            let kept: Vec<Found> =
                list.iter().cloned().filter_map(|mut found| keeps(&mut found).then_some(found)).collect();
            if **list != kept {
                *list = Arc::new(kept);
            }
        }
    }

    /// Counts a look at these processes of ours that belong to no instance; the others are not among them any more.
    pub(crate) fn count(&mut self, seen: &[(ProcessIdentity, InstanceId)], now: Timestamp) {
        let before = std::mem::take(&mut self.unclaimed);
        self.unclaimed = seen
            .iter()
            .map(|(identity, mark)| {
                let known = before.iter().find(|known| known.identity == *identity && known.mark == *mark);
                known.map_or_else(
                    || {
                        let (identity, mark) = (identity.clone(), mark.clone());
                        Unclaimed { identity, mark, since: now, waits_since: now, looks: 1 }
                    },
                    |known| Unclaimed { looks: known.looks + 1, ..known.clone() },
                )
            })
            .collect();
    }

    /// The processes of ours that belong to no instance.
    pub(crate) fn unclaimed(&self) -> &[Unclaimed] {
        &self.unclaimed
    }

    /// Begins to wait anew.
    pub(crate) fn wait_anew(&mut self, identity: &ProcessIdentity, now: Timestamp) {
        for unclaimed in self.unclaimed.iter_mut().filter(|unclaimed| unclaimed.identity == *identity) {
            unclaimed.waits_since = now;
            unclaimed.looks = 0;
        }
    }
}
