//! Telling from an engine's news whether somebody asked for a container's end. Pure.

use std::collections::{BTreeSet, HashMap};

use bollard::models::{EventMessage, EventMessageTypeEnum};

/// A program that was asked to end may take this long; an end later than that is its own. In nanoseconds, as engines count.
const OBEYS_WITHIN: i64 = 60 * 1_000_000_000;
/// A program cannot but end.
const KILL: &str = "9";
/// A program mostly ends: SIGINT, SIGQUIT, SIGTERM.
const ASKS: [&str; 3] = ["2", "3", "15"];

/// Which containers have ended because the engine was asked for it, as far as its news go back.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Those that were sent a signal, and until when their end is the answer to it.
    signalled: HashMap<String, i64>,
    ended: BTreeSet<String>,
}

impl Asked {
    /// Takes in what an engine tells.
    ///
    /// `docker stop` is told as `kill`, `die`, `stop`, `docker kill` as `kill`, `die`; a program that ends by itself, or is killed for
    /// its memory, as `die` alone.
    pub fn take(&mut self, event: &EventMessage) {
        let actor = event.actor.as_ref();
        let Some(id) = actor.and_then(|actor| actor.id.as_deref()) else { return };
        if event.typ != Some(EventMessageTypeEnum::CONTAINER) {
            return;
        }
        let at = event.time_nano.unwrap_or_default();
        match event.action.as_deref().unwrap_or_default() {
            "kill" => {
                let attributes = actor.and_then(|actor| actor.attributes.as_ref());
                // An engine that does not say which one has sent the usual one.
                let signal = attributes.and_then(|attributes| attributes.get("signal")).map_or(KILL, String::as_str);
                if signal == KILL {
                    self.signalled.insert(id.to_owned(), i64::MAX);
                } else if ASKS.contains(&signal) {
                    self.signalled.insert(id.to_owned(), at.saturating_add(OBEYS_WITHIN));
                }
            }
            "die" => match self.signalled.remove(id) {
                Some(until) if at <= until => {
                    self.ended.insert(id.to_owned());
                }
                _ => {}
            },
            // After the end or before it, as engines have it; whatever signal this container is stopped with.
            "stop" => {
                self.ended.insert(id.to_owned());
            }
            "start" | "destroy" | "remove" => {
                self.signalled.remove(id);
                self.ended.remove(id);
            }
            _ => {}
        }
    }

    /// Their ids, of those that a list has, with those that were asked to end and of whose end no news has come yet: as long as that
    /// may still be the answer.
    pub fn among<'a>(&self, listed: impl Iterator<Item = &'a str>, now: i64) -> BTreeSet<String> {
        let is_asked =
            |id: &&str| self.ended.contains(*id) || self.signalled.get(*id).is_some_and(|until| now <= *until);
        listed.filter(is_asked).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use bollard::models::EventActor;

    use super::*;

    const SECOND: i64 = 1_000_000_000;

    /// What is known of a container after this news, given as seconds and words, at the time of the last.
    fn is_asked(news: &[(i64, &str)]) -> bool {
        is_asked_at(news.last().map_or(0, |(at, _)| *at), news)
    }

    fn is_asked_at(now: i64, news: &[(i64, &str)]) -> bool {
        let mut asked = Asked::default();
        take(&mut asked, news);
        let once = asked.among(["a", "b"].into_iter(), now * SECOND);
        // Whoever was away may hear the end of it once more.
        for heard in 0..news.len() {
            take(&mut asked, &news[heard..]);
            assert_eq!(asked.among(["a", "b"].into_iter(), now * SECOND), once, "{news:?} from {heard}");
        }
        !once.is_empty()
    }

    fn take(asked: &mut Asked, news: &[(i64, &str)]) {
        for (at, words) in news {
            let (action, signal) =
                words.split_once(' ').map_or((*words, None), |(action, signal)| (action, Some(signal)));
            let attributes = signal.map(|signal| [("signal".to_owned(), signal.to_owned())].into());
            asked.take(&EventMessage {
                typ: Some(EventMessageTypeEnum::CONTAINER),
                action: Some(action.to_owned()),
                actor: Some(EventActor { id: Some("a".to_owned()), attributes }),
                time_nano: Some(at * SECOND),
                ..EventMessage::default()
            });
        }
    }

    #[test]
    fn a_signal_that_was_not_obeyed_is_no_reason_for_an_end_long_after() {
        let ignored = [(0, "start"), (9, "kill 15")];
        assert!(is_asked_at(60, &ignored), "its end may be in the list before it is told");
        assert!(!is_asked_at(9 + 3600, &ignored));
        assert!(is_asked_at(9 + 3600, &[(9, "kill 15"), (10, "die"), (10, "stop")]), "what has ended stays so");
    }

    #[test]
    fn an_end_that_was_asked_for_is_told_from_a_crash() {
        for (news, expected) in [
            (&[(0, "start"), (9, "die")][..], false),
            (&[(0, "start"), (9, "oom"), (9, "die")], false),
            (&[(9, "kill 15"), (10, "die"), (10, "stop")], true),
            (&[(9, "kill 15"), (10, "die")], true),
            (&[(9, "kill 15")], true),
            (&[(9, "kill 9"), (9, "die")], true),
            (&[(9, "kill"), (9, "die")], true),
            // A long grace is known by what is told after it.
            (&[(9, "kill 15"), (309, "die")], false),
            (&[(9, "kill 15"), (309, "kill 9"), (309, "die"), (309, "stop")], true),
            // A signal of its own to stop with.
            (&[(9, "kill 28"), (10, "die"), (10, "stop")], true),
            // Read your configuration anew: no end, and no reason for one.
            (&[(9, "kill 1"), (10, "die")], false),
            // What runs again has not ended.
            (&[(9, "kill 15"), (10, "die"), (10, "stop"), (10, "start"), (10, "restart")], false),
            (&[(9, "kill 15"), (10, "die"), (10, "stop"), (10, "start"), (20, "die")], false),
            (&[(9, "kill 15"), (10, "stop"), (10, "die")], true),
            (&[(9, "kill 15"), (10, "die"), (10, "stop"), (11, "destroy")], false),
        ] {
            assert_eq!(is_asked(news), expected, "{news:?}");
        }
    }
}
