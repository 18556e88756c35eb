//! One round of signals to those who belong together, and who of them is out of our reach.
//!
//! Decides only what follows from a refusal; who belongs and what the system does is given by the caller.

use std::{collections::BTreeMap, io};

use super::receivers::Member;
use crate::{LaunchError, look::Seen};

/// What the system lets us do with a process. All is well with one that is gone.
pub(super) trait Reach {
    /// Whether it would take a signal from us.
    fn test(&self, member: Member) -> io::Result<()>;
    /// Signals it.
    fn to_member(&self, member: Member) -> io::Result<()>;
    /// Signals a whole group. One member that takes it is enough for the system to call that well.
    fn to_group(&self, leader: Member) -> io::Result<()>;
}

/// Signals everybody, and gives those who refuse: one that cannot be ended is no reason to leave the others running.
///
/// Without the leader nothing would come of it: if that one refuses, it is an error, and nobody else is signalled.
pub(super) fn signal_all(
    leader: Member,
    members: &[(Member, Seen)],
    as_group: bool,
    reach: &impl Reach,
) -> Result<BTreeMap<Member, io::Error>, LaunchError> {
    if members.iter().any(|(member, _)| *member == leader) {
        reach.test(leader).map_err(|source| LaunchError::Signal { pid: leader.pid, source })?;
    }
    let group_has_it = as_group && reach.to_group(leader).is_ok();
    let refused = members.iter().filter_map(|(member, seen)| {
        let has_it = group_has_it && seen.group == leader.pid;
        let result = if has_it { reach.test(*member) } else { reach.to_member(*member) };
        Some((*member, result.err()?))
    });
    let mut refused: BTreeMap<Member, io::Error> = refused.collect();
    match refused.remove(&leader) {
        Some(source) => Err(LaunchError::Signal { pid: leader.pid, source }),
        None => Ok(refused),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const LEADER: Member = Member { pid: 10, started_at: 1 };

    /// A system in which these pids are another user's.
    struct System {
        others: &'static [u32],
        /// Who is in the leader's group.
        group: Vec<u32>,
        signalled: RefCell<Vec<u32>>,
    }

    impl Reach for System {
        fn test(&self, member: Member) -> io::Result<()> {
            if self.others.contains(&member.pid) { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
        }

        fn to_member(&self, member: Member) -> io::Result<()> {
            self.test(member)?;
            self.signalled.borrow_mut().push(member.pid);
            Ok(())
        }

        fn to_group(&self, _leader: Member) -> io::Result<()> {
            let ours: Vec<u32> = self.group.iter().copied().filter(|pid| !self.others.contains(pid)).collect();
            if ours.is_empty() {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            self.signalled.borrow_mut().extend(ours);
            Ok(())
        }
    }

    fn member(pid: u32, group: u32) -> (Member, Seen) {
        let seen = Seen { parent: Some(1), group, session: group, started_at: 1, executable: None, is_zombie: false };
        (Member { pid, started_at: 1 }, seen)
    }

    /// `expected`: who is signalled and who refuses; none where it is an error.
    fn check(members: &[(Member, Seen)], as_group: bool, others: &'static [u32], expected: Option<(&[u32], &[u32])>) {
        let group = members.iter().filter(|(_, seen)| seen.group == LEADER.pid).map(|(member, _)| member.pid).collect();
        let system = System { others, group, signalled: RefCell::default() };
        let refused = signal_all(LEADER, members, as_group, &system);
        let signalled = system.signalled.take();
        match (refused, expected) {
            (Ok(refused), Some(expected)) => {
                let refused: Vec<u32> = refused.keys().map(|member| member.pid).collect();
                assert_eq!((signalled.as_slice(), refused.as_slice()), expected, "{others:?} refuse");
            }
            (Err(LaunchError::Signal { pid: 10, .. }), None) => {
                assert!(signalled.is_empty(), "only {others:?} refuse, but nobody is ended for nothing: {signalled:?}");
            }
            (refused, expected) => panic!("{refused:?} is not {expected:?}"),
        }
    }

    #[test]
    fn who_refuses_is_left_and_the_others_are_signalled() {
        let members = [member(10, 10), member(11, 10), member(12, 12), member(13, 13)];
        for as_group in [true, false] {
            check(&members, as_group, &[], Some((&[10, 11, 12, 13], &[])));
            check(&members, as_group, &[12], Some((&[10, 11, 13], &[12])));
            // The group as a whole does not say that one of it refuses.
            check(&members, as_group, &[11], Some((&[10, 12, 13], &[11])));
            check(&members, as_group, &[11, 12, 13], Some((&[10], &[11, 12, 13])));
            check(&members, as_group, &[10], None);
            check(&members, as_group, &[10, 12], None);
            // The leader has ended; all that is left of its group refuses.
            check(&members[1..], as_group, &[11], Some((&[12, 13], &[11])));
            check(&members[1..], as_group, &[10, 11, 12, 13], Some((&[], &[11, 12, 13])));
            check(&[], as_group, &[10], Some((&[], &[])));
        }
    }
}
