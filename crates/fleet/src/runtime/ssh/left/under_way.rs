//! What is being seen to of what was left on other machines: each instance once, and by what was told of it last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::InstanceId;
use crate::ssh::LeftThere;

/// What is being seen to.
#[derive(Default)]
pub(in crate::runtime::ssh) struct UnderWay(Mutex<HashMap<InstanceId, One>>);

#[derive(Clone)]
struct One {
    left: LeftThere,
    /// Told when something else is left of it.
    changed: Arc<Notify>,
}

impl UnderWay {
    /// This is left of it. False: somebody sees to it already, and is told.
    pub(super) fn begin(&self, id: &InstanceId, left: LeftThere) -> bool {
        let mut all = self.all();
        if let Some(one) = all.get_mut(id) {
            one.left = left;
            one.changed.notify_one();
            return false;
        }
        all.insert(id.clone(), One { left, changed: Arc::default() });
        true
    }

    /// What is left of it, and what tells when that changes.
    pub(super) fn of(&self, id: &InstanceId) -> Option<(LeftThere, Arc<Notify>)> {
        self.all().get(id).map(|one| (one.left.clone(), Arc::clone(&one.changed)))
    }

    /// That is over. False: something else is left by now.
    pub(super) fn finish(&self, id: &InstanceId, left: &LeftThere) -> bool {
        let mut all = self.all();
        let is_it = all.get(id).is_none_or(|one| one.left == *left);
        if is_it {
            all.remove(id);
        }
        is_it
    }

    fn all(&self) -> MutexGuard<'_, HashMap<InstanceId, One>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[tokio::test]
    async fn one_instance_is_seen_to_once_and_by_what_was_told_last() {
        let (all, id) = (UnderWay::default(), InstanceId::from("aaaaaaaa"));
        let left = |since| LeftThere {
            name: "site".to_owned(),
            host: "build".to_owned(),
            directory: "/srv/site".into(),
            process: None,
            since: Timestamp(since),
        };
        assert!(all.begin(&id, left(1)));
        let (of, changed) = all.of(&id).unwrap();
        assert_eq!(of, left(1));
        assert!(!all.begin(&id, left(2)), "nobody else sees to it");
        changed.notified().await;
        assert!(!all.finish(&id, &of), "it goes on with the other one");
        let (of, _changed) = all.of(&id).unwrap();
        assert!(of == left(2) && all.finish(&id, &of));
        assert!(all.of(&id).is_none() && all.begin(&id, left(3)));
    }
}
