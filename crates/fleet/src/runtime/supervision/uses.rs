//! Who uses what: when each instance was last called through us, and which are on screen.
//!
//! Written with each call, read now and then: so it is no event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{InstanceId, Timestamp};

/// Who uses what. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Uses(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    used: BTreeMap<InstanceId, Timestamp>,
    watched: BTreeSet<InstanceId>,
    waking: BTreeMap<InstanceId, usize>,
}

impl Uses {
    /// It is called now.
    pub(crate) fn used(&self, id: &InstanceId, now: Timestamp) {
        self.lock().used.insert(id.clone(), now);
    }

    /// These are on screen, and no others.
    pub(crate) fn watch(&self, ids: BTreeSet<InstanceId>) {
        self.lock().watched = ids;
    }

    /// Whether it is on screen.
    pub(crate) fn is_watched(&self, id: &InstanceId) -> bool {
        self.lock().watched.contains(id)
    }

    /// A call wakes it, as long as the mark lives.
    pub(crate) fn waking(&self, id: &InstanceId) -> Waking {
        *self.lock().waking.entry(id.clone()).or_default() += 1;
        Waking { uses: self.clone(), id: id.clone() }
    }

    /// Whether a call is waking it.
    pub(crate) fn is_waking(&self, id: &InstanceId) -> bool {
        self.lock().waking.contains_key(id)
    }

    /// What was seen so far.
    pub(super) fn seen(&self) -> (BTreeMap<InstanceId, Timestamp>, BTreeSet<InstanceId>) {
        let seen = self.lock();
        (seen.used.clone(), seen.watched.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        // Each change is one step: nothing is half done after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that wakes an instance.
pub(crate) struct Waking {
    uses: Uses,
    id: InstanceId,
}

impl Drop for Waking {
    fn drop(&mut self) {
        let mut seen = self.uses.lock();
        if let Some(count) = seen.waking.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                seen.waking.remove(&self.id);
            }
        }
    }
}
