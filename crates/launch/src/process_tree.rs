//! Which process started which, at one moment.

use std::collections::{HashMap, HashSet};

use crate::look::{Seen, look_at_all};

/// Every process with its parent, as of one scan.
#[derive(Debug, Default)]
pub(crate) struct ProcessTree {
    seen: HashMap<u32, Seen>,
    children: HashMap<u32, Vec<u32>>,
}

impl ProcessTree {
    pub(crate) fn scan() -> Self {
        Self::of_seen(look_at_all())
    }

    pub(crate) fn of_seen(seen: HashMap<u32, Seen>) -> Self {
        let tree = Self::from_pairs(seen.iter().filter_map(|(pid, process)| Some((*pid, process.parent?))));
        Self { seen, ..tree }
    }

    /// From a scan that was made for something else too; it knows nothing but who started whom.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of(system: &sysinfo::System) -> Self {
        Self::from_pairs(
            system.processes().iter().filter_map(|(pid, process)| Some((pid.as_u32(), process.parent()?.as_u32()))),
        )
    }

    fn from_pairs(pairs: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for (pid, parent) in pairs {
            children.entry(parent).or_default().push(pid);
        }
        Self { seen: HashMap::new(), children }
    }

    /// The process and all that descends from it, the process first.
    pub(crate) fn tree_of(&self, root: u32) -> Vec<u32> {
        self.tree_without(root, &HashSet::new())
    }

    /// The same without those who are `spared` and all that descends from them.
    pub(crate) fn tree_without(&self, root: u32, spared: &HashSet<u32>) -> Vec<u32> {
        if spared.contains(&root) {
            return Vec::new();
        }
        let mut seen = HashSet::from([root]);
        let mut found = vec![root];
        let mut next = 0;
        while let Some(pid) = found.get(next).copied() {
            next += 1;
            for child in self.children.get(&pid).into_iter().flatten() {
                if !spared.contains(child) && seen.insert(*child) {
                    found.push(*child);
                }
            }
        }
        found
    }

    /// Every process that was seen.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, &Seen)> {
        self.seen.iter().map(|(pid, seen)| (*pid, seen))
    }

    /// What was seen of one process.
    pub(crate) fn get(&self, pid: u32) -> Option<&Seen> {
        self.seen.get(&pid)
    }

    pub(crate) fn is_in_tree_of(&self, pid: u32, root: u32) -> bool {
        self.tree_of(root).contains(&pid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_walked_whole_and_ends_even_in_a_circle() {
        let tree = ProcessTree::from_pairs([(11, 10), (12, 11), (13, 10), (20, 2), (10, 12)].into_iter());
        let mut found = tree.tree_of(10);
        assert_eq!(found.first(), Some(&10), "the root comes first");
        found.sort_unstable();
        assert_eq!(found, [10, 11, 12, 13]);
        assert_eq!(tree.tree_of(99), [99]);
        assert!(tree.is_in_tree_of(12, 10) && !tree.is_in_tree_of(20, 10));
    }
}
