//! The way from `ssh` to a person and back: its questions become events, and answers find whoever waits for them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use launch::ssh::{Asked, Asker, Reply};
use opencode_api::Secret;
use tokio::sync::{mpsc, oneshot};

use crate::event::Event;
use crate::runtime::Input;
use crate::ssh::{Prompt, PromptEffect, PromptEvent, PromptId, PromptKind};

/// The questions that wait, and whether there is anybody to answer them. Clones are the same.
#[derive(Clone)]
pub(crate) struct Prompts(Arc<Shared>);

struct Shared {
    inputs: mpsc::WeakUnboundedSender<Input>,
    waiting: Mutex<HashMap<PromptId, oneshot::Sender<Option<Secret>>>>,
    answerers: AtomicUsize,
}

/// Somebody who answers what `ssh` asks, as long as this is held: a window, a terminal.
pub struct Answerer(Prompts);

/// Whom `ssh` asks for one host.
pub(super) struct OfHost {
    prompts: Prompts,
    host: String,
}

/// A question that waits. It is over when this is dropped.
struct Waiting<'a> {
    prompts: &'a Prompts,
    id: PromptId,
}

impl Prompts {
    /// None yet.
    pub(crate) fn new(inputs: mpsc::WeakUnboundedSender<Input>) -> Self {
        Self(Arc::new(Shared { inputs, waiting: Mutex::default(), answerers: AtomicUsize::new(0) }))
    }

    /// Where nobody is ever asked.
    #[cfg(test)]
    pub(super) fn of_nobody() -> Self {
        Self::new(mpsc::unbounded_channel().0.downgrade())
    }

    /// Somebody answers from now on.
    pub(crate) fn answerer(&self) -> Answerer {
        self.0.answerers.fetch_add(1, Ordering::Relaxed);
        Answerer(self.clone())
    }

    /// Whether anybody can be asked.
    pub(super) fn is_anybody_there(&self) -> bool {
        self.0.answerers.load(Ordering::Relaxed) > 0
    }

    /// Whom `ssh` asks for this host.
    pub(super) fn of_host(&self, host: &str) -> OfHost {
        OfHost { prompts: self.clone(), host: host.to_owned() }
    }

    /// Performs what concerns questions.
    pub(crate) fn perform(&self, effect: PromptEffect) {
        let PromptEffect::HandOver { id, answer } = effect;
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(waiting) = waiting {
            // It may be over by now.
            let _over = waiting.send(answer);
        }
    }

    fn report(&self, event: PromptEvent) {
        // Nobody left to take it: the fleet is closed.
        if let Some(inputs) = self.0.inputs.upgrade() {
            let _closed = inputs.send(Input::Event(Event::Prompt(event)));
        }
    }
}

impl Asker for OfHost {
    fn ask(&self, prompt: launch::ssh::Prompt) -> Asked<'_> {
        Box::pin(async move {
            let (give, take) = oneshot::channel();
            let waiting = Waiting { prompts: &self.prompts, id: PromptId::random() };
            let known = &self.prompts.0.waiting;
            known.lock().unwrap_or_else(PoisonError::into_inner).insert(waiting.id.clone(), give);
            let launch::ssh::Prompt { kind, words, is_again } = prompt;
            let (id, host) = (waiting.id.clone(), self.host.clone());
            tracing::info!(host, "A person is asked");
            self.prompts.report(PromptEvent::Asked(Prompt { id, host, kind: kind_of(kind), words, is_again }));
            let answer = take.await.ok().flatten();
            answer.map(|answer| Reply::new(answer.expose()))
        })
    }
}

fn kind_of(kind: launch::ssh::PromptKind) -> PromptKind {
    match kind {
        launch::ssh::PromptKind::Secret => PromptKind::Secret,
        launch::ssh::PromptKind::Text => PromptKind::Text,
        launch::ssh::PromptKind::YesNo => PromptKind::YesNo,
        launch::ssh::PromptKind::Note => PromptKind::Note,
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.prompts.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        self.prompts.report(PromptEvent::Over { id: self.id.clone() });
    }
}

impl Drop for Answerer {
    fn drop(&mut self) {
        self.0.0.answerers.fetch_sub(1, Ordering::Relaxed);
    }
}
