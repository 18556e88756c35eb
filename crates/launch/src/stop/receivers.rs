//! Who belongs to what is to be ended, and who of them may get a signal at this moment. Pure.

use std::collections::{BTreeSet, HashSet};

use crate::{look::Seen, marked::Marked, process_tree::ProcessTree};

/// One process and no other, whatever it runs: a shell's child is often caught just before its `exec`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Member {
    pub(super) pid: u32,
    pub(super) started_at: u64,
}

impl Member {
    /// No process has this number.
    pub(super) const NOBODY: Self = Self { pid: 0, started_at: 0 };

    /// Whether it is what is seen now under its number, alive.
    pub(super) fn is(self, seen: &Seen) -> bool {
        self.pid > 1 && !seen.is_zombie && seen.started_at == self.started_at
    }
}

/// Who belongs to a leader, and who does not though it may look so.
#[derive(Debug)]
pub(super) struct Kin {
    /// Without the leader.
    pub(super) members: Vec<Member>,
    /// Below or beside the leader, but started for somebody else.
    pub(super) spared: HashSet<u32>,
}

/// Everybody whom the leader has started, as far as can be told now, and everybody who is marked, with all whom those have started.
/// Who is marked as somebody else's is spared, with all that is below: the nearest mark above a process says whose it is.
///
/// `known` are those that were found before: an orphan of the leader is still one of them. The leader itself is not among the answer, nor is `us`;
/// and when we run below the leader (in a terminal of the instance), what we have started for others is spared.
pub(super) fn family(
    tree: &ProcessTree,
    leader: Member,
    known: impl Iterator<Item = Member>,
    marked: &Marked,
    us: u32,
) -> Kin {
    let lives = |member: &Member| tree.get(member.pid).is_some_and(|seen| member.is(seen));
    let leader_lives = lives(&leader);
    let carriers: HashSet<u32> = marked.carriers.iter().copied().chain(leader_lives.then_some(leader.pid)).collect();
    let others = marked.others.iter().filter(|pid| !carriers.contains(pid));
    let spared: HashSet<u32> = others.flat_map(|other| tree.tree_without(*other, &carriers)).collect();

    let mut roots: Vec<u32> = known.filter(lives).map(|member| member.pid).collect();
    if leader_lives {
        roots.push(leader.pid);
        // Orphans whose parent has died are still in the leader's group or session, as long as the leader has those for itself.
        let shares = |seen: &Seen| seen.group == leader.pid || seen.session == leader.pid;
        roots.extend(tree.all().filter(|(_, seen)| shares(seen)).map(|(pid, _)| pid));
    }
    // When we carry the mark ourselves, so does what we have started for others.
    let we_are_marked = marked.carriers.contains(&us);
    let ours: HashSet<u32> = if we_are_marked { tree.tree_of(us).into_iter().collect() } else { HashSet::new() };
    roots.extend(marked.carriers.iter().filter(|pid| !ours.contains(pid)));
    roots.retain(|pid| *pid > 1 && tree.get(*pid).is_some_and(|seen| !seen.is_zombie));
    let without: HashSet<u32> = spared.iter().copied().chain([us]).collect();
    let pids: BTreeSet<u32> = roots.into_iter().flat_map(|root| tree.tree_without(root, &without)).collect();
    let members = pids
        .into_iter()
        .filter(|pid| *pid > 1 && !(leader_lives && *pid == leader.pid))
        .filter_map(|pid| {
            let seen = tree.get(pid)?;
            (!seen.is_zombie).then_some(Member { pid, started_at: seen.started_at })
        })
        .collect();
    Kin { members, spared }
}

/// Whether the leader's group may be signalled as a whole.
///
/// A group's number stays taken while anyone is in it, so one member that is surely ours shows that the group is, too. Ours must not be it.
pub(super) fn may_signal_group(leader: Member, members: &[(Member, Seen)], our_group: Option<u32>) -> bool {
    leader.pid > 1
        && our_group.is_some_and(|ours| ours != leader.pid)
        && members.iter().any(|(member, seen)| member.is(seen) && seen.group == leader.pid)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn seen(parent: u32, group: u32, session: u32, started_at: u64, is_zombie: bool) -> Seen {
        Seen { parent: Some(parent), group, session, started_at, executable: None, is_zombie }
    }

    fn tree(rows: &[(u32, Seen)]) -> ProcessTree {
        ProcessTree::of_seen(rows.iter().cloned().collect())
    }

    fn check(rows: &[(u32, Seen)], known: &[Member], carriers: &[u32], expected: &[u32]) {
        check_with(rows, known, &Marked { carriers: carriers.to_vec(), others: Vec::new() }, expected);
    }

    fn check_with(rows: &[(u32, Seen)], known: &[Member], marked: &Marked, expected: &[u32]) {
        let leader = Member { pid: 10, started_at: 1 };
        let found = family(&tree(rows), leader, known.iter().copied(), marked, 99).members;
        assert_eq!(found.iter().map(|member| member.pid).collect::<Vec<_>>(), expected, "{rows:?}");
    }

    #[test]
    fn who_belongs() {
        let rows = [
            (1, seen(0, 1, 1, 0, false)),
            (10, seen(99, 10, 10, 1, false)),
            (11, seen(10, 10, 10, 2, false)),
            // Left the group and the session, not the tree.
            (12, seen(11, 12, 12, 3, false)),
            // An orphan in the group; one in the session; one that has left both.
            (13, seen(1, 10, 10, 4, false)),
            (14, seen(1, 14, 10, 5, false)),
            (15, seen(1, 15, 15, 6, false)),
            (16, seen(15, 15, 15, 7, false)),
            // A zombie, and us.
            (17, seen(10, 10, 10, 8, true)),
            (99, seen(1, 99, 99, 0, false)),
            (20, seen(99, 99, 99, 9, false)),
        ];
        check(&rows, &[], &[], &[11, 12, 13, 14]);
        check(&rows, &[Member { pid: 15, started_at: 6 }], &[], &[11, 12, 13, 14, 15, 16]);
        check(&rows, &[Member { pid: 15, started_at: 5 }], &[], &[11, 12, 13, 14]);
        check(&rows, &[], &[15], &[11, 12, 13, 14, 15, 16]);
        // We carry the mark, too: what we started for others is spared, what the leader started is not.
        check(&rows, &[], &[99, 20, 15, 11], &[11, 12, 13, 14, 15, 16]);
        // We run below the leader: what we have started is for others.
        let mut below = rows.clone();
        below[1].1.parent = Some(1);
        below[9].1 = seen(11, 10, 10, 0, false);
        check(&below, &[], &[], &[11, 12, 13, 14]);
        check(&below, &[], &[99, 20], &[11, 12, 13, 14]);
        // The leader is gone and its number another's: nothing of that one belongs.
        let mut later = rows.clone();
        later[1].1.started_at = 50;
        check(&later, &[], &[], &[]);
        check(&later, &[], &[15], &[15, 16]);
    }

    #[test]
    fn what_was_started_for_somebody_else_is_spared() {
        let rows = [
            (1, seen(0, 1, 1, 0, false)),
            (10, seen(1, 10, 10, 1, false)),
            // A shell in a terminal, a host in it, and what the host has started for another.
            (11, seen(10, 11, 11, 2, false)),
            (12, seen(11, 12, 11, 3, false)),
            (13, seen(12, 13, 13, 4, false)),
            (14, seen(13, 13, 13, 5, false)),
            // In the session of the leader by a mistake of somebody.
            (15, seen(14, 15, 10, 6, false)),
            // For the leader again, by the one for another.
            (16, seen(14, 16, 16, 7, false)),
            (17, seen(16, 16, 16, 8, false)),
            (99, seen(1, 99, 99, 0, false)),
        ];
        let check = |known: &[Member], carriers: &[u32], others: &[u32], expected: &[u32]| {
            let marked = Marked { carriers: carriers.to_vec(), others: others.to_vec() };
            check_with(&rows, known, &marked, expected);
        };
        check(&[], &[10, 11, 12], &[13], &[11, 12]);
        check(&[], &[10, 11, 12, 16], &[13], &[11, 12, 16, 17]);
        check(&[], &[], &[13], &[11, 12]);
        check(&[], &[10, 11, 12], &[], &[11, 12, 13, 14, 15, 16, 17]);
        // Found before its mark could be told.
        let known = [Member { pid: 13, started_at: 4 }, Member { pid: 14, started_at: 5 }];
        check(&known, &[10, 11, 12], &[13], &[11, 12]);
        // The leader runs below another one.
        check(&[], &[10, 11, 12, 13, 14, 15, 16, 17], &[1], &[11, 12, 13, 14, 15, 16, 17]);
        check(&[], &[], &[1], &[11, 12, 13, 14, 15, 16, 17]);
        // A mark of its own that is not its own: it is still the one to end.
        check(&[], &[], &[10], &[11, 12, 13, 14, 15, 16, 17]);
    }

    prop_compose! {
        fn any_seen()(
            parent in 0..14u32, group in 0..14u32, session in 0..14u32, started_at in 0..4u64, is_zombie in any::<bool>(),
        ) -> Seen {
            seen(parent, group, session, started_at, is_zombie)
        }
    }

    fn any_members() -> impl Strategy<Value = Vec<Member>> {
        prop::collection::vec((0..14u32, 0..4u64).prop_map(|(pid, started_at)| Member { pid, started_at }), 0..6)
    }

    proptest! {
        #[test]
        fn nobody_else_is_ever_drawn_in(
            rows in prop::collection::hash_map(0..14u32, any_seen(), 0..14),
            leader in (0..14u32, 0..4u64),
            known in any_members(),
            marks in prop::collection::hash_map(2..14u32, any::<bool>(), 0..6),
            us in 2..14u32,
        ) {
            let of = |is_another: bool| marks.iter().filter(|(_, of)| **of == is_another).map(|(pid, _)| *pid).collect();
            let marked = Marked { carriers: of(false), others: of(true) };
            let leader = Member { pid: leader.0, started_at: leader.1 };
            let rows: HashMap<u32, Seen> = rows;
            let tree = ProcessTree::of_seen(rows.clone());
            let living = |member: &Member| rows.get(&member.pid).is_some_and(|seen| member.is(seen));
            for found in family(&tree, leader, known.iter().copied(), &marked, us).members {
                prop_assert!(found.pid > 1 && found.pid != us && found != leader);
                let seen = &rows[&found.pid];
                prop_assert!(found.is(seen), "it lives: {seen:?}");
                // Each is below one of those who may draw it in, or is one itself.
                let leader_lives = living(&leader);
                let has_reason = rows.iter().any(|(pid, seen)| {
                    let draws = (leader_lives
                        && (*pid == leader.pid || seen.group == leader.pid || seen.session == leader.pid))
                        || marked.carriers.contains(pid)
                        || known.iter().any(|member| member.pid == *pid && living(member));
                    draws && tree.is_in_tree_of(found.pid, *pid)
                });
                prop_assert!(has_reason, "{found:?}");
                // Going up from it, no mark of somebody else comes first.
                let mut upwards = vec![found.pid];
                let is_marked = |pid: u32| marks.contains_key(&pid) || (leader_lives && pid == leader.pid);
                while let Some(last) = upwards.last().copied().filter(|pid| !is_marked(*pid)) {
                    let parent = rows.get(&last).and_then(|seen| seen.parent);
                    let Some(parent) = parent.filter(|parent| !upwards.contains(parent)) else { break };
                    upwards.push(parent);
                }
                let nearest = upwards.last().copied().unwrap();
                prop_assert!((leader_lives && nearest == leader.pid) || !marked.others.contains(&nearest), "{upwards:?}");
            }
        }

        #[test]
        fn a_group_is_signalled_only_when_a_living_member_of_ours_is_in_it(
            leader in (0..14u32, 0..4u64),
            members in prop::collection::vec((0..14u32, 0..4u64, any_seen()), 0..6),
            our_group in prop::option::of(0..14u32),
        ) {
            let leader = Member { pid: leader.0, started_at: leader.1 };
            let members: Vec<(Member, Seen)> =
                members.into_iter().map(|(pid, started_at, seen)| (Member { pid, started_at }, seen)).collect();
            if may_signal_group(leader, &members, our_group) {
                prop_assert!(leader.pid > 1);
                prop_assert!(our_group.is_some() && our_group != Some(leader.pid));
                let shows_it = members.iter().any(|(member, seen)| {
                    member.pid > 1 && member.started_at == seen.started_at && !seen.is_zombie && seen.group == leader.pid
                });
                prop_assert!(shows_it);
            }
        }
    }
}
