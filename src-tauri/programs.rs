//! Which program opens what: a closed list of programs, each with the arguments we give it.
//!
//! A target comes from the page, and what the page shows comes from an agent. So nothing is handed to a shell, no program is named by the page, and a target is an absolute path that exists or a web address: it can never be read as an option.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bridge::messages::{OpenTarget, OpenTargetKind};
use tauri::Url;

use crate::machine::{Machine, preferred};
use crate::opening::{Opening, OpeningError, Takes};
use crate::terminals;

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

#[cfg(test)]
#[path = "programs_tests.rs"]
mod tests;
