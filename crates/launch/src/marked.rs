//! Finding a process by a mark in its environment: one whose number was never written down.

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::ProcessIdentity;

/// The oldest living process of this user that was started with this variable. What it has started itself carries the variable, too, but is younger.
pub fn find_by_environment(name: &str, value: &str) -> Option<ProcessIdentity> {
    let mark = format!("{name}={value}");
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(
        ProcessesToUpdate::All,
        true,
        ProcessRefreshKind::nothing().without_tasks().with_environ(UpdateKind::Always),
    );
    let marked = system.processes().iter().filter(|(_, process)| process.environ().iter().any(|entry| *entry == *mark));
    let identities = marked.filter_map(|(pid, _)| ProcessIdentity::observe(pid.as_u32()));
    identities.min_by_key(|identity| (identity.started_at, identity.pid))
}

#[cfg(test)]
mod tests {
    use super::find_by_environment;

    #[test]
    fn finds_a_process_by_its_mark_and_no_other() {
        let mark = format!("mark-{}", std::process::id());
        assert_eq!(find_by_environment("PORTAL_TEST_MARK", &mark), None);
        let mut child = std::process::Command::new("sleep").arg("60").env("PORTAL_TEST_MARK", &mark).spawn().unwrap();
        let found = find_by_environment("PORTAL_TEST_MARK", &mark);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found.map(|identity| identity.pid), Some(child.id()));
    }
}
