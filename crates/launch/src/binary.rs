//! Finding an opencode that works.

use std::{collections::HashSet, fmt, fs, path::PathBuf, time::Duration};

use crate::{Environment, Exit};

mod native;
mod places;
mod probe;

pub(crate) use native::native_in;
use places::Candidate;
pub(crate) use places::usual_folders;
pub use probe::check_file;
pub(crate) use probe::{on_path, version_of};

/// Where to look.
#[derive(Debug, Clone)]
pub struct BinaryQuery {
    /// What the user set; nothing else is looked at then.
    pub setting: Option<PathBuf>,
    /// The environment of the login shell: its `PATH` is searched, and candidates are tried with it.
    pub environment: Environment,
    /// The home folder.
    pub home: PathBuf,
    /// Our own data folder, that [`crate::install()`] installs into.
    pub data_folder: PathBuf,
    /// The one that came with us, as last resort.
    pub pinned: Option<PathBuf>,
    /// How long a candidate may take to say its version.
    pub timeout: Duration,
}

/// An opencode that answered with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// The file to run: the native one where what was found is only a script around it.
    pub path: PathBuf,
    /// Its version.
    pub version: String,
    /// Where it was found.
    pub source: Source,
}

/// Where a candidate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The user's setting.
    Setting,
    /// The `PATH` of the login shell.
    Path,
    /// One of the places where installers put it.
    UsualPlace,
    /// Our own data folder.
    OwnFolder,
    /// The one that came with us.
    Pinned,
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// This one works.
    Found(Binary),
    /// There is some, but none works; or the one that the user set does not. Never empty.
    Broken(Vec<Rejected>),
    /// There is none in any of these places.
    Missing {
        /// What was looked for.
        searched: Vec<PathBuf>,
    },
}

/// A candidate that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The file.
    pub path: PathBuf,
    /// Where it was found.
    pub source: Source,
    /// Why it is of no use.
    pub reason: Rejection,
}

/// Why a candidate is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// It is not there.
    Missing,
    /// It is a folder or something else that is no program.
    NotAFile,
    /// Its permissions do not let us run it.
    NotExecutable,
    /// The system cannot run it.
    CannotRun {
        /// What the system said.
        message: String,
    },
    /// It says something that is no version.
    Garbage {
        /// The beginning of what it said.
        output: String,
    },
    /// It ends with an error.
    Failed {
        /// How it ended.
        exit: Exit,
        /// The beginning of what it said.
        output: String,
    },
    /// It does not answer.
    Hangs {
        /// How long it was given.
        timeout: Duration,
    },
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it does not exist"),
            Self::NotAFile => f.write_str("it is not a file"),
            Self::NotExecutable => f.write_str("it may not be executed"),
            Self::CannotRun { message } => write!(f, "the system cannot run it: {message}"),
            Self::Garbage { output } => write!(f, "it does not answer `--version` with a version but with `{output}`"),
            Self::Failed { exit, output } if output.is_empty() => write!(f, "`--version` ends with {exit}"),
            Self::Failed { exit, output } => write!(f, "`--version` ends with {exit}: {output}"),
            Self::Hangs { timeout } => write!(f, "it did not answer `--version` within {} s", timeout.as_secs_f32()),
        }
    }
}

/// Looks through all places in order and takes the first that works.
///
/// What the user set is taken at its word: when it does not work that is said, and nothing else is tried.
pub async fn find(query: &BinaryQuery) -> Search {
    find_among(places::candidates(query, &places::system_folders()), query).await
}

async fn find_among(candidates: Vec<Candidate>, query: &BinaryQuery) -> Search {
    let mut rejected = Vec::new();
    let mut tried = HashSet::new();
    for Candidate { path, source } in &candidates {
        // The same file is often reachable by several ways; a link that leads nowhere counts as itself.
        if !tried.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())) {
            continue;
        }
        match probe::probe(path, *source, query).await {
            Ok(binary) => return Search::Found(binary),
            // Most places are empty, which is no fault of theirs.
            Err(Rejected { reason: Rejection::Missing, source, .. }) if source != Source::Setting => {}
            Err(reason) => rejected.push(reason),
        }
    }
    if rejected.is_empty() {
        Search::Missing { searched: candidates.into_iter().map(|candidate| candidate.path).collect() }
    } else {
        Search::Broken(rejected)
    }
}
