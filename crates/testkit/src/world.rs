//! A home, its folders and a project, for one test alone.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Names the world in the environment of every process that belongs to it.
pub(crate) const MARK: &str = "PORTAL_TEST_WORLD";

/// Variables of the machine that programs cannot do without.
const INHERITED: [&str; 4] = ["PATH", "LANG", "LC_ALL", "USER"];

/// A temporary world. It deletes itself.
#[derive(Debug)]
pub struct World {
    root: TempDir,
    project: PathBuf,
}

impl World {
    /// A world with an empty project folder.
    ///
    /// # Panics
    /// If the folders cannot be made.
    pub fn new() -> Self {
        Self::with_project("project")
    }

    /// A world whose project folder has that name, which may be a strange one.
    ///
    /// # Panics
    /// If the folders cannot be made.
    pub fn with_project(name: &str) -> Self {
        let root = tempfile::Builder::new().prefix("portal-test-").tempdir().expect("a temporary folder");
        let project = root.path().join("work").join(name);
        fs::create_dir_all(&project).expect("the project folder");
        for folder in ["home", "config", "data", "state", "cache", "tmp"] {
            fs::create_dir(root.path().join(folder)).expect("a folder of the world");
        }
        Self { root, project }
    }

    /// The folder that holds everything.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// The folder for configuration.
    pub fn config(&self) -> PathBuf {
        self.root().join("config")
    }

    /// The folder for data.
    pub fn data(&self) -> PathBuf {
        self.root().join("data")
    }

    /// The folder for state.
    pub fn state(&self) -> PathBuf {
        self.root().join("state")
    }

    /// The project folder.
    pub fn project(&self) -> &Path {
        &self.project
    }

    /// Writes a file of the project.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.project.join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("its folder");
        fs::write(&path, content).expect("a file of the project");
        path
    }

    /// Reads a file of the project.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.project.join(name)).expect("a file of the project")
    }

    /// The whole environment of a process of this world: start it with a cleared one and set these.
    /// It names no network and nothing of the person who runs the test.
    pub fn environment(&self) -> Vec<(String, String)> {
        let folder = |name: &str| self.root().join(name).to_string_lossy().into_owned();
        let mut variables: Vec<(String, String)> = [
            ("HOME", folder("home")),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_DATA_HOME", folder("data")),
            ("XDG_STATE_HOME", folder("state")),
            ("XDG_CACHE_HOME", folder("cache")),
            ("TMPDIR", folder("tmp")),
            (MARK, folder("")),
            ("SHELL", "/bin/sh".to_owned()),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            // Servers of other tests run on the same machine. A test of discovery takes this away.
            ("PORTAL_DISCOVERY", "off".to_owned()),
            ("NO_PROXY", "*".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        variables.extend(INHERITED.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))));
        variables.extend(demo::environment());
        variables
    }
}

impl Drop for World {
    /// A test that failed half-way leaves what it started: its instances outlive it by design. They end here, by the mark of this world.
    fn drop(&mut self) {
        for (pid, _) in crate::processes_in(self) {
            let kill = ["-s", "KILL", &pid.to_string()].map(str::to_owned);
            let _ended = std::process::Command::new("kill").args(kill).status();
        }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
