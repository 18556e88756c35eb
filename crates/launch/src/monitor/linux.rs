//! Looking at process trees through `/proc`, at the cost of the trees and not of the whole system.
//!
//! The kernel tells a process's parent, not its children. So the processes of others are read once, when they are first seen,
//! and of all of them again only from time to time; those of the trees are read at each look.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::seen::SeenProcess;
use crate::ProcessIdentity;

/// After so many looks all processes are read again: a number may have been given to another process between two looks.
const READ_ALL_EVERY: u32 = 20;
/// Until it is that old, a process may still replace its program; its command is read at each look.
const YOUNG: Duration = Duration::from_secs(10);

/// Looks at process trees, and remembers what does not change from one look to the next.
#[derive(Debug, Default)]
pub(super) struct Looker {
    /// All processes of the system.
    known: HashMap<u32, Lines>,
    looks: u32,
    /// What the members of the trees run.
    programs: HashMap<u32, Program>,
    /// What this look has read already.
    read: HashMap<u32, Stat>,
}

/// Where a process belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lines {
    parent: u32,
    session: u32,
    started_at: u64,
}

/// What a process runs.
#[derive(Debug, Clone)]
struct Program {
    started_at: u64,
    started_at_ms: Option<u64>,
    /// Changes when the process replaces its program.
    name: String,
    executable: PathBuf,
    command: Arc<Vec<String>>,
}

impl Looker {
    /// The processes of each tree, the root first; `None` where the root is not running.
    pub(super) fn look(&mut self, roots: &[ProcessIdentity]) -> Vec<Option<Vec<SeenProcess>>> {
        let Some(clock) = Clock::read() else { return vec![None; roots.len()] };
        self.refresh();
        let children = self.children();
        let others: HashSet<u32> = roots.iter().map(|root| root.pid).collect();
        let mut members = HashSet::new();
        let trees = roots
            .iter()
            .map(|root| {
                if !root.is_alive() {
                    return None;
                }
                let tree: Vec<SeenProcess> = Self::tree(root.pid, &children, &others)
                    .into_iter()
                    .filter_map(|pid| self.see(pid, &clock))
                    .collect();
                members.extend(tree.iter().map(|process| process.pid));
                (tree.first()?.pid == root.pid).then_some(tree)
            })
            .collect();
        self.programs.retain(|pid, _| members.contains(pid));
        trees
    }

    /// Brings what is known of all processes up to date.
    fn refresh(&mut self) {
        let pids = pids();
        if self.looks.is_multiple_of(READ_ALL_EVERY) {
            self.known.clear();
        }
        self.looks = self.looks.wrapping_add(1);
        self.known.retain(|pid, _| pids.contains(pid));
        self.read.clear();
        for pid in pids {
            // The members of the trees may have lost their parents since.
            if self.known.contains_key(&pid) && !self.programs.contains_key(&pid) {
                continue;
            }
            if let Some(stat) = Stat::read(pid) {
                self.known.insert(pid, stat.lines);
                self.read.insert(pid, stat);
            } else {
                self.known.remove(&pid);
            }
        }
    }

    /// Who is whose child. What was orphaned counts as a child of the leader of its session, who once started it or its parents.
    fn children(&self) -> HashMap<u32, Vec<u32>> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for (pid, lines) in &self.known {
            let is_orphan = lines.parent <= 1 && lines.session != *pid;
            let leader = self.known.get(&lines.session).filter(|leader| leader.started_at <= lines.started_at);
            let parent = if is_orphan && leader.is_some() { lines.session } else { lines.parent };
            children.entry(parent).or_default().push(*pid);
        }
        children
    }

    /// The root and what descends from it, without the trees of other roots.
    fn tree(root: u32, children: &HashMap<u32, Vec<u32>>, others: &HashSet<u32>) -> Vec<u32> {
        let mut found: BTreeSet<u32> = BTreeSet::new();
        let mut next = vec![root];
        while let Some(pid) = next.pop() {
            if (pid == root || !others.contains(&pid)) && found.insert(pid) {
                next.extend(children.get(&pid).into_iter().flatten());
            }
        }
        found.remove(&root);
        [root].into_iter().chain(found).collect()
    }

    fn see(&mut self, pid: u32, clock: &Clock) -> Option<SeenProcess> {
        let stat = self.read.remove(&pid).or_else(|| Stat::read(pid))?;
        if stat.is_zombie {
            return None;
        }
        let age = clock.age(stat.lines.started_at);
        let known = self
            .programs
            .get(&pid)
            .filter(|program| program.started_at == stat.lines.started_at && program.name == stat.name && age > YOUNG);
        let program = match known {
            Some(program) => program.clone(),
            None => self.read_program(pid, &stat, clock)?,
        };
        Some(SeenProcess {
            pid,
            parent: stat.lines.parent,
            started_at: stat.lines.started_at,
            started_at_ms: program.started_at_ms,
            age,
            spent: stat.spent,
            resident: stat.resident,
            executable: program.executable,
            name: stat.name,
            command: program.command,
        })
    }

    fn read_program(&mut self, pid: u32, stat: &Stat, clock: &Clock) -> Option<Program> {
        let identity = ProcessIdentity::observe(pid).filter(|now| now.started_at == stat.lines.started_at)?;
        // Kept from the first look on, so that it does not move when the clock is set.
        let before = self.programs.get(&pid).filter(|program| program.started_at == stat.lines.started_at);
        let program = Program {
            started_at: stat.lines.started_at,
            started_at_ms: before
                .map_or_else(|| clock.since_1970(stat.lines.started_at), |before| before.started_at_ms),
            name: stat.name.clone(),
            executable: identity.executable,
            command: Arc::new(command_of(pid)),
        };
        self.programs.insert(pid, program.clone());
        Some(program)
    }
}

/// The process ids of the system, in no matter which order.
fn pids() -> HashSet<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn command_of(pid: u32) -> Vec<String> {
    let text = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let text = text.strip_suffix(b"\0").unwrap_or(&text);
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// Memory that a process uses when what it shares is divided among those who share it.
/// The kernel walks all its pages for that: a millisecond for some ten megabytes.
pub(super) fn proportional(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let kilobytes = text.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().strip_suffix("kB")?;
    Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
}

/// One line of `/proc/PID/stat`.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    name: String,
    is_zombie: bool,
    lines: Lines,
    spent: Duration,
    resident: u64,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        Self::parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name in brackets may itself hold brackets and spaces, so fields are counted from the last one.
    fn parse(stat: &[u8]) -> Option<Self> {
        let open = stat.iter().position(|byte| *byte == b'(')?;
        let close = stat.iter().rposition(|byte| *byte == b')')?;
        let name = String::from_utf8_lossy(stat.get(open + 1..close)?).into_owned();
        let fields: Vec<&str> = std::str::from_utf8(stat.get(close + 1..)?).ok()?.split_ascii_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            name,
            is_zombie: matches!(*fields.first()?, "Z" | "X" | "x"),
            lines: Lines {
                parent: fields.get(1)?.parse().ok()?,
                session: fields.get(3)?.parse().ok()?,
                started_at: number(19)?,
            },
            spent: ticks(number(11)? + number(12)?),
            resident: number(21)? * rustix::param::page_size() as u64,
        })
    }
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count.saturating_mul(1000) / rustix::param::clock_ticks_per_second().max(1))
}

/// Now, in the terms of start times and in those of people.
struct Clock {
    since_boot: Duration,
    since_1970: Duration,
}

impl Clock {
    fn read() -> Option<Self> {
        let uptime = fs::read_to_string("/proc/uptime").ok()?;
        let seconds: f64 = uptime.split_ascii_whitespace().next()?.parse().ok()?;
        Some(Self {
            since_boot: Duration::try_from_secs_f64(seconds).ok()?,
            since_1970: SystemTime::now().duration_since(UNIX_EPOCH).ok()?,
        })
    }

    fn age(&self, started_at: u64) -> Duration {
        self.since_boot.saturating_sub(ticks(started_at))
    }

    fn since_1970(&self, started_at: u64) -> Option<u64> {
        u64::try_from(self.since_1970.checked_sub(self.age(started_at))?.as_millis()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stat_line_is_read_whatever_the_name() {
        let rest = "S 4 5 6 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 1 0 987654 1000000 20 99";
        for name in ["opencode", "a) Z 1", "((", ") R", "name with spaces"] {
            let stat = Stat::parse(format!("7 ({name}) {rest}").as_bytes()).expect(name);
            assert_eq!((stat.name.as_str(), stat.is_zombie), (name, false));
            assert_eq!(stat.lines, Lines { parent: 4, session: 6, started_at: 987_654 });
            assert_eq!((stat.spent, stat.resident), (ticks(300), 20 * rustix::param::page_size() as u64));
        }
        assert!(Stat::parse(format!("7 (x) {}", rest.replacen('S', "Z", 1)).as_bytes()).unwrap().is_zombie);
        for broken in ["", "7 opencode S 1", "7 (opencode) S 1 2", "7 (opencode) "] {
            assert_eq!(Stat::parse(broken.as_bytes()), None, "{broken}");
        }
    }

    /// pid, parent, session.
    fn looker(processes: &[(u32, u32, u32)]) -> Looker {
        let known = processes.iter().map(|(pid, parent, session)| {
            (*pid, Lines { parent: *parent, session: *session, started_at: u64::from(*pid) })
        });
        Looker { known: known.collect(), ..Looker::default() }
    }

    fn trees(looker: &Looker, roots: &[u32]) -> HashMap<u32, Vec<u32>> {
        let children = looker.children();
        let others = roots.iter().copied().collect();
        roots.iter().map(|root| (*root, Looker::tree(*root, &children, &others))).collect()
    }

    #[test]
    fn a_tree_has_its_orphans_and_not_the_trees_of_others() {
        let looker = looker(&[
            (10, 1, 10),
            (11, 10, 10),
            (12, 11, 12),
            // Orphaned in the session of the root, with a child of its own.
            (13, 1, 10),
            (14, 13, 10),
            // Older than the root: its session's number was another's before.
            (9, 1, 10),
            // Another root inside of the tree.
            (20, 11, 20),
            (21, 20, 20),
            // A stranger.
            (30, 1, 30),
        ]);
        let found = trees(&looker, &[10, 20]);
        assert_eq!(found[&10], [10, 11, 12, 13, 14]);
        assert_eq!(found[&20], [20, 21]);
        assert_eq!(trees(&looker, &[10])[&10], [10, 11, 12, 13, 14, 20, 21]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(trees(&looker(&[(10, 12, 1), (11, 10, 1), (12, 11, 1)]), &[10])[&10], [10, 11, 12]);
    }

    #[test]
    fn our_own_memory_is_told() {
        let us = std::process::id();
        let (stat, proportional) = (Stat::read(us).unwrap(), proportional(us).unwrap());
        assert!(proportional > 100_000 && proportional <= stat.resident * 2, "{proportional} of {}", stat.resident);
        assert!(!command_of(us).is_empty());
    }
}
