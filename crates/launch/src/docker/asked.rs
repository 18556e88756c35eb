//! Telling from an engine's news whether somebody asked for a container's end. Pure.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

use bollard::models::{EventMessage, EventMessageTypeEnum};

/// A program that was asked to end may take this long; an end later than that is its own. In nanoseconds, as engines count.
const OBEYS_WITHIN: i64 = 60 * 1_000_000_000;
/// A program cannot but end.
const KILL: &str = "9";
/// A program mostly ends: SIGINT, SIGQUIT, SIGTERM.
const ASKS: [&str; 3] = ["2", "3", "15"];

/// The containers whose latest end somebody asked the engine for, and when: by its own clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedEnds(BTreeMap<String, SystemTime>);

impl AskedEnds {
    /// Whether the latest end that was told of this container was asked for.
    pub fn contains(&self, container: &str) -> bool {
        self.0.contains_key(container)
    }

    /// Whether that is so of the end of the run that began then. Whoever looks at a container may see it ended once more
    /// before the engine has told that it was started again: what was asked for before that start is nothing of this end.
    pub fn is_of_run(&self, container: &str, started: Option<SystemTime>) -> bool {
        self.0.get(container).is_some_and(|at| started.is_none_or(|started| *at >= started))
    }
}

/// Which containers have ended because the engine was asked for it, as far as its news go back.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Those that were sent a signal.
    signalled: HashMap<String, Signal>,
    /// Those that have ended, and when that was asked for or told.
    ended: HashMap<String, i64>,
}

#[derive(Clone, Copy, Debug)]
struct Signal {
    at: i64,
    /// An end until then is the answer to it.
    until: i64,
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
                    self.signalled.insert(id.to_owned(), Signal { at, until: i64::MAX });
                } else if ASKS.contains(&signal) {
                    self.signalled.insert(id.to_owned(), Signal { at, until: at.saturating_add(OBEYS_WITHIN) });
                }
            }
            "die" => match self.signalled.remove(id) {
                Some(signal) if at <= signal.until => {
                    self.ended.insert(id.to_owned(), signal.at);
                }
                _ => {}
            },
            // After the end or before it, as engines have it; whatever signal this container is stopped with.
            "stop" => {
                self.ended.entry(id.to_owned()).or_insert(at);
            }
            "start" | "destroy" | "remove" => {
                self.signalled.remove(id);
                self.ended.remove(id);
            }
            _ => {}
        }
    }

    /// Those of a list, with those that were asked to end and of whose end no news has come yet: as long as that may still be the answer.
    pub fn among<'a>(&self, listed: impl Iterator<Item = &'a str>, now: i64) -> AskedEnds {
        let asked = |id: &str| {
            let signal = self.signalled.get(id).filter(|signal| now <= signal.until);
            signal.map(|signal| signal.at).or_else(|| self.ended.get(id).copied())
        };
        let time = |at: i64| SystemTime::UNIX_EPOCH + Duration::from_nanos(u64::try_from(at).unwrap_or_default());
        AskedEnds(listed.filter_map(|id| Some((id.to_owned(), time(asked(id)?)))).collect())
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
        once.contains("a")
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
    fn what_was_asked_for_before_a_start_is_nothing_of_the_end_after_it() {
        let mut asked = Asked::default();
        take(&mut asked, &[(0, "start"), (9, "kill 15"), (10, "die"), (10, "stop")]);
        let asked = asked.among(["a", "b"].into_iter(), 12 * SECOND);
        let at = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert!(asked.is_of_run("a", at(0)) && asked.is_of_run("a", None));
        assert!(!asked.is_of_run("a", at(11)), "that it was started again is not told yet");
        assert!(!asked.is_of_run("b", at(0)) && !asked.contains("b"));
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
