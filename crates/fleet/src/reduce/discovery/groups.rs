//! Which sightings mean the same server. A function of what all sources see now, so the order in which they came to see it has no say.

use launch::ProcessIdentity;
use opencode_api::Trust;

use super::super::turn::Turn;
use crate::discovery::{Endpoint, Found, ProcessSeen};
use crate::{Instance, InstanceId, InstanceState, Kind, Owner, Source};

/// One server, with all that is seen of it.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// The instance that it is, when that is ours or a container.
    pub(super) whose: Option<InstanceId>,
    /// Its process, when that is seen.
    pub(super) process: Option<&'a Found>,
    /// What other sources say of it, in the order of trust.
    pub(super) others: Vec<&'a Found>,
}

/// An instance that is there whatever is seen: ours, or a container.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: InstanceId,
    pub(super) process: Option<ProcessIdentity>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) is_container: bool,
    /// Whether processes with its mark are its own, wherever they listen.
    pub(super) claims: Claims,
}

/// Which processes with its mark are an instance's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claims {
    /// It is being started or stopped: which process it is may not be known yet.
    Everything,
    /// It runs: what listens elsewhere is not it.
    ItsPort,
    /// It does not run.
    Nothing,
}

/// The instances that are there whatever is seen.
pub(super) fn known(turn: &Turn) -> Vec<Known> {
    let instances = turn.core.state.instances.values();
    let is_known = |instance: &&std::sync::Arc<Instance>| {
        instance.owner == Owner::Portal || matches!(instance.kind, Kind::Docker { .. })
    };
    instances.filter(is_known).map(|instance| Known::of(instance)).collect()
}

impl Known {
    fn of(instance: &Instance) -> Self {
        let is_up = instance.state.is_live() || instance.state == InstanceState::Stopping;
        Self {
            id: instance.id.clone(),
            process: instance.process().cloned(),
            endpoint: instance.endpoint().filter(|_| is_up),
            is_container: matches!(instance.kind, Kind::Docker { .. }),
            claims: match &instance.state {
                _ if instance.owner == Owner::External => Claims::Nothing,
                InstanceState::Starting { .. } | InstanceState::Stopping => Claims::Everything,
                state if state.is_ended() => Claims::Nothing,
                _ => Claims::ItsPort,
            },
        }
    }

    /// Whether this process is the instance's.
    pub(super) fn owns(&self, seen: &ProcessSeen) -> bool {
        let is_its_process = self.process.as_ref().is_some_and(|process| {
            // Not the executable: a script becomes the server by `exec`.
            let is_it = process.pid == seen.identity.pid && process.started_at == seen.identity.started_at;
            is_it || seen.wrappers.contains(&process.pid)
        });
        is_its_process || (seen.mark.as_ref() == Some(&self.id) && self.claims(seen))
    }

    fn claims(&self, seen: &ProcessSeen) -> bool {
        match self.claims {
            Claims::Everything => true,
            Claims::ItsPort => {
                let port = self.endpoint.as_ref().map(|endpoint| endpoint.port.get());
                seen.listens.is_empty() || seen.listens.iter().any(|socket| Some(socket.port()) == port)
            }
            Claims::Nothing => false,
        }
    }

    /// Whether it is a container, and this is the server in it: one in the network of this machine listens as any process does.
    fn holds(&self, seen: &ProcessSeen) -> bool {
        self.is_container && self.endpoint.as_ref().is_some_and(|endpoint| seen.answers_at(endpoint))
    }

    /// Whether it is reached there.
    fn is_at(&self, endpoint: &Endpoint) -> bool {
        self.endpoint.as_ref().is_some_and(|own| {
            let is_direct = own.is_direct() && endpoint.is_direct();
            let is_published = is_direct && own.is_here && endpoint.is_here && own.port == endpoint.port;
            own == endpoint || (self.process.is_none() && is_published)
        })
    }
}

/// Puts together what means the same server. `hidden` are processes that nobody is to see yet.
pub(super) fn group<'a>(found: &[&'a Found], known: &[Known], hidden: &[ProcessIdentity]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> =
        known.iter().map(|known| Group { whose: Some(known.id.clone()), process: None, others: Vec::new() }).collect();
    for found in found.iter().filter(|found| found.process.is_some()) {
        let Some(seen) = &found.process else { continue };
        if let Some(place) = known.iter().position(|known| known.owns(seen)) {
            // The one that the instance is, before one that only has its mark.
            let is_it = known[place].process.as_ref().is_some_and(|process| seen.is_or_is_under(process.pid));
            if groups[place].process.is_none() || is_it {
                groups[place].process = Some(found);
            }
        } else if let Some(place) = known.iter().position(|known| known.holds(seen)) {
            groups[place].process.get_or_insert(found);
        } else if !hidden.contains(&seen.identity) {
            groups.push(Group { whose: None, process: Some(found), others: Vec::new() });
        }
    }
    for found in found.iter().filter(|found| found.process.is_none()) {
        match place_of(found, &groups, known) {
            Some(place) => groups[place].others.push(found),
            None => groups.push(Group { whose: None, process: None, others: vec![found] }),
        }
    }
    groups
}

/// The group that is meant by what no process is seen of.
fn place_of(found: &Found, groups: &[Group<'_>], known: &[Known]) -> Option<usize> {
    // Our own entry in the registry, however old.
    if found.source == Source::Registry
        && let Some(place) = known.iter().position(|known| found.id.as_ref() == Some(&known.id))
    {
        return Some(place);
    }
    let process = |group: &Group<'_>| group.process.and_then(|found| found.process.as_ref()).cloned();
    let by_process = |is_meant: &dyn Fn(&ProcessSeen) -> bool| {
        groups.iter().position(|group| process(group).is_some_and(|seen| is_meant(&seen)))
    };
    let by_pid = found.pid.and_then(|pid| {
        by_process(&|seen| {
            // A number that was given away since: its new owner listens elsewhere.
            let fits =
                found.endpoint.as_ref().is_none_or(|endpoint| seen.listens.is_empty() || seen.answers_at(endpoint));
            seen.is_or_is_under(pid) && fits
        })
    });
    if by_pid.is_some() {
        return by_pid;
    }
    let endpoint = found.endpoint.as_ref()?;
    by_process(&|seen| seen.listens_at(endpoint))
        .or_else(|| by_process(&|seen| seen.answers_at(endpoint)))
        .or_else(|| known.iter().position(|known| known.is_at(endpoint)))
        .or_else(|| {
            groups.iter().position(|group| {
                let is_address = group.whose.is_none() && group.process.is_none();
                is_address && group.others.iter().any(|other| other.endpoint.as_ref() == Some(endpoint))
            })
        })
}

impl Group<'_> {
    /// Everything that is seen of it.
    pub(super) fn all(&self) -> impl Iterator<Item = &Found> {
        self.process.into_iter().chain(self.others.iter().copied())
    }

    /// Whether it is to be shown, when it is neither ours nor a container.
    pub(super) fn is_shown(&self) -> bool {
        match self.process {
            // A server that does not listen (yet), but that somebody has written down, is shown when it answers.
            Some(process) => process.is_shown_alone() || self.others.iter().any(|found| found.is_shown_alone()),
            None => self.others.iter().any(|found| found.is_shown_alone()),
        }
    }

    /// The process.
    pub(super) fn seen(&self) -> Option<&ProcessSeen> {
        self.process.and_then(|found| found.process.as_ref())
    }

    /// Where it may answer, the likeliest first: what somebody wrote down and the process listens on, what it listens on else,
    /// and without a process what was written down.
    pub(super) fn endpoints(&self) -> Vec<Endpoint> {
        let written = self.others.iter().filter_map(|found| found.endpoint.clone());
        let mut endpoints: Vec<Endpoint> = Vec::new();
        if let Some(seen) = self.seen() {
            let own = seen.endpoints();
            let named: Vec<_> = written.filter(|endpoint| seen.answers_at(endpoint)).map(|named| named.port).collect();
            let (first, last): (Vec<_>, Vec<_>) = own.into_iter().partition(|own| named.contains(&own.port));
            endpoints.extend(first.into_iter().chain(last));
            if !endpoints.is_empty() {
                return endpoints;
            }
        }
        for endpoint in self.others.iter().filter_map(|found| found.endpoint.clone()) {
            if !endpoints.contains(&endpoint) {
                endpoints.push(endpoint);
            }
        }
        endpoints
    }

    /// By what it is known.
    pub(super) fn sources(&self) -> impl Iterator<Item = Source> {
        self.all().map(|found| found.source)
    }

    /// Which certificate is good enough there, by what the person has said.
    pub(super) fn trust(&self) -> Trust {
        self.added().map(|found| found.trust.clone()).unwrap_or_default()
    }

    /// What the person has added.
    pub(super) fn added(&self) -> Option<&Found> {
        self.others.iter().copied().find(|found| found.source == Source::Added)
    }
}
