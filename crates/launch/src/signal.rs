//! Sending a signal. Who may get one is decided by the caller, a moment before.

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

    use rustix::process::{Pid, kill_process, kill_process_group};

    use super::Signal;

    fn pid_of(pid: u32) -> Option<Pid> {
        // 0, 1 and negative numbers mean groups and everybody to the system.
        i32::try_from(pid).ok().filter(|pid| *pid > 1).and_then(Pid::from_raw)
    }

    fn well_if_gone(result: rustix::io::Result<()>) -> io::Result<()> {
        match result {
            Err(rustix::io::Errno::SRCH) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn number(signal: Signal) -> rustix::process::Signal {
        match signal {
            Signal::Terminate => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
        }
    }

    pub(crate) fn to_process(pid: u32, signal: Signal) -> io::Result<()> {
        pid_of(pid).map_or(Ok(()), |pid| well_if_gone(kill_process(pid, number(signal))))
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

    pub(crate) fn to_process(pid: u32, _signal: Signal) -> io::Result<()> {
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

    pub(crate) fn to_group(_leader: u32, _signal: Signal) -> io::Result<()> {
        Ok(())
    }
}

/// To one process; well when it is gone.
pub(crate) fn to_process(pid: u32, signal: Signal) -> io::Result<()> {
    platform::to_process(pid, signal)
}

/// To all of a process group; well when it is gone.
pub(crate) fn to_group(leader: u32, signal: Signal) -> io::Result<()> {
    platform::to_group(leader, signal)
}
