//! Sending a signal. Who may get one is decided by the caller, at the last moment.

use std::io;

/// The two that we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Asks to end.
    Terminate,
    /// Ends.
    Kill,
}

#[cfg(unix)]
mod platform {
    use std::io;

    use rustix::{
        io::Errno,
        process::{Pid, kill_process, kill_process_group, test_kill_process},
    };

    use super::Signal;

    fn pid_of(pid: u32) -> Option<Pid> {
        // 0, 1 and negative numbers mean groups and everybody to the system.
        i32::try_from(pid).ok().filter(|pid| *pid > 1).and_then(Pid::from_raw)
    }

    fn well_if_gone(result: rustix::io::Result<()>) -> io::Result<()> {
        match result {
            Err(Errno::SRCH) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn number(signal: Signal) -> rustix::process::Signal {
        match signal {
            Signal::Terminate => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
        }
    }

    /// What is checked is what is signalled: a handle of the process keeps to it when its number is given to another one.
    #[cfg(target_os = "linux")]
    pub(crate) fn to_process(pid: u32, signal: Signal, is_still: impl FnOnce() -> bool) -> io::Result<()> {
        use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};

        let Some(known) = pid_of(pid) else { return Ok(()) };
        let handle = pidfd_open(known, PidfdFlags::empty());
        if !is_still() {
            return Ok(());
        }
        well_if_gone(match handle {
            Ok(handle) => pidfd_send_signal(handle, number(signal)),
            Err(Errno::SRCH) => Ok(()),
            // An old kernel, or a sandbox without these calls.
            Err(_) => kill_process(known, number(signal)),
        })
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn to_process(pid: u32, signal: Signal, is_still: impl FnOnce() -> bool) -> io::Result<()> {
        match pid_of(pid) {
            Some(pid) if is_still() => well_if_gone(kill_process(pid, number(signal))),
            _ => Ok(()),
        }
    }

    pub(crate) fn test(pid: u32, is_still: impl FnOnce() -> bool) -> io::Result<()> {
        let tested = pid_of(pid).map_or(Ok(()), |pid| well_if_gone(test_kill_process(pid)));
        // Tested first, checked after: a stranger who got the number meanwhile may refuse.
        if is_still() { tested } else { Ok(()) }
    }

    pub(crate) fn to_group(leader: u32, signal: Signal) -> io::Result<()> {
        pid_of(leader).map_or(Ok(()), |leader| well_if_gone(kill_process_group(leader, number(signal))))
    }
}

#[cfg(not(unix))]
mod platform {
    //! Without groups and sessions: each process by itself, and only the hard way.

    use std::io;

    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    use super::Signal;

    pub(crate) fn to_process(pid: u32, _signal: Signal, is_still: impl FnOnce() -> bool) -> io::Result<()> {
        if pid <= 1 || !is_still() {
            return Ok(());
        }
        let mut system = System::new().map_err(|error| io::Error::other(error.to_string()))?;
        let pid = Pid::from_u32(pid);
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[pid]),
            true,
            ProcessRefreshKind::nothing().without_tasks(),
        );
        match system.process(pid) {
            Some(process) if !process.kill() => Err(io::Error::other("the process cannot be ended")),
            _ => Ok(()),
        }
    }

    /// It cannot be told without ending the process.
    pub(crate) fn test(_pid: u32, _is_still: impl FnOnce() -> bool) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn to_group(_leader: u32, _signal: Signal) -> io::Result<()> {
        Ok(())
    }
}

/// To one process, if it still is the one that is meant; well when it is not, or gone.
pub(crate) fn to_process(pid: u32, signal: Signal, is_still: impl FnOnce() -> bool) -> io::Result<()> {
    platform::to_process(pid, signal, is_still)
}

/// Whether a process would take a signal from us, without sending one; well when it is not the one that is meant, or gone.
pub(crate) fn test(pid: u32, is_still: impl FnOnce() -> bool) -> io::Result<()> {
    platform::test(pid, is_still)
}

/// To all of a process group; well when it is gone.
pub(crate) fn to_group(leader: u32, signal: Signal) -> io::Result<()> {
    platform::to_group(leader, signal)
}
