//! Where the fleet keeps its files. Handed in, never looked up deeper down.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// The folders of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// The home folder; the registry is directly in it.
    pub home: PathBuf,
    /// Settings.
    pub config: PathBuf,
    /// An opencode that we installed, histories, what is kept of instances that are asleep.
    pub data: PathBuf,
    /// Records of instances, their logs, locks.
    pub state: PathBuf,
    /// The pinned opencode beside the app's sources, if there is one.
    pub pinned_opencode: Option<PathBuf>,
}

/// The name of our folder in each of the platform's.
const OURS: &str = "opencode-portal";

impl Folders {
    /// The platform's folders of the user who runs us; `HOME` and `XDG_*` are honoured. None: there is no home folder.
    pub fn of_this_user() -> Option<Self> {
        let base = etcetera::choose_base_strategy().ok()?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir().join("state"));
        Some(Self {
            home: base.home_dir().to_path_buf(),
            config: base.config_dir().join(OURS),
            data: base.data_dir().join(OURS),
            state: state.join(OURS),
            pinned_opencode: None,
        })
    }

    /// The registry that we share with other programs.
    pub fn registry(&self) -> PathBuf {
        self.home.join(".portal.json")
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.config.join("settings.json")
    }

    /// One record file for each instance that we own.
    pub fn records(&self) -> PathBuf {
        self.state.join("instances")
    }

    /// One profile file for each instance that is run or shown in its own way.
    pub fn profiles(&self) -> PathBuf {
        self.config.join("profiles")
    }

    /// The file that names what ran last.
    pub fn last_fleet(&self) -> PathBuf {
        self.state.join("last-fleet.json")
    }

    /// What happened to each instance.
    pub fn history(&self) -> PathBuf {
        self.data.join("history")
    }

    /// What is needed to read the sessions of instances that are asleep.
    pub fn kept(&self) -> PathBuf {
        self.data.join("kept")
    }

    /// Lock files, one for each directory that is being started.
    pub fn locks(&self) -> PathBuf {
        self.state.join("locks")
    }

    /// Where an opencode is tried before instances get it; what is in there is thrown away.
    pub fn trials(&self) -> PathBuf {
        self.state.join("trials")
    }

    /// Output of instances, and our own.
    pub fn logs(&self) -> PathBuf {
        self.state.join("logs")
    }
}
