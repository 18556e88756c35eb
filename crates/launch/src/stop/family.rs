//! A process with all that belongs to it, and the signals that they get.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    io,
};

use super::{
    receivers::{self, Kin, Member},
    round::{self, Reach},
};
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
    /// What everybody carries who belongs to it; who carries it with another value belongs to somebody else.
    mark: Option<Mark>,
    /// Whether who carries the mark is taken in for that alone.
    takes_in: bool,
    /// Who is known not to carry it.
    without_mark: HashSet<(u32, u64)>,
    /// Without the leader.
    descendants: BTreeSet<Member>,
    /// Those of them that we may not signal: they are not waited for.
    out_of_reach: BTreeSet<Member>,
    /// Whether somebody else's process is in the leader's group.
    is_group_shared: bool,
}

impl Family {
    /// Without a leader it is only those who carry the mark.
    pub(super) async fn scan(leader: Option<&ProcessIdentity>, mark: Option<Mark>) -> Self {
        let leader = leader.map_or(Member::NOBODY, |who| Member { pid: who.pid, started_at: who.started_at });
        let mut family = Self {
            leader,
            mark,
            takes_in: true,
            without_mark: HashSet::new(),
            descendants: BTreeSet::new(),
            out_of_reach: BTreeSet::new(),
            is_group_shared: false,
        };
        family.rescan().await;
        family
    }

    /// Takes in nobody more by the mark: what gets it from now on belongs to somebody else.
    pub(super) fn take_in_no_more(&mut self) {
        self.takes_in = false;
    }

    /// Adds who has come since. An orphan stays: it has left the tree but not the family. Only who turns out to be somebody else's is taken out.
    pub(super) async fn rescan(&mut self) {
        let mark = self.mark.clone();
        let mut without_mark = std::mem::take(&mut self.without_mark);
        // Reading the whole process table takes some milliseconds, too long for the thread of others' tasks.
        let scan = tokio::task::spawn_blocking(move || {
            let tree = ProcessTree::scan();
            let marked = mark.map(|mark| mark.look_for(tree.all(), &mut without_mark)).unwrap_or_default();
            (tree, marked, without_mark)
        });
        let Ok((tree, mut marked, without_mark)) = scan.await else { return };
        self.without_mark = without_mark;
        if !self.takes_in {
            let member = |pid: u32| tree.get(pid).map(|seen| Member { pid, started_at: seen.started_at });
            marked.carriers.retain(|pid| member(*pid).is_some_and(|member| self.descendants.contains(&member)));
        }
        let known = self.descendants.iter().copied();
        let Kin { members, spared } = receivers::family(&tree, self.leader, known, &marked, std::process::id());
        self.descendants.extend(members);
        self.descendants.retain(|member| !spared.contains(&member.pid));
        self.is_group_shared =
            spared.iter().any(|pid| tree.get(*pid).is_some_and(|seen| seen.group == self.leader.pid));
        // Found out before they are waited for, and again each time: what `sudo` has started may have become the user's own.
        let refused = self.descendants.iter().filter_map(|member| Some((*member, test(*member).err()?)));
        let refused: BTreeMap<Member, io::Error> = refused.collect();
        self.out_of_reach.retain(|member| refused.contains_key(member));
        self.leave(refused);
    }

    /// Says of each once that it goes on.
    fn leave(&mut self, refused: BTreeMap<Member, io::Error>) {
        for (member, error) in refused {
            if self.out_of_reach.insert(member) {
                tracing::warn!(pid = member.pid, %error, "A process may not be signalled by us and is left running");
            }
        }
    }

    /// Signals everybody who still is who they were; only the leader may not refuse.
    pub(super) fn signal(&mut self, signal: Signal) -> Result<(), LaunchError> {
        let seen = self.members().filter_map(|member| Some((member, look_at(member.pid)?)));
        let members: Vec<(Member, Seen)> = seen.filter(|(member, seen)| member.is(seen)).collect();
        let our_group = look_at(std::process::id()).map(|us| us.group);
        let as_group = !self.is_group_shared && receivers::may_signal_group(self.leader, &members, our_group);
        let refused = round::signal_all(self.leader, &members, as_group, &BySignal(signal))?;
        self.leave(refused);
        Ok(())
    }

    pub(super) fn leader_lives(&self) -> bool {
        lives(self.leader)
    }

    pub(super) fn first_alive(&self) -> Option<u32> {
        self.members().find(|member| self.is_to_end(*member)).map(|member| member.pid)
    }

    pub(super) fn anyone_alive(&self) -> bool {
        self.first_alive().is_some()
    }

    pub(super) fn descendants_alive(&self) -> impl Iterator<Item = u32> {
        self.descendants.iter().filter(|member| self.is_to_end(**member)).map(|member| member.pid)
    }

    fn is_to_end(&self, member: Member) -> bool {
        lives(member) && !self.out_of_reach.contains(&member)
    }

    fn members(&self) -> impl Iterator<Item = Member> {
        std::iter::once(self.leader).chain(self.descendants.iter().copied())
    }
}

fn lives(member: Member) -> bool {
    look_at(member.pid).is_some_and(|seen| member.is(&seen))
}

fn test(member: Member) -> io::Result<()> {
    signal::test(member.pid, || lives(member))
}

/// What this system lets us do, with one kind of signal.
struct BySignal(Signal);

impl Reach for BySignal {
    fn test(&self, member: Member) -> io::Result<()> {
        test(member)
    }

    fn to_member(&self, member: Member) -> io::Result<()> {
        signal::to_process(member.pid, self.0, || lives(member))
    }

    fn to_group(&self, leader: Member) -> io::Result<()> {
        signal::to_group(leader.pid, self.0)
    }
}
