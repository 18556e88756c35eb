//! Looking through what sysinfo and `listeners` tell, on systems without `/proc`.

use std::{
    collections::HashMap,
    ffi::OsStr,
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use listeners::{Protocol, SocketState};
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use super::{
    FoundProcess,
    candidate::{self, Candidate, Marks},
    role::{self, Form},
    shown, starters,
    wrapping::Above,
};
use crate::ProcessIdentity;

/// See [`super::wrapping::Member::is_young`]; start times are in whole seconds here.
const YOUNG_FOR: Duration = Duration::from_secs(2);
/// Nobody has more above; a circle has.
const HIGHEST: usize = 64;

/// Looks, and remembers what the library remembers.
#[derive(Debug)]
pub(super) struct Looker {
    system: Option<System>,
}

impl Looker {
    pub(super) fn new() -> Self {
        Self { system: System::new().ok() }
    }

    pub(super) fn look(&mut self) -> Vec<FoundProcess> {
        let Some(system) = &mut self.system else { return Vec::new() };
        let what = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_cmd(UpdateKind::Always)
            .with_exe(UpdateKind::OnlyIfNotSet)
            .with_user(UpdateKind::OnlyIfNotSet)
            .with_environ(UpdateKind::OnlyIfNotSet)
            .with_cwd(UpdateKind::Always);
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
        let mut candidates: Vec<Candidate> = system
            .processes()
            .iter()
            .filter(|(pid, _)| pid.as_u32() > 1 && pid.as_u32() != std::process::id())
            .filter_map(|(pid, process)| recognise(system, *pid, process))
            .collect();
        if !candidates.is_empty() {
            let mut listening = listening();
            for candidate in &mut candidates {
                candidate.listens = listening.remove(&candidate.identity.pid).unwrap_or_default();
            }
        }
        candidate::found(&candidates.iter().collect::<Vec<_>>())
    }
}

fn recognise(system: &System, pid: Pid, process: &Process) -> Option<Candidate> {
    let arguments = process.cmd().to_vec();
    let mut recognised = role::recognise(process.exe(), &arguments)?;
    let us = system.process(Pid::from_u32(std::process::id())).and_then(Process::user_id);
    if us.is_some() && process.user_id() != us {
        return None;
    }
    let identity = ProcessIdentity::observe(pid.as_u32()).filter(|now| now.started_at == process.start_time())?;
    let marks = Marks::read(process.environ().iter().map(|variable| -> &OsStr { variable }));
    if marks.is_bun && recognised.form == Form::Program {
        recognised = role::recognise_bun(&arguments)?;
    }
    let directory = candidate::folder_of(&recognised, &marks, process.cwd()).ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let started = Duration::from_secs(process.start_time());
    Some(Candidate {
        identity,
        command: shown::line(&arguments),
        arguments,
        recognised,
        marks,
        directory,
        listens: Vec::new(),
        started_at_ms: started.as_millis().try_into().ok(),
        is_young: now.saturating_sub(started) < YOUNG_FOR,
        above: above(system, process.parent()),
    })
}

fn above(system: &System, parent: Option<Pid>) -> Vec<Above> {
    let mut above: Vec<Above> = Vec::new();
    let mut next = parent;
    while let Some(pid) = next.map(Pid::as_u32).filter(|pid| *pid > 1) {
        if above.len() == HIGHEST || above.iter().any(|seen| seen.pid == pid) {
            break;
        }
        let process = system.process(Pid::from_u32(pid));
        let is_package_runner = process.is_some_and(|process| starters::is_package_runner(process.cmd()));
        above.push(Above { pid, is_package_runner });
        next = process.and_then(Process::parent);
    }
    above
}

fn listening() -> HashMap<u32, Vec<SocketAddr>> {
    let mut found: HashMap<u32, Vec<SocketAddr>> = HashMap::new();
    for listener in listeners::get_all().into_iter().flatten() {
        if listener.protocol == Protocol::TCP && listener.state == SocketState::Listen {
            let address = SocketAddr::new(listener.socket.ip().to_canonical(), listener.socket.port());
            found.entry(listener.process.pid).or_default().push(address);
        }
    }
    for addresses in found.values_mut() {
        addresses.sort_unstable();
        addresses.dedup();
    }
    found
}
