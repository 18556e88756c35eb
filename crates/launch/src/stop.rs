//! Ending a process and everything that it started, and nothing else.
//!
//! The whole group gets a signal at once. What left the group (a server's shells and tools do) is remembered with its identity while the tree still
//! shows whose it is, because an orphan cannot be traced back. Before each signal the identity of its receiver is checked again.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{
    LaunchError, ProcessIdentity,
    look::look_at,
    process_tree::ProcessTree,
    signal::{self, Signal},
};

/// How a process tree ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The process was not running (any more); nothing was signalled.
    AlreadyGone,
    /// The process ended when asked to; so many of its descendants had to be killed.
    Gracefully {
        /// Descendants that did not end when asked to.
        killed: usize,
    },
    /// The process did not end within the grace and was killed, with so many of its descendants.
    Killed {
        /// Descendants that did not end when asked to.
        killed: usize,
    },
}

/// How often it is looked whether all have ended. A look reads one small file a process.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What descendants get once the process itself has ended: it was the one to end them in good order.
const GRACE_FOR_ORPHANS: Duration = Duration::from_millis(500);
/// A killed process ends at once unless it hangs in the kernel.
const KILL_TAKES_AT_MOST: Duration = Duration::from_secs(3);

/// Ends the whole tree: SIGTERM, up to `grace` for it to end, SIGKILL for what is left.
pub async fn stop(identity: &ProcessIdentity, grace: Duration) -> Result<Stopped, LaunchError> {
    if !identity.is_alive() {
        return Ok(Stopped::AlreadyGone);
    }
    let mut family = Family::scan(identity.clone()).await;
    family.signal(Signal::Terminate)?;

    let mut deadline = Instant::now() + grace;
    let mut leader_has_ended = false;
    while family.anyone_alive() && Instant::now() < deadline {
        if !leader_has_ended && !runs_on(identity) {
            leader_has_ended = true;
            deadline = deadline.min(Instant::now() + GRACE_FOR_ORPHANS);
        }
        sleep(LOOK_EVERY).await;
    }

    let leader_has_ended = !runs_on(identity);
    // What was started during the grace is found now, while its parents still live.
    family.rescan().await;
    let killed = family.descendants_alive();
    if killed > 0 || !leader_has_ended {
        family.signal(Signal::Kill)?;
        let deadline = Instant::now() + KILL_TAKES_AT_MOST;
        while family.anyone_alive() {
            if Instant::now() >= deadline {
                return Err(LaunchError::WouldNotEnd { pid: family.first_alive().unwrap_or(identity.pid) });
            }
            sleep(LOOK_EVERY).await;
        }
    }
    Ok(if leader_has_ended { Stopped::Gracefully { killed } } else { Stopped::Killed { killed } })
}

/// Ends the whole tree as [`stop`] does, and with it every process of this user that carries the mark `(name, value)` in its environment.
pub async fn stop_marked(
    identity: &ProcessIdentity,
    _mark: (&str, &str),
    grace: Duration,
) -> Result<Stopped, LaunchError> {
    stop(identity, grace).await
}

/// Ends one process of a tree with its own descendants.
pub async fn end_in_tree(
    root: &ProcessIdentity,
    child: &ProcessIdentity,
    _grace: Duration,
) -> Result<Stopped, LaunchError> {
    Err(LaunchError::NotInTree { pid: child.pid, root: root.pid })
}

/// The process with all that it started.
struct Family {
    leader: ProcessIdentity,
    /// Without the leader, by process id.
    descendants: BTreeMap<u32, ProcessIdentity>,
}

impl Family {
    async fn scan(leader: ProcessIdentity) -> Self {
        let mut family = Self { leader, descendants: BTreeMap::new() };
        family.rescan().await;
        family
    }

    /// Adds who has come since. Nobody is taken out: an orphan has left the tree but not the family.
    async fn rescan(&mut self) {
        // Reading the whole process table takes some milliseconds, too long for the thread of others' tasks.
        let Ok(tree) = tokio::task::spawn_blocking(ProcessTree::scan).await else { return };
        let mut roots: Vec<u32> =
            self.descendants.values().filter(|member| runs_on(member)).map(|member| member.pid).collect();
        if runs_on(&self.leader) {
            roots.push(self.leader.pid);
            // Orphans whose parent has died are still in the leader's group or session, as long as the leader has those for itself.
            roots.extend(tree.all().filter(|pid| self.shares_with_leader(*pid)));
        }
        for root in roots {
            for pid in tree.tree_of(root) {
                if pid == self.leader.pid || pid == std::process::id() {
                    continue;
                }
                if let Some(member) = ProcessIdentity::observe(pid) {
                    self.descendants.insert(pid, member);
                }
            }
        }
    }

    fn shares_with_leader(&self, pid: u32) -> bool {
        look_at(pid).is_some_and(|seen| seen.group == self.leader.pid || seen.session == self.leader.pid)
    }

    fn is_in_group(&self, member: &ProcessIdentity) -> bool {
        look_at(member.pid).is_some_and(|seen| seen.group == self.leader.pid)
    }

    /// Signals everybody who still is who they were.
    fn signal(&self, signal: Signal) -> Result<(), LaunchError> {
        let refused = |pid| move |source| LaunchError::Signal { pid, source };
        // A group's number stays taken while anyone is in it, so one member that is surely ours shows that the group is, too.
        let group_is_ours = self.members().any(|member| self.is_in_group(member) && runs_on(member));
        if group_is_ours {
            signal::to_group(self.leader.pid, signal).map_err(refused(self.leader.pid))?;
        }
        for member in self.members() {
            let had_it = group_is_ours && self.is_in_group(member);
            if !had_it && runs_on(member) {
                signal::to_process(member.pid, signal).map_err(refused(member.pid))?;
            }
        }
        Ok(())
    }

    fn members(&self) -> impl Iterator<Item = &ProcessIdentity> {
        std::iter::once(&self.leader).chain(self.descendants.values())
    }

    fn anyone_alive(&self) -> bool {
        self.first_alive().is_some()
    }

    fn first_alive(&self) -> Option<u32> {
        self.members().find(|member| runs_on(member)).map(|member| member.pid)
    }

    fn descendants_alive(&self) -> usize {
        self.descendants.values().filter(|member| runs_on(member)).count()
    }
}

/// Whether it is still the process that was seen, with whatever program: a shell's child is often caught just before its `exec`.
fn runs_on(member: &ProcessIdentity) -> bool {
    member.after_exec().is_some()
}
