//! What is said at the door of a server of others: where it is, which passwords are tried, and when it is worth knocking again.

use std::sync::Arc;

use opencode_api::UntrustedCertificate;

use super::super::turn::Turn;
use super::groups::{self, Group};
use super::{is_found, orphans, shown};
use crate::discovery::{Attachment, Credentials, Found, Kept};
use crate::effect::Effect;
use crate::event::RunId;
use crate::{Instance, InstanceId, InstanceState, Source, Step};

/// Why a terminal UI cannot be talked to, and what to do about it.
const NO_PORT: &str = "This terminal UI has opened no port, so nobody else can talk to it; start it as `opencode --port 0` to see it here";

/// Begins with it as if it were seen for the first time, once `change` has said what it is now: what it told before may not be
/// so any more.
pub(super) fn begin_anew(turn: &mut Turn, id: &InstanceId, change: impl FnOnce(&mut Instance)) {
    let is_new = turn.instance(id).is_none_or(|instance| instance.run == 0);
    if !is_new {
        turn.end_run(id);
        turn.enter(id, InstanceState::Unknown { reason: "It has changed".to_owned() });
    }
    turn.change(id, |instance| {
        instance.run += 1;
        instance.is_secured = None;
        instance.version = None;
        change(instance);
    });
    if turn.instance(id).is_some_and(|instance| instance.port.is_some()) {
        let since = turn.now;
        turn.enter(id, InstanceState::Starting { step: Step::WaitingForAnswer, since });
        attach(turn, id);
    } else {
        turn.enter(id, InstanceState::Unknown { reason: "It was just found".to_owned() });
        turn.enter(id, InstanceState::Unreachable { reason: NO_PORT.to_owned(), certificate: None });
    }
}

/// Asks it to let us in.
pub(in crate::reduce) fn attach(turn: &mut Turn, id: &InstanceId) {
    let Some(to) = attachment(turn, id) else { return };
    turn.behind(id).said = Some(to.said());
    let at = turn.run_of(id);
    turn.effect(Effect::Attach { at, to: Box::new(to) });
}

/// Asks once more, with what we know now.
pub(super) fn knock_again(turn: &mut Turn, id: &InstanceId) {
    turn.effect(Effect::Disconnect { instance: id.clone() });
    attach(turn, id);
}

/// Asks once more if it has not let us in and another source has brought a password, or the right to send one that is kept;
/// and whatever it did, if another certificate is trusted now.
pub(super) fn knock_if_there_is_more_to_say(turn: &mut Turn, id: &InstanceId) {
    let Some(instance) = turn.instance(id) else { return };
    let said = turn.core.behind.get(id).and_then(|behind| behind.said.as_ref());
    let is_locked = instance.state == InstanceState::Locked;
    let is_trusted_anew = said.is_some_and(|said| said.trust != instance.way.trust);
    if !is_locked && !is_trusted_anew {
        return;
    }
    let more = attachment(turn, id).map(|to| to.said());
    if more.is_some() && turn.behind(id).said != more {
        knock_again(turn, id);
    }
}

/// It shows a certificate that is not trusted. What it told before may have been somebody else's words; it is asked until it
/// shows another one, or a person trusts this one.
pub(super) fn untrusted(turn: &mut Turn, at: &RunId, certificate: Arc<UntrustedCertificate>, reason: String) {
    let id = &at.instance;
    let Some(instance) = turn.instance(id).filter(|_| is_found(turn, id)) else { return };
    let was_let_in = matches!(instance.state, InstanceState::Ready | InstanceState::Degraded { .. });
    if turn.enter(id, InstanceState::Unreachable { reason, certificate: Some(certificate) }) && was_let_in {
        knock_again(turn, id);
    }
}

fn attachment(turn: &Turn, id: &InstanceId) -> Option<Attachment> {
    let instance = turn.instance(id)?;
    let own = instance.endpoint();
    let asks_directory = instance.directory.as_os_str().is_empty();
    let lists = turn.core.sightings.lists();
    let found: Vec<&Found> = lists.iter().flat_map(|list| list.iter()).collect();
    let (known, hidden) = (groups::known(turn), orphans::hidden(turn));
    let groups = groups::group(&found, &known, &hidden);
    let group = groups.iter().find(|group| {
        let is_it = group.seen().is_some_and(|seen| instance.process() == Some(&seen.identity));
        is_it || group.whose.as_ref() == Some(id) || own.as_ref().is_some_and(|own| shown::written(group).contains(own))
    });
    let endpoints = group.map(Group::endpoints).filter(|endpoints| !endpoints.is_empty());
    let from_source = group.into_iter().flat_map(Group::all).filter_map(|found| found.credentials.clone());
    let from_person = turn.core.behind.get(id).and_then(|behind| behind.credentials.clone());
    let credentials: Vec<Credentials> = from_person.into_iter().chain(from_source).collect();
    let is_trusted = group.is_some_and(|group| {
        group.whose.is_none() && group.sources().any(|source| matches!(source, Source::Process | Source::Added))
    });
    let trust = group.map(Group::trust).unwrap_or_default();
    let endpoints = match (endpoints, own) {
        (Some(endpoints), _) => endpoints,
        (None, own) => own.into_iter().collect(),
    };
    let kept = if is_trusted { Kept::MayBeSent } else { Kept::StaysHere };
    Some(Attachment { endpoints, credentials, kept, trust, asks_directory })
}
