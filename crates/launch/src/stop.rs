//! Ending a process and everything that it started, and nothing else.
//!
//! The whole group gets a signal at once. What left the group (a server's shells and tools do) is remembered with its identity while the tree still
//! shows whose it is, because an orphan cannot be traced back; unless it carries our mark. Before each signal the identity of its receiver is checked again.

mod family;
mod receivers;
mod round;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{LaunchError, ProcessIdentity, look::look_at, marked::Mark, process_tree::ProcessTree, signal::Signal};
use family::Family;

/// How a process tree ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The process was not running (any more); nothing was signalled.
    AlreadyGone,
    /// The process ended when asked to, or had ended before; so many of its descendants had to be killed.
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
///
/// What we may not signal (`sudo` runs it, or a container of another user) is left running, with a warning in the log; it is an error only of
/// the process itself, and then nobody is signalled.
///
/// What has left the tree, the group and the session of the process is not found. For a process that we did not start that is as it should be;
/// for ours there is [`stop_marked`].
pub async fn stop(identity: &ProcessIdentity, grace: Duration) -> Result<Stopped, LaunchError> {
    if !identity.is_alive() {
        return Ok(Stopped::AlreadyGone);
    }
    end(Family::scan(Some(identity), None).await, grace).await
}

/// Ends the whole tree as [`stop`] does, and with it every process of this user that has the variable `mark` (name and value) in its environment,
/// but not ourselves: daemons that have left the tree are ended, too. It does so even if the process itself has ended before.
/// What is below but carries another value of the variable was started for somebody else, and goes on with all that it has started.
///
/// The mark must be given to nobody else, so the caller sees to it that nothing is started with it anew meanwhile.
pub async fn stop_marked(
    identity: &ProcessIdentity,
    mark: (&str, &str),
    grace: Duration,
) -> Result<Stopped, LaunchError> {
    let (name, value) = mark;
    let leader = Some(identity).filter(|identity| identity.is_alive());
    let family = Family::scan(leader, Some(Mark::new(name, value))).await;
    if leader.is_none() && !family.anyone_alive() {
        return Ok(Stopped::AlreadyGone);
    }
    end(family, grace).await
}

/// What a process of ours that has ended by itself has left running: who carries its mark now, and what they start.
pub struct LeftBehind(Family);

/// Looks for what a process of ours has left running, by the mark that was given to it alone. `None`: nothing.
///
/// What is started with that mark after this look does not belong to it.
pub async fn left_behind(mark: (&str, &str)) -> Option<LeftBehind> {
    let (name, value) = mark;
    let mut family = Family::scan(None, Some(Mark::new(name, value))).await;
    family.take_in_no_more();
    family.anyone_alive().then_some(LeftBehind(family))
}

impl LeftBehind {
    /// Ends all of it.
    pub async fn end(self, grace: Duration) -> Result<Stopped, LaunchError> {
        end(self.0, grace).await
    }
}

/// Ends one process of a tree with its own descendants, as [`stop`] does.
///
/// Refused with [`LaunchError::NotInTree`] if it is not below `root` at this moment or is `root` itself,
/// and with [`LaunchError::NotThatProcess`] if its number belongs to another process or program by now.
pub async fn end_in_tree(
    root: &ProcessIdentity,
    child: &ProcessIdentity,
    grace: Duration,
) -> Result<Stopped, LaunchError> {
    let not_in_tree = LaunchError::NotInTree { pid: child.pid, root: root.pid };
    if child.pid == root.pid || child.pid <= 1 || child.pid == std::process::id() {
        return Err(not_in_tree);
    }
    if look_at(child.pid).is_none_or(|seen| seen.is_zombie) {
        return Ok(Stopped::AlreadyGone);
    }
    if !child.is_alive() {
        return Err(LaunchError::NotThatProcess { pid: child.pid });
    }
    let (below, above) = (child.pid, root.pid);
    let is_below = tokio::task::spawn_blocking(move || ProcessTree::scan().is_in_tree_of(below, above)).await;
    // An orphan is still in the session of a root that leads one, and of nobody else: its number is not given away while the session lasts.
    let is_orphan = look_at(child.pid).is_some_and(|seen| seen.session == root.pid);
    // Looked at after the scan: what the scan saw under these numbers were these two.
    if !root.is_alive() || !(is_below.unwrap_or(false) || is_orphan) {
        return Err(not_in_tree);
    }
    stop(child, grace).await
}

async fn end(mut family: Family, grace: Duration) -> Result<Stopped, LaunchError> {
    family.signal(Signal::Terminate)?;
    let mut deadline = Instant::now() + grace;
    let mut leader_has_ended = false;
    while family.anyone_alive() && Instant::now() < deadline {
        if !leader_has_ended && !family.leader_lives() {
            leader_has_ended = true;
            deadline = deadline.min(Instant::now() + GRACE_FOR_ORPHANS);
        }
        sleep(LOOK_EVERY).await;
    }

    let leader_has_ended = !family.leader_lives();
    let mut killed = BTreeSet::new();
    let deadline = Instant::now() + KILL_TAKES_AT_MOST;
    loop {
        // What was started during the grace, or while others were killed, is found now, while its parents still live or by its mark.
        family.rescan().await;
        let Some(pid) = family.first_alive() else { break };
        if Instant::now() >= deadline {
            return Err(LaunchError::WouldNotEnd { pid });
        }
        killed.extend(family.descendants_alive());
        family.signal(Signal::Kill)?;
        while let Some(pid) = family.first_alive() {
            if Instant::now() >= deadline {
                return Err(LaunchError::WouldNotEnd { pid });
            }
            sleep(LOOK_EVERY).await;
        }
    }
    let killed = killed.len();
    Ok(if leader_has_ended { Stopped::Gracefully { killed } } else { Stopped::Killed { killed } })
}
