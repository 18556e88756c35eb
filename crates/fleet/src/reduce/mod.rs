//! What follows from what happens. Pure: no clock, no system, no randomness.

mod adoption;
mod asked;
mod binary;
mod budget;
mod containers;
mod discovery;
mod doing;
mod process;
mod prompts;
mod requests;
mod resync;
mod roster;
mod sessions;
mod ssh;
mod start;
mod stop;
mod supervision;
mod told;
mod traces;
mod turn;
mod versions;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tables;

use crate::containers::ContainersEvent;
use crate::core::Core;
use crate::effect::Effect;
use crate::event::Event;
use crate::{InstanceState, Kind, Timestamp};
use turn::Turn;

/// What follows from an event: the next state, and what is to be done.
pub(crate) fn reduce(core: Core, event: Event, now: Timestamp) -> (Core, Vec<Effect>) {
    let mut turn = Turn::new(core, now);
    if event.run().is_none_or(|at| turn.is_current(at)) && fits(&turn, &event) {
        let is_seen_anew = discovery::is_concerned(&event);
        dispatch(&mut turn, event);
        if is_seen_anew {
            discovery::see_anew(&mut turn);
        }
    } else {
        outlived(&mut turn, event);
    }
    versions::go_on(&mut turn);
    roster::go_on(&mut turn);
    turn.finish()
}

/// A report of a run that is over changes nothing, but whoever waits for it gets an answer, and what it started ends.
fn outlived(turn: &mut Turn, event: Event) {
    match event {
        Event::Replied { at, call, request, .. } => {
            let gone = crate::FleetError::NoSuchRequest { instance: at.instance, request };
            turn.answer(call, Err(gone));
        }
        // It was stopped while its start was between two tries: we have just started it, and nobody else knows it.
        Event::Spawned { at, identity, .. } => {
            let known = turn.instance(&at.instance).and_then(|instance| instance.process());
            if known.is_none_or(|known| known.pid != identity.pid) {
                turn.effect(Effect::EndStray { at, identity });
            }
        }
        Event::Ssh(event) => ssh::outlived(turn, event),
        _ => {}
    }
}

/// Whether a report about a start comes while there is one: nothing of it is taken for a process that has ended.
fn fits(turn: &Turn, event: &Event) -> bool {
    if !discovery::may_report(turn, event) {
        return false;
    }
    let (at, is_of_process) = match event {
        Event::Spawned { at, .. } => (at, true),
        Event::Containers(
            ContainersEvent::Settles { at, .. } | ContainersEvent::Up { at, .. } | ContainersEvent::Outlived { at, .. },
        )
        | Event::Recorded { at, .. }
        | Event::Stepped { at, .. }
        | Event::TakenElsewhere { at, .. }
        | Event::LaunchFailed { at, .. } => (at, false),
        _ => return true,
    };
    turn.instance(&at.instance).is_some_and(|instance| {
        let is_under_way = matches!(instance.state, InstanceState::Starting { .. } | InstanceState::Stopping);
        is_under_way && (!is_of_process || matches!(instance.kind, Kind::Process { .. }))
    })
}

fn dispatch(turn: &mut Turn, event: Event) {
    match event {
        Event::Start { call, start } => start::start(turn, call, start),
        Event::Stop { call, id } => stop::stop(turn, call, &id),
        Event::Restart { call, id } => stop::restart(turn, call, &id),
        Event::Remove { call, id, with_data } => asked::remove(turn, call, &id, with_data),
        Event::Rename { call, id, name } => asked::rename(turn, call, &id, &name),
        Event::Answer { call, id, request, answer } => requests::answer(turn, call, &id, &request, answer),
        Event::UpdateSettings { call, patch } => asked::update_settings(turn, call, patch),
        Event::ShutDown { call, at_quit } => asked::shut_down(turn, call, at_quit),
        Event::InstallOpencode => binary::install(turn),
        Event::LookForOpencode => binary::look(turn),
        Event::OpencodeSeen { search, opencode } => binary::seen(turn, search, &opencode),
        Event::InstallProgress { search, line } => binary::progress(turn, search, line),
        Event::InstallFailed { search, reason } => binary::install_failed(turn, search, reason),
        Event::Stepped { at, step } => start::stepped(turn, &at, step),
        Event::Recorded { at, port } => start::recorded(turn, &at, port),
        Event::TakenElsewhere { at, record } => adoption::taken_elsewhere(turn, &at, &record),
        Event::Spawned { at, identity, port } => start::spawned(turn, &at, identity, port),
        Event::LaunchFailed { at, failure } => start::failed(turn, &at, failure),
        Event::Answered { at, version } => process::answered(turn, &at, version),
        Event::Refused { at } => process::refused(turn, &at),
        Event::Unanswered { at, reason } => process::unanswered(turn, &at, reason),
        Event::Exited { at, failure, asked, is_clean } => {
            process::exited(turn, &at, process::End { failure, asked, is_clean });
        }
        Event::Stopped { at, result } => {
            stop::stopped(turn, &at, result);
            discovery::stopped(turn, &at);
        }
        Event::UsageSeen { usage } => process::usage(turn, &usage),
        Event::Panicked { at, message } => process::panicked(turn, &at, &message),
        Event::SettingsSeen { settings, after } => asked::settings_seen(turn, settings, after),
        Event::RecordSeen { record, process, host_lives } => adoption::record(turn, &record, process, host_lives),
        Event::RecordGone { id } => adoption::record_gone(turn, &id),
        Event::StreamOpened { at } => resync::began(turn, &at),
        Event::Resynced { at, snapshot } => resync::ended(turn, &at, *snapshot),
        Event::Told { at, envelope } => told::told(turn, &at, *envelope),
        Event::SessionRead { at, session } => sessions::read(turn, &at, &session),
        Event::Replied { at, call, request, result } => requests::replied(turn, &at, call, &request, result),
        Event::Containers(event) => containers::happened(turn, event),
        Event::Discovery(event) => discovery::happened(turn, event),
        Event::Supervision(event) => supervision::happened(turn, event),
        Event::Roster(event) => roster::happened(turn, event),
        Event::Versions(event) => versions::happened(turn, event),
        Event::Ssh(event) => ssh::happened(turn, event),
        Event::Prompt(event) => prompts::happened(turn, event),
        Event::NoticeRaised(notice) => asked::raise(turn, notice),
        Event::NoticeOver(id) => asked::over(turn, &id),
    }
}
