//! Keeps the instances of others as they are seen: new ones come, changed ones are reached anew, those that nothing sees any more go.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use launch::ProcessIdentity;

use super::super::turn::Turn;
use super::groups::{self, Group};
use super::{door, is_found, orphans};
use crate::discovery::{Endpoint, Found};
use crate::event::RunId;
use crate::{Instance, InstanceId, Kind, Owner, Role, Source, Way};

/// This is all that a source sees.
pub(super) fn source_seen(turn: &mut Turn, source: Source, found: Vec<Found>) {
    if source == Source::Process {
        distrust(turn, &found);
        let known = groups::known(turn);
        orphans::looked(turn, &found, &known);
    }
    turn.core.sightings.set(source, found);
    show(turn);
}

/// What was said of a process that has ended is to be verified anew before it is believed.
fn distrust(turn: &mut Turn, now: &[Found]) {
    let lives = |before: &Found| now.iter().any(|found| identity_of(found) == identity_of(before));
    let ended: Vec<Found> =
        turn.core.sightings.of(Source::Process).iter().filter(|before| !lives(before)).cloned().collect();
    if ended.is_empty() {
        return;
    }
    turn.core.sightings.retain_mut(|found| {
        let is_of_it = ended.iter().filter_map(|ended| ended.process.as_ref()).any(|seen| {
            found.pid.is_some_and(|pid| seen.is_or_is_under(pid))
                || found.endpoint.as_ref().is_some_and(|endpoint| seen.answers_at(endpoint))
        });
        if is_of_it && found.process.is_none() && found.source != Source::Added {
            found.is_verified = false;
        }
        true
    });
}

fn identity_of(found: &Found) -> Option<&ProcessIdentity> {
    found.process.as_ref().map(|seen| &seen.identity)
}

/// Makes the instances what is seen.
pub(super) fn show(turn: &mut Turn) {
    if turn.core.closing.is_some() {
        return;
    }
    let lists = turn.core.sightings.lists();
    let found: Vec<&Found> = lists.iter().flat_map(|list| list.iter()).collect();
    let known = groups::known(turn);
    let hidden = orphans::hidden(turn);
    let groups = groups::group(&found, &known, &hidden);
    let (of_known, of_others): (Vec<_>, Vec<_>) = groups.iter().partition(|group| group.whose.is_some());
    for group in of_known {
        known_by(turn, group);
    }
    // What is being ended stays what it is until that is over.
    let ending = turn.core.sightings.ending.clone();
    let is_ending =
        |group: &Group<'_>| group.seen().is_some_and(|seen| ending.values().any(|ending| *ending == seen.identity));
    let shown: Vec<&Group<'_>> = of_others.into_iter().filter(|group| group.is_shown() && !is_ending(group)).collect();
    let names = named(turn, &shown);
    let gone: Vec<InstanceId> = turn
        .core
        .state
        .instances
        .keys()
        .filter(|id| is_found(turn, id) && !names.values().any(|named| named == *id))
        // Whoever wants it ended waits until all of it is.
        .filter(|id| !turn.core.sightings.ending.contains_key(id))
        .cloned()
        .collect();
    for id in gone {
        leave(turn, &id);
    }
    for (place, group) in shown.iter().enumerate() {
        if let Some(id) = names.get(&place) {
            put(turn, id, group);
        }
    }
}

/// What we know of ours and of containers by other ways.
fn known_by(turn: &mut Turn, group: &Group<'_>) {
    let Some(id) = &group.whose else { return };
    let Some(instance) = turn.instance(id) else { return };
    let is_ours = instance.owner == Owner::Portal;
    // Its own entry in the registry says nothing new of what is ours.
    let seen = group.sources().filter(|source| !is_ours || *source != Source::Registry);
    let own = match &instance.kind {
        Kind::Docker { .. } => super::super::containers::sources(turn, id),
        Kind::Process { .. } | Kind::Ssh { .. } | Kind::Remote => BTreeSet::from([Source::Started]),
    };
    let sources: BTreeSet<Source> = seen.chain(own).collect();
    if instance.sources != sources {
        turn.change(id, |instance| instance.sources = sources);
    }
}

/// Whether a group is an instance.
type Is<'a> = &'a dyn Fn(&Group<'_>, &Instance) -> bool;

/// Which instance each group is, by its place among them; new ones get an id.
fn named(turn: &Turn, shown: &[&Group<'_>]) -> BTreeMap<usize, InstanceId> {
    let mut named: BTreeMap<usize, InstanceId> = BTreeMap::new();
    let is_process: Is<'_> =
        &|group, instance| group.seen().is_some_and(|seen| instance.process() == Some(&seen.identity));
    let is_added: Is<'_> = &|group, instance| group.added().and_then(|found| found.id.as_ref()) == Some(&instance.id);
    let is_there: Is<'_> = &|group, instance| {
        // Another process on the same port is another server, unless it is the address that counts.
        let may_be = instance.process().is_none() || group.seen().is_none();
        let at = |endpoint: &Endpoint| instance.endpoint().as_ref() == Some(endpoint);
        may_be && group.endpoints().iter().chain(written(group).iter()).any(at)
    };
    // What the person has added keeps its id, wherever that is by now: its name, group and history are kept under it.
    let claims: Vec<Option<&InstanceId>> =
        shown.iter().map(|group| group.added().and_then(|found| found.id.as_ref())).collect();
    for is_it in [is_process, is_added, is_there] {
        for (place, group) in shown.iter().enumerate() {
            if named.contains_key(&place) {
                continue;
            }
            let mut instances = turn.core.state.instances.values().filter(|instance| is_found(turn, &instance.id));
            let it = instances.find(|instance| {
                let id = &instance.id;
                let is_claimed = claims.iter().enumerate().any(|(at, claim)| at != place && *claim == Some(id));
                let is_free = !named.values().any(|named| named == id) && !is_claimed;
                is_free && !turn.core.sightings.ending.contains_key(&instance.id) && is_it(group, instance)
            });
            if let Some(instance) = it {
                let id = instance.id.clone();
                named.insert(place, id);
            }
        }
    }
    for (place, group) in shown.iter().enumerate() {
        if named.contains_key(&place) {
            continue;
        }
        let is_taken = |id: &InstanceId| turn.instance(id).is_some() || named.values().any(|named| named == id);
        let id = new_id(group, is_taken);
        named.insert(place, id);
    }
    named
}

pub(super) fn written(group: &Group<'_>) -> Vec<Endpoint> {
    group.others.iter().filter_map(|found| found.endpoint.clone()).collect()
}

/// An id that every host of this user finds for it: the one that somebody gave it, or one that follows from what it is.
fn new_id(group: &Group<'_>, is_taken: impl Fn(&InstanceId) -> bool) -> InstanceId {
    let given = group.added().into_iter().chain(group.others.iter().copied()).filter_map(|found| found.id.clone());
    if let Some(id) = given.into_iter().find(|id| !is_taken(id)) {
        return id;
    }
    let what = match group.seen() {
        Some(seen) => format!("{}/{}", seen.identity.pid, seen.identity.started_at),
        None => group.endpoints().first().map(ToString::to_string).unwrap_or_default(),
    };
    let mut salt = 0_u32;
    loop {
        let id = InstanceId::of(&format!("{what}#{salt}"));
        if !is_taken(&id) {
            return id;
        }
        salt += 1;
    }
}

/// Makes an instance what its group says.
fn put(turn: &mut Turn, id: &InstanceId, group: &Group<'_>) {
    let endpoints = group.endpoints();
    let kind = kind_of(group);
    let is_new = turn.instance(id).is_none();
    if is_new {
        turn.insert(id, String::new(), Path::new(""), kind.clone(), Owner::External);
    }
    let Some(before) = turn.instance(id) else { return };
    let is_other_process = before.process().is_some() && before.kind != kind;
    // Where it has answered it stays; before that, the likeliest place is tried, in whatever order the places became known.
    let has_answered = before.is_secured.is_some();
    let place = before.endpoint();
    let is_reached = endpoints
        .iter()
        .take(if has_answered { usize::MAX } else { 1 })
        .any(|endpoint| place.as_ref() == Some(endpoint));
    let is_same = !is_new && !is_other_process && (is_reached || (endpoints.is_empty() && before.port.is_none()));
    describe(turn, id, group, &kind);
    if is_same {
        return door::knock_if_there_is_more_to_say(turn, id);
    }
    if !is_new && endpoints.first().is_some_and(Endpoint::is_overheard) {
        // What was given for another way is not sent where it can be read on the way.
        turn.behind(id).credentials = None;
    }
    let is_told = group.all().any(|found| found.directory.is_some());
    door::begin_anew(turn, id, |instance| {
        if kind == Kind::Remote && !is_told {
            // Another server may serve another directory; it says itself which.
            instance.directory = PathBuf::new();
            instance.directories.clear();
        }
        instance.kind = kind;
        instance.port = endpoints.first().map(|endpoint| endpoint.port);
        instance.host = endpoints.first().map_or_else(|| "127.0.0.1".to_owned(), |first| first.host.clone());
        instance.way = endpoints.first().map_or_else(Way::default, |first| first.way(group.trust()));
    });
}

fn kind_of(group: &Group<'_>) -> Kind {
    group.seen().map_or(Kind::Remote, |seen| Kind::Process { identity: Some(seen.identity.clone()) })
}

/// What is shown of it, whether it is reached or not.
fn describe(turn: &mut Turn, id: &InstanceId, group: &Group<'_>, kind: &Kind) {
    let Some(before) = turn.instance(id) else { return };
    let mut after = before.clone();
    after.sources = group.sources().collect();
    after.way.trust = group.trust();
    after.role = group.seen().map_or(Role::Serve, |seen| seen.role);
    after.command = group.seen().map(|seen| seen.command.clone());
    after.started_at = group.all().find_map(|found| found.started_at);
    if let Some(directory) = group.all().find_map(|found| found.directory.clone()) {
        serve(&mut after, directory);
    }
    let given = group.added().into_iter().chain(group.others.iter().copied()).find_map(|found| found.name.clone());
    after.name = given.unwrap_or_else(|| name_of(&after, group));
    if after.process().is_none() && matches!(kind, Kind::Process { .. }) {
        // Its process has come to be seen: it is reached where it was.
        after.kind = kind.clone();
    }
    if after != *before {
        turn.change(id, |instance| *instance = after);
    }
}

/// The last part of its directory, or where it is.
fn name_of(instance: &Instance, group: &Group<'_>) -> String {
    let is_here = group.seen().is_some();
    let last = instance.directory.file_name().filter(|_| is_here).map(|name| name.to_string_lossy().into_owned());
    let place = || group.endpoints().first().map(ToString::to_string);
    last.or_else(place).unwrap_or_else(|| "opencode".to_owned())
}

fn serve(instance: &mut Instance, directory: PathBuf) {
    if instance.directory != directory {
        let before = std::mem::replace(&mut instance.directory, directory.clone());
        if before.as_os_str().is_empty() {
            instance.directories.remove(&before);
        }
        instance.directories.insert(directory);
    }
}

/// It was reached.
pub(super) fn reached(turn: &mut Turn, at: &RunId, endpoint: Endpoint, is_secured: bool, directory: Option<PathBuf>) {
    let id = &at.instance;
    let Some(before) = turn.instance(id) else { return };
    let mut after = before.clone();
    after.is_secured = Some(is_secured);
    // A process may listen on several ports, and only now it is known which is the server's.
    if is_found(turn, id) && after.process().is_some() {
        after.host = endpoint.host;
        after.port = Some(endpoint.port);
    }
    if let Some(directory) = directory.filter(|_| after.directory.as_os_str().is_empty()) {
        serve(&mut after, directory);
    }
    if after != *before {
        turn.change(id, |instance| *instance = after);
    }
}

/// Nothing sees it any more.
fn leave(turn: &mut Turn, id: &InstanceId) {
    let callers = std::mem::take(&mut turn.behind(id).stopping);
    for call in callers {
        turn.done(call);
    }
    super::super::start::answer_starting(turn, id);
    turn.end_run(id);
    turn.forget(id);
}
