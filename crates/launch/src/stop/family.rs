//! A process with all that belongs to it, and the signals that they get.

use std::collections::{BTreeSet, HashSet};

use super::receivers::{self, Member};
use crate::{
    LaunchError, ProcessIdentity,
    look::{Seen, look_at},
    marked::Mark,
    process_tree::ProcessTree,
    signal::{self, Signal},
};

/// A process with all that it started.
pub(super) struct Family {
    leader: Member,
    /// What everybody carries who belongs to it.
    mark: Option<Mark>,
    /// Who is known not to carry it.
    without_mark: HashSet<(u32, u64)>,
    /// Without the leader.
    descendants: BTreeSet<Member>,
}

impl Family {
    /// Without a leader it is only those who carry the mark.
    pub(super) async fn scan(leader: Option<&ProcessIdentity>, mark: Option<Mark>) -> Self {
        let leader = leader.map_or(Member::NOBODY, |who| Member { pid: who.pid, started_at: who.started_at });
        let mut family = Self { leader, mark, without_mark: HashSet::new(), descendants: BTreeSet::new() };
        family.rescan().await;
        family
    }

    /// Takes in nobody more by the mark: what gets it from now on belongs to somebody else.
    pub(super) fn forget_mark(&mut self) {
        self.mark = None;
    }

    /// Adds who has come since. Nobody is taken out: an orphan has left the tree but not the family.
    pub(super) async fn rescan(&mut self) {
        let mark = self.mark.clone();
        let mut without_mark = std::mem::take(&mut self.without_mark);
        // Reading the whole process table takes some milliseconds, too long for the thread of others' tasks.
        let scan = tokio::task::spawn_blocking(move || {
            let tree = ProcessTree::scan();
            let marked = mark.map(|mark| mark.carriers(tree.all(), &mut without_mark)).unwrap_or_default();
            (tree, marked, without_mark)
        });
        let Ok((tree, marked, without_mark)) = scan.await else { return };
        self.without_mark = without_mark;
        let known = self.descendants.iter().copied();
        let found = receivers::family(&tree, self.leader, known, &marked, std::process::id());
        self.descendants.extend(found);
    }

    /// Signals everybody who still is who they were.
    pub(super) fn signal(&self, signal: Signal) -> Result<(), LaunchError> {
        let members: Vec<(Member, Seen)> =
            self.members().filter_map(|member| Some((member, look_at(member.pid)?))).collect();
        let our_group = look_at(std::process::id()).map(|us| us.group);
        let whole_group = receivers::may_signal_group(self.leader, &members, our_group);
        if whole_group {
            let pid = self.leader.pid;
            signal::to_group(pid, signal).map_err(|source| LaunchError::Signal { pid, source })?;
        }
        for (member, seen) in members {
            let had_it = whole_group && seen.group == self.leader.pid;
            if !had_it {
                let pid = member.pid;
                signal::to_process(pid, signal, || lives(member))
                    .map_err(|source| LaunchError::Signal { pid, source })?;
            }
        }
        Ok(())
    }

    pub(super) fn leader_lives(&self) -> bool {
        lives(self.leader)
    }

    pub(super) fn first_alive(&self) -> Option<u32> {
        self.members().find(|member| lives(*member)).map(|member| member.pid)
    }

    pub(super) fn anyone_alive(&self) -> bool {
        self.first_alive().is_some()
    }

    pub(super) fn descendants_alive(&self) -> impl Iterator<Item = u32> {
        self.descendants.iter().filter(|member| lives(**member)).map(|member| member.pid)
    }

    fn members(&self) -> impl Iterator<Item = Member> {
        std::iter::once(self.leader).chain(self.descendants.iter().copied())
    }
}

fn lives(member: Member) -> bool {
    look_at(member.pid).is_some_and(|seen| member.is(&seen))
}
