//! Finding processes by a mark in their environment: those whose numbers were never written down.

use std::collections::HashSet;

use crate::{
    ProcessIdentity,
    look::{Seen, look_at_all},
};

/// A variable with its value, as only we give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark(String);

/// The oldest living process of this user that was started with this variable. What it has started itself carries the variable, too, but is younger.
pub fn find_by_environment(name: &str, value: &str) -> Option<ProcessIdentity> {
    let all = look_at_all();
    let mut marked = Mark::new(name, value).carriers(all.iter().map(|(pid, seen)| (*pid, seen)), &mut HashSet::new());
    marked.sort_by_key(|pid| (all.get(pid).map(|seen| seen.started_at), *pid));
    marked.into_iter().find_map(ProcessIdentity::observe)
}

impl Mark {
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self(format!("{name}={value}"))
    }

    /// Those of this user's living processes that carry the mark.
    /// Of each an environment is read once: who has none of it is put into `without`, by number and start time, and passed over from then on.
    pub(crate) fn carriers<'a>(
        &self,
        all: impl Iterator<Item = (u32, &'a Seen)>,
        without: &mut HashSet<(u32, u64)>,
    ) -> Vec<u32> {
        let candidates: Vec<(u32, u64)> = all
            .filter(|(pid, seen)| *pid > 1 && !seen.is_zombie)
            .map(|(pid, seen)| (pid, seen.started_at))
            .filter(|who| !without.contains(who))
            .collect();
        let mut carriers = Vec::new();
        for (pid, is_marked) in platform::look_for(&self.0, &candidates) {
            match is_marked {
                Some(true) => carriers.push(pid.0),
                Some(false) => drop(without.insert(pid)),
                // It cannot be read yet, or never.
                None => {}
            }
        }
        carriers
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use std::{fs, os::unix::fs::MetadataExt};

    /// Whether each carries the mark; `None` where that cannot be told.
    pub(super) fn look_for(mark: &str, candidates: &[(u32, u64)]) -> Vec<((u32, u64), Option<bool>)> {
        let us = rustix::process::geteuid().as_raw();
        let is_marked = |pid: u32| {
            // Anybody may write anything into an environment of his own.
            if fs::metadata(format!("/proc/{pid}")).ok()?.uid() != us {
                return Some(false);
            }
            let environment = fs::read(format!("/proc/{pid}/environ")).ok().filter(|all| !all.is_empty())?;
            Some(environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()))
        };
        candidates.iter().map(|who| (*who, is_marked(who.0))).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

    /// Whether each carries the mark; `None` where that cannot be told.
    pub(super) fn look_for(mark: &str, candidates: &[(u32, u64)]) -> Vec<((u32, u64), Option<bool>)> {
        let Ok(mut system) = System::new() else { return Vec::new() };
        let us = Pid::from_u32(std::process::id());
        let pids: Vec<Pid> = candidates.iter().map(|(pid, _)| Pid::from_u32(*pid)).chain([us]).collect();
        let what = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_user(UpdateKind::Always)
            .with_environ(UpdateKind::Always);
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, what);
        let user = system.process(us).and_then(Process::user_id);
        let is_marked = |pid: u32| {
            let process = system.process(Pid::from_u32(pid))?;
            // Anybody may write anything into an environment of his own.
            if user.is_some() && process.user_id() != user {
                return Some(false);
            }
            let environment = Some(process.environ()).filter(|all| !all.is_empty())?;
            Some(environment.iter().any(|variable| *variable == *mark))
        };
        candidates.iter().map(|who| (*who, is_marked(who.0))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::find_by_environment;

    #[test]
    fn finds_a_process_by_its_mark_and_no_other() {
        let mark = format!("mark-{}", std::process::id());
        assert_eq!(find_by_environment("PORTAL_TEST_MARK", &mark), None);
        let mut child = std::process::Command::new("sleep").arg("60").env("PORTAL_TEST_MARK", &mark).spawn().unwrap();
        let mut found = None;
        // Just after the start the environment may not be readable yet.
        for _ in 0..10_000 {
            found = find_by_environment("PORTAL_TEST_MARK", &mark);
            if found.is_some() {
                break;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found.map(|identity| identity.pid), Some(child.id()));
    }
}
