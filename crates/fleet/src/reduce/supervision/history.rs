//! What is written into an instance's history: each change of its state, with the reason.

use crate::effect::Effect;
use crate::supervision::{HistoryEntry, SupervisionEffect};
use crate::{InstanceId, InstanceState};

use super::super::turn::Turn;

/// Writes a change of state down, unless only a step of a start has changed.
pub(super) fn remember(turn: &mut Turn, id: &InstanceId, old: &InstanceState, new: &InstanceState) {
    let why = turn.behind(id).over_time.why.take();
    if old.word() == new.word() && own_words(old) == own_words(new) {
        return;
    }
    let reason = own_words(new).map(str::to_owned).or(why).unwrap_or_else(|| from_arrow(old, new).to_owned());
    // Whoever stops or loses it tells so, found or not.
    let is_as_before = matches!(new, InstanceState::Starting { .. } | InstanceState::Ready | InstanceState::Asleep);
    let is_found = is_as_before && turn.behind(id).over_time.is_found;
    let entry = HistoryEntry { at: turn.now, state: new.word().to_owned(), reason };
    turn.effect(Effect::Supervision(SupervisionEffect::Remember { id: id.clone(), entry, is_found }));
}

/// What a state itself says of its reason.
fn own_words(state: &InstanceState) -> Option<&str> {
    match state {
        InstanceState::Degraded { reason }
        | InstanceState::Unknown { reason }
        | InstanceState::Unreachable { reason, .. } => Some(reason),
        InstanceState::Crashed(failure) => Some(&failure.cause),
        InstanceState::Stopped
        | InstanceState::Starting { .. }
        | InstanceState::Ready
        | InstanceState::Stopping
        | InstanceState::Asleep
        | InstanceState::Locked => None,
    }
}

/// The reason that follows from where it came from.
fn from_arrow(old: &InstanceState, new: &InstanceState) -> &'static str {
    match (old, new) {
        (_, InstanceState::Starting { .. }) => "It was asked to start",
        (InstanceState::Starting { .. }, InstanceState::Ready) => "It answers",
        (_, InstanceState::Ready) => "It answers again",
        (_, InstanceState::Stopping) => "It was asked to stop",
        (InstanceState::Stopping, InstanceState::Stopped) => "It has ended as asked",
        (InstanceState::Asleep, InstanceState::Stopped) => "It is not to wake when it is used",
        (InstanceState::Ready | InstanceState::Degraded { .. } | InstanceState::Locked, InstanceState::Stopped) => {
            "It was stopped from elsewhere"
        }
        (_, InstanceState::Stopped) => "It does not run",
        (_, InstanceState::Asleep) => "Nobody needed it",
        (_, InstanceState::Locked) => "It wants a password that we do not have",
        // These have words of their own.
        (
            _,
            InstanceState::Degraded { .. }
            | InstanceState::Unknown { .. }
            | InstanceState::Unreachable { .. }
            | InstanceState::Crashed(_),
        ) => "",
    }
}
