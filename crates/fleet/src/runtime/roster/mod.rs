//! Performs what `reduce::roster` asks for, and watches what it needs to know.

pub(super) mod command;
pub(super) mod port;

use std::io;

use tokio::task::AbortHandle;

use super::actor::Actor;
use super::context::{Context, now};
use super::watching::{self, Seen};
use crate::event::Event;
use crate::files::profile_file;
use crate::roster::{RosterEffect, RosterEvent};
use crate::{InstanceId, Notice, NoticeId, NoticeLevel};

/// Performs an effect.
pub(super) fn perform(actor: &mut Actor, effect: RosterEffect) {
    let disk = &actor.context.disk;
    match effect {
        RosterEffect::SaveProfile { id, profile } => disk.save_profile(id, profile),
        RosterEffect::RememberRunning { ids } => disk.remember_running(ids),
        RosterEffect::ClaimRunning => disk.claim_running(),
    }
}

/// Begins to watch.
pub(super) fn watch(context: &Context) -> Vec<AbortHandle> {
    if context.options.stays {
        // All records were looked at before, so this comes after what they told.
        context.report(Event::Roster(RosterEvent::Opened));
    }
    Vec::new()
}

/// Looks at the profiles once. An error: they could not be listed, and are what they were.
pub(super) fn look(context: &Context, seen: &mut Seen) -> io::Result<()> {
    let paths = profile_file::paths(&context.folders.profiles())?;
    let gone: Vec<InstanceId> =
        seen.profiles.keys().filter(|id| !paths.iter().any(|(listed, _)| listed == *id)).cloned().collect();
    for id in gone {
        seen.profiles.remove(&id);
        context.report(Event::Roster(RosterEvent::ProfileGone { id }));
    }
    for (id, path) in paths {
        let stamp = watching::stamp(&path);
        if seen.profiles.get(&id) == Some(&stamp) {
            continue;
        }
        match profile_file::read(&path) {
            Ok(profile) => {
                seen.profiles.insert(id.clone(), stamp);
                context.report(Event::Roster(RosterEvent::ProfileSeen { id, profile: profile.into() }));
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let kept = match profile_file::put_aside(&path, now().as_ms()) {
                    Ok(copy) => format!("The file was kept as `{}`", copy.display()),
                    Err(error) => {
                        seen.profiles.insert(id.clone(), stamp);
                        format!("The file could not be kept under another name: {error}")
                    }
                };
                let message = format!("The profile in `{}` makes no sense ({error}) and is not used", path.display());
                context.report(Event::NoticeRaised(warning(&id, message, kept)));
            }
            Err(error) => {
                seen.profiles.insert(id.clone(), stamp);
                let message = format!("The profile in `{}` could not be read: {error}", path.display());
                context.report(Event::NoticeRaised(warning(
                    &id,
                    message,
                    "Correct the permissions of the file".to_owned(),
                )));
            }
        }
    }
    Ok(())
}

fn warning(id: &InstanceId, message: String, hint: String) -> Notice {
    let id = NoticeId::from(format!("profile-{id}").as_str());
    Notice { id, level: NoticeLevel::Warning, message, hint: Some(hint) }
}
