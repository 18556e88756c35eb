//! Questions of `ssh`: each waits in the state until somebody answers it or it is over.

use opencode_api::Secret;

use super::turn::Turn;
use crate::effect::Effect;
use crate::event::CallId;
use crate::ssh::{Prompt, PromptEffect, PromptEvent, PromptId, PromptKind};
use crate::{Change, FleetError};

/// What `ssh` takes for a yes.
const YES: &str = "yes";

/// What follows from it.
pub(super) fn happened(turn: &mut Turn, event: PromptEvent) {
    match event {
        PromptEvent::Asked(prompt) => asked(turn, prompt),
        PromptEvent::Over { id } => {
            take(turn, &id);
        }
        PromptEvent::Answer { call, id, answer } => answered(turn, call, id, answer),
    }
}

/// The end: nobody is asked any more.
pub(super) fn close(turn: &mut Turn) {
    let ids: Vec<PromptId> = turn.core.state.prompts.iter().map(|prompt| prompt.id.clone()).collect();
    for id in ids {
        take(turn, &id);
        hand_over(turn, id, None);
    }
}

fn asked(turn: &mut Turn, prompt: Prompt) {
    if turn.core.closing.is_some() {
        return hand_over(turn, prompt.id, None);
    }
    turn.core.state.prompts.push(prompt);
    turn.publish(Change::Prompts);
}

fn answered(turn: &mut Turn, call: CallId, id: PromptId, answer: Option<Secret>) {
    // Somebody else has answered it, or it is too late.
    let Some(prompt) = take(turn, &id) else { return turn.answer(call, Err(FleetError::NoSuchPrompt { id })) };
    let answer = match prompt.kind {
        // A key is accepted by this word alone.
        PromptKind::YesNo => answer.filter(|answer| answer.expose() == YES),
        PromptKind::Secret | PromptKind::Text | PromptKind::Note => answer,
    };
    hand_over(turn, id, answer);
    turn.done(call);
}

/// Takes a question out of the state, if it is there.
fn take(turn: &mut Turn, id: &PromptId) -> Option<Prompt> {
    let prompts = &mut turn.core.state.prompts;
    let place = prompts.iter().position(|prompt| prompt.id == *id)?;
    let prompt = prompts.remove(place);
    turn.publish(Change::Prompts);
    Some(prompt)
}

fn hand_over(turn: &mut Turn, id: PromptId, answer: Option<Secret>) {
    turn.effect(Effect::Prompt(PromptEffect::HandOver { id, answer }));
}
