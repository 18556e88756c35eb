//! Whether an engine was started after one of its containers: then that has ended together with an earlier run of the engine.

use std::time::SystemTime;

use bollard::{
    models::{EventMessage, EventMessageTypeEnum},
    query_parameters::EventsOptionsBuilder,
};
use futures_util::TryStreamExt;

use super::{Engine, Product, answer::time_of, news::words};
use crate::LaunchError;

/// An engine remembers 256 of its news, and forgets the oldest, and all of them when it ends. With fewer than this it has forgotten none.
pub(super) const CERTAIN: usize = 250;

impl Engine {
    /// Whether the engine itself was started after the container was started last, as far as its own news tell.
    ///
    /// It is asked over a connection of its own: an engine on its way out takes no new ones, and goes on telling over old ones how it
    /// ends its containers, as if somebody had asked for that.
    pub async fn is_younger_than(&self, container: &str) -> Result<bool, LaunchError> {
        let engine = self.again().await?;
        let version = engine.version().await?;
        let info = engine.within(engine.timeout, engine.docker.info()).await?;
        // These end nothing when they end.
        if version.product == Product::Podman || info.live_restore_enabled.unwrap_or_default() {
            return Ok(false);
        }
        // By its own clock: until a time that is yet to come it would go on telling.
        let Some(now) = info.system_time.as_deref().and_then(time_of) else { return Ok(false) };
        let until = words(now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
        // From the beginning: nothing at all would mean what is yet to come.
        let options = EventsOptionsBuilder::new().since("1").until(&until).build();
        let news: Vec<EventMessage> =
            engine.within(engine.timeout, engine.docker.events(Some(options)).try_collect()).await?;
        Ok(has_never_started(container, &news))
    }
}

/// Whether an engine that remembers these news has never started the container, for all that it can know.
fn has_never_started(container: &str, news: &[EventMessage]) -> bool {
    let is_start = |event: &EventMessage| {
        event.typ == Some(EventMessageTypeEnum::CONTAINER)
            && event.action.as_deref() == Some("start")
            && event.actor.as_ref().and_then(|actor| actor.id.as_deref()) == Some(container)
    };
    news.len() < CERTAIN && !news.iter().any(is_start)
}

#[cfg(test)]
mod tests {
    use bollard::models::EventActor;

    use super::*;

    fn event(id: &str, action: &str) -> EventMessage {
        EventMessage {
            typ: Some(EventMessageTypeEnum::CONTAINER),
            action: Some(action.to_owned()),
            actor: Some(EventActor { id: Some(id.to_owned()), attributes: None }),
            ..EventMessage::default()
        }
    }

    #[test]
    fn what_an_engine_does_not_remember_to_have_started_is_of_an_earlier_run_of_it() {
        for (news, expected) in [
            (&[][..], true),
            (&[("a", "start"), ("a", "die")], false),
            (&[("b", "start"), ("a", "die")], true),
            (&[("a", "kill"), ("a", "die"), ("a", "stop")], true),
        ] {
            let news: Vec<_> = news.iter().map(|(id, action)| event(id, action)).collect();
            assert_eq!(has_never_started("a", &news), expected, "{news:?}");
        }
        // It may have been among what is forgotten.
        let many = vec![event("b", "exec_start"); CERTAIN];
        assert!(!has_never_started("a", &many));
    }
}
