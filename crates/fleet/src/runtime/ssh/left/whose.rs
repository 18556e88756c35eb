//! Whether somebody has what was left on another machine: then it is not to be ended. Decides; reads nothing.

use std::io;

use crate::record::{Body, Life, Record};
use crate::ssh::LeftThere;
use crate::{Instance, InstanceState, ProcessElsewhere};

/// Whose it is that may run there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nobody's: it is to be ended.
    Nobodys,
    /// It was started again, and whoever did that has ended what was left.
    StartedAgain,
    /// That shows soon, or when somebody can read what is written.
    NotKnown(String),
}

/// As our own state says.
pub(super) fn here(instance: Option<&Instance>, left: &LeftThere) -> Whose {
    let Some(instance) = instance.filter(|instance| !instance.state.is_ended()) else { return Whose::Nobodys };
    match instance.process_elsewhere() {
        Some(process) if !is_left(process, left) => Whose::StartedAgain,
        None if matches!(instance.state, InstanceState::Starting { .. }) => being_started(),
        Some(_) | None => Whose::Nobodys,
    }
}

/// As its record says; `is_of_another`: it was written by another program of ours that lives.
pub(super) fn recorded(read: io::Result<Record>, is_of_another: bool, left: &LeftThere) -> Whose {
    let record = match read {
        Ok(record) => record,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Whose::Nobodys,
        // Perhaps a newer Portal's.
        Err(error) => return Whose::NotKnown(format!("its record cannot be read: {error}")),
    };
    match &record.life {
        Life::Runs(running) | Life::Ending(running) => match &running.body {
            Body::Elsewhere { process, .. } if is_left(process, left) => Whose::Nobodys,
            Body::Elsewhere { .. } | Body::Process(_) | Body::Container { .. } => Whose::StartedAgain,
        },
        Life::Intended { .. } if is_of_another => being_started(),
        Life::Intended { .. } | Life::Ended => Whose::Nobodys,
    }
}

/// What its record is to say before it is ended; none where nothing is to be changed.
pub(super) fn ending(life: &Life, left: &LeftThere) -> Option<Life> {
    match life {
        Life::Runs(running) => match &running.body {
            Body::Elsewhere { process, .. } if is_left(process, left) => Some(Life::Ending(running.clone())),
            Body::Elsewhere { .. } | Body::Process(_) | Body::Container { .. } => None,
        },
        Life::Ending(_) | Life::Intended { .. } | Life::Ended => None,
    }
}

fn is_left(process: &ProcessElsewhere, left: &LeftThere) -> bool {
    left.process.as_ref() == Some(process)
}

fn being_started() -> Whose {
    Whose::NotKnown("it is being started".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Aftermath, Running};
    use crate::{InstanceId, Port, Timestamp};

    fn process(pid: u32) -> ProcessElsewhere {
        ProcessElsewhere { pid, started: "then".to_owned(), port: Port::new(20_000).unwrap() }
    }

    fn left(pid: Option<u32>) -> LeftThere {
        LeftThere {
            name: "site".to_owned(),
            host: "build".to_owned(),
            directory: "/srv/site".into(),
            process: pid.map(process),
            since: Timestamp(1),
        }
    }

    fn running(pid: u32) -> Running {
        let body = Body::Elsewhere { host: "build".to_owned(), process: process(pid) };
        Running { body, host: "127.0.0.1".to_owned(), port: Port::new(20_000).unwrap(), since: Timestamp(1) }
    }

    #[test]
    fn the_record_of_what_is_left_says_that_it_is_to_end() {
        assert_eq!(ending(&Life::Runs(running(7)), &left(Some(7))), Some(Life::Ending(running(7))));
        for (life, pid) in [
            (Life::Runs(running(8)), Some(7)),
            (Life::Runs(running(7)), None),
            (Life::Ending(running(7)), Some(7)),
            (Life::Intended { port: None }, Some(7)),
            (Life::Ended, Some(7)),
        ] {
            assert_eq!(ending(&life, &left(pid)), None, "{life:?}");
        }
    }

    #[test]
    fn only_what_nobody_has_started_again_is_ended() {
        let of = |life: Life, pid, is_of_another| {
            let record = Record {
                id: InstanceId::from("aaaaaaaa"),
                name: "site".to_owned(),
                directory: "/srv/site".into(),
                demo: None,
                life,
                host: None,
                last_end: None,
                after: Aftermath::default(),
            };
            recorded(Ok(record), is_of_another, &left(pid))
        };
        let intended = Life::Intended { port: None };
        // What would not end is what its record still names.
        assert_eq!(of(Life::Runs(running(7)), Some(7), true), Whose::Nobodys);
        assert_eq!(of(Life::Ending(running(7)), Some(7), true), Whose::Nobodys);
        assert_eq!(of(Life::Runs(running(8)), Some(7), true), Whose::StartedAgain);
        assert_eq!(of(Life::Runs(running(8)), None, true), Whose::StartedAgain);
        assert!(matches!(of(intended.clone(), Some(7), true), Whose::NotKnown(_)));
        assert_eq!(of(intended, Some(7), false), Whose::Nobodys);
        assert_eq!(of(Life::Ended, None, true), Whose::Nobodys);
        let gone = recorded(Err(io::ErrorKind::NotFound.into()), false, &left(None));
        assert_eq!(gone, Whose::Nobodys);
        let newer = recorded(Err(io::Error::other("written by a newer version")), false, &left(None));
        assert!(matches!(newer, Whose::NotKnown(reason) if reason.contains("newer")));
    }
}
