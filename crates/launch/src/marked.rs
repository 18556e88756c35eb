//! Finding processes by a mark in their environment: those whose numbers were never written down.

use std::collections::HashSet;

use crate::{
    ProcessIdentity,
    look::{Seen, look_at_all},
};

/// A variable with its value, as only we give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    name: String,
    value: String,
}

/// Who carries a mark.
#[derive(Debug, Default)]
pub(crate) struct Marked {
    /// Those with just this value.
    pub(crate) carriers: Vec<u32>,
    /// Those with another value: they were started for somebody else.
    pub(crate) others: Vec<u32>,
}

/// What an environment says of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    This,
    Another,
    Nothing,
}

/// The oldest living process of this user that was started with this variable. What it has started itself carries the variable, too, but is younger.
pub fn find_by_environment(name: &str, value: &str) -> Option<ProcessIdentity> {
    let all = look_at_all();
    let everybody = all.iter().map(|(pid, seen)| (*pid, seen));
    let mut marked = Mark::new(name, value).look_for(everybody, &mut HashSet::new()).carriers;
    marked.sort_by_key(|pid| (all.get(pid).map(|seen| seen.started_at), *pid));
    marked.into_iter().find_map(ProcessIdentity::observe)
}

impl Mark {
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.to_owned() }
    }

    /// Those of this user's living processes that carry the mark, with this value or another.
    /// Of each an environment is read: who has none of it is put into `without`, by number and start time, and passed over from then on.
    pub(crate) fn look_for<'a>(
        &self,
        all: impl Iterator<Item = (u32, &'a Seen)>,
        without: &mut HashSet<(u32, u64)>,
    ) -> Marked {
        let candidates: Vec<(u32, u64)> = all
            .filter(|(pid, seen)| *pid > 1 && !seen.is_zombie)
            .map(|(pid, seen)| (pid, seen.started_at))
            .filter(|who| !without.contains(who))
            .collect();
        let mut marked = Marked::default();
        for (who, says) in platform::look_for(self, &candidates) {
            match says {
                Some(Says::This) => marked.carriers.push(who.0),
                Some(Says::Another) => marked.others.push(who.0),
                Some(Says::Nothing) => drop(without.insert(who)),
                // It cannot be read yet, or never.
                None => {}
            }
        }
        marked
    }

    fn read<'a>(&self, environment: impl Iterator<Item = &'a [u8]>) -> Says {
        let value_in = |variable: &'a [u8]| variable.strip_prefix(self.name.as_bytes())?.strip_prefix(b"=");
        let mut says = Says::Nothing;
        for value in environment.filter_map(value_in) {
            if value == self.value.as_bytes() {
                return Says::This;
            }
            if !value.is_empty() {
                says = Says::Another;
            }
        }
        says
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use std::{fs, os::unix::fs::MetadataExt};

    use super::{Mark, Says};

    /// What each says of the mark; `None` where that cannot be told.
    pub(super) fn look_for(mark: &Mark, candidates: &[(u32, u64)]) -> Vec<((u32, u64), Option<Says>)> {
        let us = rustix::process::geteuid().as_raw();
        let says = |pid: u32| {
            // Anybody may write anything into an environment of his own.
            if fs::metadata(format!("/proc/{pid}")).ok()?.uid() != us {
                return Some(Says::Nothing);
            }
            let environment = fs::read(format!("/proc/{pid}/environ")).ok().filter(|all| !all.is_empty())?;
            Some(mark.read(environment.split(|byte| *byte == 0)))
        };
        candidates.iter().map(|who| (*who, says(who.0))).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

    use super::{Mark, Says};

    /// What each says of the mark; `None` where that cannot be told.
    pub(super) fn look_for(mark: &Mark, candidates: &[(u32, u64)]) -> Vec<((u32, u64), Option<Says>)> {
        let Ok(mut system) = System::new() else { return Vec::new() };
        let us = Pid::from_u32(std::process::id());
        let pids: Vec<Pid> = candidates.iter().map(|(pid, _)| Pid::from_u32(*pid)).chain([us]).collect();
        let what = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_user(UpdateKind::Always)
            .with_environ(UpdateKind::Always);
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, what);
        let user = system.process(us).and_then(Process::user_id);
        let says = |pid: u32| {
            let process = system.process(Pid::from_u32(pid))?;
            // Anybody may write anything into an environment of his own.
            if user.is_some() && process.user_id() != user {
                return Some(Says::Nothing);
            }
            let environment = Some(process.environ()).filter(|all| !all.is_empty())?;
            Some(mark.read(environment.iter().map(|variable| variable.as_encoded_bytes())))
        };
        candidates.iter().map(|who| (*who, says(who.0))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, Says, find_by_environment};

    #[test]
    fn an_environment_says_whose_it_is() {
        let mark = Mark::new("OWNER", "a");
        for (environment, expected) in [
            ("", Says::Nothing),
            ("PATH=/bin;HOME=a", Says::Nothing),
            ("PATH=/bin;OWNER=a", Says::This),
            ("OWNER=b", Says::Another),
            ("OWNER=ab", Says::Another),
            ("OWNER=", Says::Nothing),
            ("OWNER", Says::Nothing),
            ("OWNERS=a;CO_OWNER=a;X=OWNER=a", Says::Nothing),
            ("OWNER=b;OWNER=a", Says::This),
        ] {
            let variables = environment.as_bytes().split(|byte| *byte == b';');
            assert_eq!(mark.read(variables), expected, "{environment}");
        }
    }

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
