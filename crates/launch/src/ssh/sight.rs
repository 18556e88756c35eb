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
    /// Where in the log `output` begins: where it was asked for, or at the beginning when the log was begun anew since.
    pub from: LogPlace,
    /// The log from there on, as much as one look brings.
    pub output: Vec<u8>,
}

/// A place in a log of a host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogPlace {
    /// How often the log was begun anew, because it had become too long.
    pub turn: u64,
    /// How many bytes lie before it.
    pub offset: u64,
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

impl RemoteSight {
    /// Where its log goes on.
    pub fn to(&self) -> LogPlace {
        let read = u64::try_from(self.output.len()).unwrap_or(u64::MAX);
        LogPlace { offset: self.from.offset.saturating_add(read), ..self.from }
    }

    /// Whether the log goes on where this look has ended.
    pub fn has_more(&self) -> bool {
        !self.output.is_empty() && self.to().offset < self.log_size
    }
}

impl Connection {
    /// Looks at a process there, and reads the log of that name on from a place; without one nothing of it.
    pub async fn look(
        &self,
        process: &RemoteProcess,
        name: &str,
        from: Option<LogPlace>,
    ) -> Result<RemoteSight, SshError> {
        let text = [PROCESS, include_str!("scripts/sight.sh")].concat();
        let place = from.unwrap_or_default();
        let script = about(process, text)
            .with("portal_name", name)
            .with("portal_in", place.turn.to_string())
            .with("portal_from", place.offset.to_string())
            .with("portal_most", if from.is_some() { MOST.to_string() } else { "0".to_owned() });
        let answer = self.run_well(&script, LIMIT).await?;
        let fields: Vec<&[u8]> = answer.splitn(7, |byte| *byte == 0).collect();
        let sight = || {
            let [word, memory, cpu, size, turn, offset, output] = *fields else { return None };
            Some(RemoteSight {
                is_alive: word == b"alive",
                usage: RemoteUsage { memory_bytes: number(memory)?, cpu_hundredths: number(cpu)? },
                log_size: number(size)?,
                from: LogPlace { turn: number(turn)?, offset: number(offset)? },
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
