//! Whether a test has left processes behind.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::World;
use crate::eventually::PAUSE;

/// The processes that belong to a world, by their environment or their directory: pid and command line.
/// This process and those that have ended do not count.
pub fn processes_in(world: &World) -> Vec<(u32, String)> {
    processes_under(world.root())
}

pub(crate) fn processes_under(folder: &Path) -> Vec<(u32, String)> {
    let name = folder.as_os_str().as_bytes();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != std::process::id())
        .filter(|pid| {
            // Both are empty or unreadable for a zombie, and for processes of other users.
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let directory = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
            environment.windows(name.len()).any(|part| part == name) || directory.starts_with(folder)
        })
        .map(|pid| {
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            (pid, String::from_utf8_lossy(&command).replace('\0', " "))
        })
        .collect()
}

/// Waits until no process of the world is left.
///
/// # Panics
/// If some stay for 10 s; says which.
pub async fn no_process_left(world: &World) {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let left = processes_in(world);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "these processes do not end: {left:?}");
        tokio::time::sleep(PAUSE).await;
    }
}
