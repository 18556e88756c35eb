//! Which program opens what: a closed list of programs, each with the arguments we give it.
//!
//! A target comes from the page, and what the page shows comes from an agent. So nothing is handed to a shell, no program is named by the page, and a target is an absolute path that exists or a web address: it can never be read as an option.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bridge::messages::{OpenTarget, OpenTargetKind};
use tauri::Url;

use crate::terminals;

/// A program to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Absolute path.
    pub program: PathBuf,
    /// Its arguments, one by one.
    pub arguments: Vec<OsString>,
    /// Where it starts.
    pub folder: Option<PathBuf>,
}

/// Why nothing was opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// Not an absolute path.
    #[error("`{target}` is not an absolute path")]
    NotAbsolute {
        /// What was given.
        target: String,
    },
    /// Nothing is there.
    #[error("There is nothing at `{target}`")]
    NotThere {
        /// What was given.
        target: String,
    },
    /// Not an address that we open.
    #[error("`{target}` is not a web address")]
    NotAnAddress {
        /// What was given.
        target: String,
    },
    /// Not a command that we run in a terminal.
    #[error("`{command}` is nothing that is run in a terminal")]
    NotACommand {
        /// What was given.
        command: String,
    },
    /// None of the programs that we know is installed.
    #[error("No {what} was found")]
    NoProgram {
        /// `editor`, `terminal`, `docker`, …
        what: &'static str,
        /// The programs looked for.
        known: String,
    },
}

/// What the machine offers.
pub struct Machine<'a> {
    /// The person's choice: `VISUAL`, `EDITOR`, `TERMINAL`. Taken only if it is on our list.
    pub chosen: &'a [String],
    /// The absolute path of a program, if it is installed.
    pub find: &'a dyn Fn(&str) -> Option<PathBuf>,
}

/// How a program takes its target.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// As its one argument.
    Target,
    /// As its one argument, but only files.
    File,
    /// After these arguments.
    After(&'static [&'static str]),
    /// As the end of this argument.
    Joined(&'static str),
    /// As the folder that it starts in.
    Folder,
}

/// Editors with a window of their own, the ones that open folders first.
const EDITORS: &[(&str, Takes)] = &[
    ("code", Takes::Target),
    ("codium", Takes::Target),
    ("code-insiders", Takes::Target),
    ("cursor", Takes::Target),
    ("windsurf", Takes::Target),
    ("zed", Takes::Target),
    ("zeditor", Takes::Target),
    ("subl", Takes::Target),
    ("idea", Takes::Target),
    ("kate", Takes::Target),
    ("gnome-text-editor", Takes::File),
    ("gedit", Takes::File),
    ("xed", Takes::File),
    ("pluma", Takes::File),
    ("mousepad", Takes::File),
    ("kwrite", Takes::File),
];

/// The system's own opener.
#[cfg(target_os = "macos")]
const OPENERS: &[(&str, Takes)] = &[("open", Takes::Target)];
#[cfg(target_os = "windows")]
const OPENERS: &[(&str, Takes)] = &[("explorer", Takes::Target)];
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
const OPENERS: &[(&str, Takes)] = &[("xdg-open", Takes::Target), ("gio", Takes::After(&["open"]))];

/// On macOS a terminal is opened by its name.
#[cfg(target_os = "macos")]
const TERMINAL_FALLBACK: &[(&str, Takes)] = &[("open", Takes::After(&["-a", "Terminal"]))];
#[cfg(not(target_os = "macos"))]
const TERMINAL_FALLBACK: &[(&str, Takes)] = &[];

/// What is to be started to open this target on this machine.
pub fn opening(target: &OpenTarget, machine: &Machine<'_>) -> Result<Opening, OpeningError> {
    match target.with {
        OpenTargetKind::Browser => {
            let address = address(&target.target)?;
            first("browser", OPENERS, machine, address.as_str().as_ref(), None)
        }
        OpenTargetKind::Files => {
            let folder = folder_of(existing(&target.target)?);
            first("file manager", OPENERS, machine, &folder, None)
        }
        OpenTargetKind::Terminal => {
            let folder = folder_of(existing(&target.target)?);
            let known = terminals::in_folder(machine.chosen);
            first("terminal", &known, machine, &folder, Some(&folder)).or_else(|error| {
                first("terminal", TERMINAL_FALLBACK, machine, &folder, Some(&folder)).map_err(|_| error)
            })
        }
        OpenTargetKind::Editor => {
            let path = existing(&target.target)?;
            let mut known = preferred(EDITORS, machine.chosen);
            if path.is_dir() {
                known.retain(|(_, takes)| !matches!(takes, Takes::File));
            }
            first("editor", &known, machine, &path, None)
        }
    }
}

fn existing(target: &str) -> Result<PathBuf, OpeningError> {
    let path = PathBuf::from(target);
    if !path.is_absolute() {
        return Err(OpeningError::NotAbsolute { target: target.to_owned() });
    }
    if !path.exists() {
        return Err(OpeningError::NotThere { target: target.to_owned() });
    }
    Ok(path)
}

fn folder_of(path: PathBuf) -> PathBuf {
    if path.is_dir() {
        return path;
    }
    path.parent().map_or_else(|| path.clone(), Path::to_path_buf)
}

fn address(target: &str) -> Result<Url, OpeningError> {
    let error = || OpeningError::NotAnAddress { target: target.to_owned() };
    let url = Url::parse(target).map_err(|_| error())?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        "mailto" => Ok(url),
        _ => Err(error()),
    }
}

/// The list with the person's own choice first, if the list has it.
pub fn preferred<T: Copy>(known: &[(&'static str, T)], chosen: &[String]) -> Vec<(&'static str, T)> {
    let chosen: Vec<_> =
        chosen.iter().filter_map(|choice| Path::new(choice.split_whitespace().next()?).file_name()?.to_str()).collect();
    let (mut first, rest): (Vec<_>, Vec<_>) = known.iter().copied().partition(|(name, _)| chosen.contains(name));
    first.extend(rest);
    first
}

fn first(
    what: &'static str,
    known: &[(&'static str, Takes)],
    machine: &Machine<'_>,
    target: &Path,
    folder: Option<&Path>,
) -> Result<Opening, OpeningError> {
    for (name, takes) in known {
        let Some(program) = (machine.find)(name) else {
            continue;
        };
        let target = target.as_os_str();
        let arguments = match takes {
            Takes::Target | Takes::File => vec![target.to_owned()],
            Takes::After(before) => before.iter().map(OsString::from).chain([target.to_owned()]).collect(),
            Takes::Joined(start) => {
                let mut argument = OsString::from(start);
                argument.push(target);
                vec![argument]
            }
            Takes::Folder => Vec::new(),
        };
        return Ok(Opening { program, arguments, folder: folder.map(Path::to_path_buf) });
    }
    let known = known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    Err(OpeningError::NoProgram { what, known })
}

/// The absolute path of a program in the folders of `PATH`.
pub fn find_in(path: &std::ffi::OsStr, name: &str) -> Option<PathBuf> {
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

#[cfg(test)]
#[path = "programs_tests.rs"]
mod tests;
