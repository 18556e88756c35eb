//! The programs of this machine: where they are, and which of them the person likes best.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What the machine offers.
pub struct Machine<'a> {
    /// The person's choice: `VISUAL`, `EDITOR`, `TERMINAL`. Taken only if it is on our list.
    pub chosen: &'a [String],
    /// The absolute path of a program, if it is installed.
    pub find: &'a dyn Fn(&str) -> Option<PathBuf>,
}

/// The list with the person's own choice first, if the list has it.
pub fn preferred<T: Copy>(known: &[(&'static str, T)], chosen: &[String]) -> Vec<(&'static str, T)> {
    let chosen: Vec<_> =
        chosen.iter().filter_map(|choice| Path::new(choice.split_whitespace().next()?).file_name()?.to_str()).collect();
    let (mut first, rest): (Vec<_>, Vec<_>) = known.iter().copied().partition(|(name, _)| chosen.contains(name));
    first.extend(rest);
    first
}

/// The absolute path of a program in the folders of `PATH`.
pub fn find_in(path: &OsStr, name: &str) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| {
            let plain = folder.join(name);
            [plain.clone(), plain.with_extension("exe"), plain.with_extension("cmd")]
        })
        .find(|candidate| is_program(candidate))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.extension().is_some() && path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_on_the_path() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (plain, program) = (folder.path().join("plain"), folder.path().join("program"));
        for path in [&plain, &program] {
            std::fs::write(path, "").unwrap();
        }
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::join_paths([Path::new("relative"), Path::new("/no/such"), folder.path()]).unwrap();
        assert_eq!(find_in(&path, "program"), Some(program));
        assert_eq!(find_in(&path, "plain"), None);
        assert_eq!(find_in(&path, "missing"), None);
    }
}
