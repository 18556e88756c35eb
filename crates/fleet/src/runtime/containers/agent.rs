//! The person's SSH agent, as a container gets it.
//!
//! Its socket is another one at each login. What is mounted is a link of ours that leads to it, always in the same place: so a container
//! that was made before a login is not made anew, and finds the agent of today when it is started.

use std::io;
use std::path::{Path, PathBuf};

use launch::Environment;
use launch::docker::EngineVersion;

use super::super::context::Context;
use super::credentials::missing;
use crate::Failure;

const VARIABLE: &str = "SSH_AUTH_SOCK";
/// Where engines that have one lead to the agent from their virtual machine.
const OF_MACHINE: &str = "/run/host-services/ssh-auth.sock";
/// The virtual machines with such a place, by their names.
const WITH_PLACE: [&str; 2] = ["docker-desktop", "orbstack"];
const OR_NOT: &str = "or let its profile not pass the SSH agent";

/// What is mounted so that the container has the agent. A failure: there is none, or it cannot be given.
pub(super) async fn socket(
    context: &Context,
    shell: &Environment,
    version: &EngineVersion,
) -> Result<PathBuf, Failure> {
    if version.is_virtual {
        return of_machine(&version.machine);
    }
    let Some(socket) = shell.get(VARIABLE).filter(|socket| !socket.is_empty()).map(PathBuf::from) else {
        let cause = format!("There is no SSH agent to pass: your login shell does not set `{VARIABLE}`");
        return Err(missing(&cause, &format!("Start `ssh-agent` and add your keys with `ssh-add`, {OR_NOT}")));
    };
    let link = context.folders.state.join("ssh-agent");
    let leading = tokio::task::spawn_blocking(move || lead(&link, &socket).map_err(|error| silent(&socket, &error)));
    leading.await.map_err(|_| missing("The SSH agent could not be asked: a mistake of ours", "Look at our log"))?
}

/// The place of an engine whose machine sees no socket of this one.
fn of_machine(machine: &str) -> Result<PathBuf, Failure> {
    if !cfg!(windows) && WITH_PLACE.contains(&machine) {
        return Ok(OF_MACHINE.into());
    }
    let cause = format!("The SSH agent cannot be passed: the engine's virtual machine `{machine}` cannot reach it");
    Err(missing(&cause, &format!("Choose Docker Desktop or OrbStack, which can, {OR_NOT}")))
}

fn silent(socket: &Path, error: &io::Error) -> Failure {
    let cause = format!("There is no SSH agent to pass: `{}`, as `{VARIABLE}` says: {error}", socket.display());
    missing(&cause, &format!("Start `ssh-agent` and add your keys with `ssh-add`, {OR_NOT}"))
}

/// Lets the link lead to the agent, if that listens.
#[cfg(unix)]
fn lead(link: &Path, socket: &Path) -> io::Result<PathBuf> {
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Two starts at once must not take each other's file.
    static NEXT: AtomicU32 = AtomicU32::new(0);

    let _heard = std::os::unix::net::UnixStream::connect(socket)?;
    if std::fs::read_link(link).is_ok_and(|known| known == socket) {
        return Ok(link.to_owned());
    }
    // There is never none: whoever starts a container at this moment finds one of the two.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let beside = link.with_extension(format!("{}-{number}", std::process::id()));
    std::os::unix::fs::symlink(socket, &beside)?;
    std::fs::rename(&beside, link)?;
    Ok(link.to_owned())
}

#[cfg(not(unix))]
fn lead(_: &Path, _: &Path) -> io::Result<PathBuf> {
    // Every engine of such a system is in a virtual machine.
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::{OF_MACHINE, lead, of_machine};

    #[test]
    fn the_link_leads_to_the_agent_of_today() {
        let folder = tempfile::tempdir().unwrap();
        let (link, one, other) = (folder.path().join("link"), folder.path().join("one"), folder.path().join("other"));
        assert!(lead(&link, &one).is_err() && !link.exists(), "nobody is there");
        let listener = UnixListener::bind(&one).unwrap();
        for _ in 0..2 {
            assert_eq!(lead(&link, &one).unwrap(), link);
            assert_eq!(std::fs::read_link(&link).unwrap(), one);
        }
        let _other = UnixListener::bind(&other).unwrap();
        assert_eq!(lead(&link, &other).unwrap(), link);
        assert_eq!(std::fs::read_link(&link).unwrap(), other);
        // A socket that nobody listens at any more.
        drop(listener);
        assert!(lead(&link, &one).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left");
    }

    #[test]
    fn only_some_virtual_machines_reach_the_agent() {
        for (machine, expected) in [("docker-desktop", true), ("orbstack", true), ("colima", false), ("lima-x", false)]
        {
            let said = of_machine(machine);
            assert_eq!(said.as_deref() == Ok(OF_MACHINE.as_ref()), expected, "{machine}: {said:?}");
        }
    }
}
