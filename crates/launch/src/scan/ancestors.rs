//! Who stands above whom, read once in a look: processes of one kind have the same ones above them. Linux.

use std::collections::HashMap;

use super::{procfs::Procfs, remembered::split, starters, wrapping::Above};
use crate::look::look_at;

/// Nobody has more above; a circle has.
const HIGHEST: usize = 64;

/// What was read in this look.
#[derive(Debug, Default)]
pub(super) struct Ancestors {
    known: HashMap<u32, (Above, Option<u32>)>,
}

impl Ancestors {
    /// Everybody from the parent upwards, without the first process of the system.
    pub(super) fn above(&mut self, proc: &mut Procfs, parent: Option<u32>) -> Vec<Above> {
        let mut above: Vec<Above> = Vec::new();
        let mut next = parent;
        while let Some(pid) = next.filter(|pid| *pid > 1) {
            if above.len() == HIGHEST || above.iter().any(|seen| seen.pid == pid) {
                break;
            }
            let (one, parent) = *self.known.entry(pid).or_insert_with(|| look(proc, pid));
            above.push(one);
            next = parent;
        }
        above
    }
}

fn look(proc: &mut Procfs, pid: u32) -> (Above, Option<u32>) {
    let is_package_runner = proc.command_line(pid).is_some_and(|line| starters::is_package_runner(&split(line)));
    (Above { pid, is_package_runner }, look_at(pid).and_then(|seen| seen.parent))
}
