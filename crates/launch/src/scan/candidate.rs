//! A process that was recognised, with all that is seen of it; and what of it is shown.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{
    FoundProcess, Role,
    role::Recognised,
    wrapping::{self, Above, Member},
};
use crate::ProcessIdentity;

/// A recognised process.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) identity: ProcessIdentity,
    pub(super) arguments: Vec<OsString>,
    /// The same for a person.
    pub(super) command: String,
    pub(super) recognised: Recognised,
    pub(super) marks: Marks,
    pub(super) directory: Option<PathBuf>,
    pub(super) listens: Vec<SocketAddr>,
    pub(super) started_at_ms: Option<u64>,
    /// See [`Member::is_young`].
    pub(super) is_young: bool,
    /// Everybody above it, the parent first.
    pub(super) above: Vec<Above>,
}

/// What its environment says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// `PORTAL_INSTANCE`.
    pub(super) instance: Option<String>,
    /// `PORTAL_STATE`.
    pub(super) state_folder: Option<PathBuf>,
    /// The opencode that started it as a tool or in a terminal.
    pub(super) started_by: Option<u32>,
    /// The folder that it was started in, as its starter calls it.
    pub(super) started_in: Option<PathBuf>,
    /// The program was told to be bun, which is built into it; that is how opencode installs plugins.
    pub(super) is_bun: bool,
}

impl Marks {
    /// From all variables, as `NAME=VALUE`.
    pub(super) fn read<'a>(variables: impl Iterator<Item = &'a OsStr>) -> Self {
        let mut marks = Self::default();
        for variable in variables {
            let bytes = variable.as_encoded_bytes();
            let Some(at) = bytes.iter().position(|byte| *byte == b'=') else { continue };
            let value = || String::from_utf8_lossy(&bytes[at + 1..]).into_owned();
            let path = || Some(PathBuf::from(value())).filter(|path| path.is_absolute());
            match &bytes[..at] {
                b"PORTAL_INSTANCE" => marks.instance = Some(value()).filter(|value| !value.is_empty()),
                b"PORTAL_STATE" => marks.state_folder = path(),
                b"OPENCODE_PID" => marks.started_by = value().parse().ok(),
                b"PWD" => marks.started_in = path(),
                b"BUN_BE_BUN" => marks.is_bun = value() == "1",
                _ => {}
            }
        }
        marks
    }
}

/// The folder that the arguments name does not exist: an interface would have ended at once, so this is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoSuchFolder;

/// The folder that it works in, as far as it is known.
pub(super) fn folder_of(
    recognised: &Recognised,
    marks: &Marks,
    current: Option<&Path>,
) -> Result<Option<PathBuf>, NoSuchFolder> {
    let current = || current.map(Path::to_owned);
    let Some(named) = recognised.folder.as_ref().filter(|_| matches!(recognised.role, Role::Tui | Role::Acp)) else {
        return Ok(current());
    };
    // An interface enters its folder at once, so a relative name is told from where it was started.
    let from = marks.started_in.clone().or_else(current).unwrap_or_default();
    match from.join(named).canonicalize() {
        Ok(folder) if folder.is_dir() => Ok(Some(folder)),
        _ if recognised.role == Role::Acp => Ok(current()),
        _ => Err(NoSuchFolder),
    }
}

/// What of the recognised ones serves or is an interface, by process id.
pub(super) fn found(candidates: &[&Candidate]) -> Vec<FoundProcess> {
    let by_pid: HashMap<u32, &Candidate> =
        candidates.iter().map(|candidate| (candidate.identity.pid, *candidate)).collect();
    let members: Vec<Member> = candidates.iter().map(|candidate| member(candidate, &by_pid)).collect();
    let mut found: Vec<FoundProcess> = wrapping::without_wrappers(&members)
        .into_iter()
        .filter_map(|(pid, wrappers)| Some(shown_as(by_pid.get(&pid)?, wrappers)))
        .collect();
    found.sort_by_key(|process| process.identity.pid);
    found
}

fn member(candidate: &Candidate, by_pid: &HashMap<u32, &Candidate>) -> Member {
    let parent = candidate.above.first().and_then(|above| by_pid.get(&above.pid));
    Member {
        pid: candidate.identity.pid,
        role: candidate.recognised.role,
        form: candidate.recognised.form,
        listens: !candidate.listens.is_empty(),
        is_young: candidate.is_young,
        is_copy: parent.is_some_and(|parent| {
            parent.identity.executable == candidate.identity.executable
                && parent.arguments == candidate.arguments
                && candidate.listens.iter().all(|address| parent.listens.contains(address))
        }),
        started_by: candidate.marks.started_by,
        above: candidate.above.clone(),
    }
}

fn shown_as(candidate: &Candidate, wrappers: Vec<u32>) -> FoundProcess {
    FoundProcess {
        identity: candidate.identity.clone(),
        role: candidate.recognised.role,
        command: candidate.command.clone(),
        directory: candidate.directory.clone(),
        listens: candidate.listens.clone(),
        wrappers,
        started_at_ms: candidate.started_at_ms,
        instance: candidate.marks.instance.clone(),
        state_folder: candidate.marks.state_folder.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::role::Form;

    #[test]
    fn marks_are_read() {
        let variables = [
            "PORTAL_INSTANCE=abc",
            "PORTAL_STATE=/home/a/state",
            "OPENCODE_PID=77",
            "PWD=/work",
            "BUN_BE_BUN=1",
            "PORTAL_INSTANCES=no",
            "nonsense",
        ];
        assert_eq!(
            Marks::read(variables.iter().map(OsStr::new)),
            Marks {
                instance: Some("abc".into()),
                state_folder: Some("/home/a/state".into()),
                started_by: Some(77),
                started_in: Some("/work".into()),
                is_bun: true,
            }
        );
        let others = ["PORTAL_INSTANCE=", "PORTAL_STATE=relative", "OPENCODE_PID=x", "PWD=", "BUN_BE_BUN=0"];
        assert_eq!(Marks::read(others.iter().map(OsStr::new)), Marks::default());
    }

    #[test]
    fn the_folder_is_the_one_that_it_works_in() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let project = root.join("project");
        std::fs::create_dir(&project).unwrap();
        let check = |role, named: Option<&str>, started_in: Option<&Path>, current: &Path, expected| {
            let recognised = Recognised { role, form: Form::Program, folder: named.map(OsString::from) };
            let marks = Marks { started_in: started_in.map(Path::to_owned), ..Marks::default() };
            assert_eq!(folder_of(&recognised, &marks, Some(current)), expected, "{role:?} {named:?} {started_in:?}");
        };
        let here = |path: &Path| Ok(Some(path.to_owned()));
        check(Role::Tui, None, None, &root, here(&root));
        check(Role::Tui, Some("project"), Some(&root), &root, here(&project));
        // It has entered it already.
        check(Role::Tui, Some("project"), Some(&root), &project, here(&project));
        check(Role::Tui, Some("."), None, &project, here(&project));
        check(Role::Tui, project.to_str(), None, Path::new("/"), here(&project));
        check(Role::Tui, Some("no-such-command"), Some(&root), &root, Err(NoSuchFolder));
        check(Role::Acp, Some("project"), Some(&root), &root, here(&project));
        check(Role::Acp, Some("gone"), Some(&root), &root, here(&root));
        check(Role::Serve, Some("project"), Some(&root), &root, here(&root));
    }
}
