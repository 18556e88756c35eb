//! How a server of ours on a host is: alive, what it uses, what it wrote.

use super::{
    Connection, RemoteProcess, SshError,
    server::{LIMIT, PROCESS, about, number},
};

/// What one look at a process of a host tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteSight {
    /// Whether it is that process and lives.
    pub is_alive: bool,
    /// What its tree uses.
    pub usage: RemoteUsage,
    /// How long its log is now.
    pub log_size: u64,
    /// Where in the log `output` begins: where it was asked for, or 0 when the log was begun anew since.
    pub from: u64,
    /// The log from there on, as much as one look brings.
    pub output: Vec<u8>,
}

/// What a process tree of a host uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RemoteUsage {
    /// Memory, in bytes. Pages that processes share count in each.
    pub memory_bytes: u64,
    /// Processor time since the start, in hundredths of a second.
    pub cpu_hundredths: u64,
}

/// How much of a log one look brings.
const MOST: u64 = 256 * 1024;
/// A log that is longer is begun anew once all of it was read.
const LONGEST: u64 = 16 * 1024 * 1024;

impl Connection {
    /// Looks at a process there, and reads the log of that name from an offset on.
    pub async fn look(&self, process: &RemoteProcess, name: &str, from: u64) -> Result<RemoteSight, SshError> {
        let text = [PROCESS, include_str!("scripts/sight.sh")].concat();
        let script = about(process, text)
            .with("portal_name", name)
            .with("portal_from", from.to_string())
            .with("portal_most", MOST.to_string())
            .with("portal_longest", LONGEST.to_string());
        let answer = self.run_well(&script, LIMIT).await?;
        let fields: Vec<&[u8]> = answer.splitn(6, |byte| *byte == 0).collect();
        let sight = || {
            let [word, memory, cpu, size, from, output] = *fields else { return None };
            Some(RemoteSight {
                is_alive: word == b"alive",
                usage: RemoteUsage { memory_bytes: number(memory)?, cpu_hundredths: number(cpu)? },
                log_size: number(size)?,
                from: number(from)?,
                output: output.to_vec(),
            })
        };
        sight().ok_or_else(|| self.not_understood(&answer))
    }

    /// Whether it is that process, and lives.
    pub async fn is_alive(&self, process: &RemoteProcess) -> Result<bool, SshError> {
        let text = [PROCESS, "if portal_lives; then printf alive; fi"].concat();
        Ok(self.run_well(&about(process, text), LIMIT).await? == b"alive")
    }
}
