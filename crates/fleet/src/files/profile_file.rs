//! The profile files: `<config>/profiles/ID.json`, one for each instance that is run or shown in its own way.
//!
//! JSON with a version, for the user alone. What a newer version has written is kept; what makes no sense is put aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use opencode_api::Port;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::atomic::{self, Durability};
use super::place_file::PlaceFile;
use crate::{InstanceId, LogLevel, Profile, RestartPolicy, SleepRule};

const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct ProfileFile {
    version: u64,
    #[serde(default, skip_serializing_if = "PlaceFile::is_usual")]
    place: PlaceFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binary: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<String>,
    /// Pairs, so that their order is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    environment: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    config: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permission: Option<String>,
    #[serde(default)]
    restart: RestartFile,
    #[serde(default)]
    sleep: SleepFile,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory_budget_mib: Option<u32>,
    #[serde(default)]
    log_level: LevelFile,
    #[serde(default)]
    pinned: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// What a newer version has written and we do not know.
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RestartFile {
    #[default]
    Never,
    OnFailure,
    Always,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SleepFile {
    #[default]
    Default,
    Never,
    AfterMinutes(u32),
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LevelFile {
    Debug,
    #[default]
    Info,
    Warn,
    Error,
}

/// Where the profile of an instance is.
pub(crate) fn path(folder: &Path, id: &InstanceId) -> PathBuf {
    folder.join(format!("{id}.json"))
}

/// The profile files that there are now, with the ids of their instances; none where there is no folder yet.
pub(crate) fn paths(folder: &Path) -> io::Result<Vec<(InstanceId, PathBuf)>> {
    let with_id = |path: PathBuf| Some((InstanceId::from(path.file_stem()?.to_str()?.to_owned()), path));
    Ok(super::record_file::paths(folder)?.into_iter().filter_map(with_id).collect())
}

/// Reads a profile. An error of kind `InvalidData`: it makes no sense.
pub(crate) fn read(path: &Path) -> io::Result<Profile> {
    let file: ProfileFile = serde_json::from_slice(&fs::read(path)?)
        // Its message could show a value.
        .map_err(|error| invalid(&format!("line {}, column {}", error.line(), error.column())))?;
    Profile::try_from(file).map_err(invalid)
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Puts a file that makes no sense aside, under a name that no earlier one has.
pub(crate) fn put_aside(path: &Path, now_ms: u64) -> io::Result<PathBuf> {
    let copy = atomic::back_up_corrupt(path, now_ms)?;
    fs::remove_file(path)?;
    Ok(copy)
}

/// Writes a profile.
pub(crate) fn write(folder: &Path, id: &InstanceId, profile: &Profile) -> io::Result<()> {
    let path = path(folder, id);
    let before = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<ProfileFile>(&bytes).ok());
    let mut file = ProfileFile::from(profile);
    if let Some(before) = before {
        file.version = before.version.max(VERSION);
        file.others = before.others;
    }
    let text = serde_json::to_vec_pretty(&file).map_err(io::Error::other)?;
    atomic::write(&path, &text, Durability::Synced)
}

/// Removes a profile; well if there is none.
pub(crate) fn remove(folder: &Path, id: &InstanceId) -> io::Result<()> {
    super::well_if_gone(fs::remove_file(path(folder, id)))
}

impl From<&Profile> for ProfileFile {
    fn from(profile: &Profile) -> Self {
        Self {
            version: VERSION,
            place: (&profile.place).into(),
            port: profile.port.map(Port::get),
            hostname: profile.hostname.clone(),
            binary: profile.binary.clone(),
            arguments: profile.arguments.clone(),
            environment: profile.environment.clone(),
            config: profile.config.clone(),
            permission: profile.permission.clone(),
            restart: match profile.restart {
                RestartPolicy::Never => RestartFile::Never,
                RestartPolicy::OnFailure => RestartFile::OnFailure,
                RestartPolicy::Always => RestartFile::Always,
            },
            sleep: match profile.sleep {
                SleepRule::Default => SleepFile::Default,
                SleepRule::Never => SleepFile::Never,
                SleepRule::After { minutes } => SleepFile::AfterMinutes(minutes),
            },
            memory_budget_mib: profile.memory_budget_mib,
            log_level: match profile.log_level {
                LogLevel::Debug => LevelFile::Debug,
                LogLevel::Info => LevelFile::Info,
                LogLevel::Warn => LevelFile::Warn,
                LogLevel::Error => LevelFile::Error,
            },
            pinned: profile.is_pinned,
            group: profile.group.clone(),
            others: Map::new(),
        }
    }
}

impl TryFrom<ProfileFile> for Profile {
    type Error = &'static str;

    fn try_from(file: ProfileFile) -> Result<Self, Self::Error> {
        Ok(Self {
            place: file.place.into(),
            port: file.port.map(|port| Port::new(port).ok_or("the port is 0")).transpose()?,
            hostname: file.hostname,
            binary: file.binary,
            arguments: file.arguments,
            environment: file.environment,
            config: file.config,
            permission: file.permission,
            restart: match file.restart {
                RestartFile::Never => RestartPolicy::Never,
                RestartFile::OnFailure => RestartPolicy::OnFailure,
                RestartFile::Always => RestartPolicy::Always,
            },
            sleep: match file.sleep {
                SleepFile::Default => SleepRule::Default,
                SleepFile::Never => SleepRule::Never,
                SleepFile::AfterMinutes(minutes) => SleepRule::After { minutes: minutes.max(1) },
            },
            memory_budget_mib: file.memory_budget_mib,
            log_level: match file.log_level {
                LevelFile::Debug => LogLevel::Debug,
                LevelFile::Info => LogLevel::Info,
                LevelFile::Warn => LogLevel::Warn,
                LevelFile::Error => LogLevel::Error,
            },
            is_pinned: file.pinned,
            group: file.group,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{path, paths, put_aside, read, remove, write};
    use crate::{
        DockerPlace, InstanceId, LogLevel, Mount, Network, Pass, Place, Port, Profile, RestartPolicy, SleepRule,
        SshPlace,
    };

    fn full() -> Profile {
        Profile {
            place: Place::default(),
            port: Port::new(4100),
            hostname: Some("0.0.0.0".to_owned()),
            binary: Some("/opt/opencode".into()),
            arguments: vec!["--pure".to_owned()],
            environment: vec![("Z".to_owned(), "1".to_owned()), ("A_KEY".to_owned(), "hunter2".to_owned())],
            config: Some("{}".to_owned()),
            permission: Some("\"ask\"".to_owned()),
            restart: RestartPolicy::OnFailure,
            sleep: SleepRule::After { minutes: 7 },
            memory_budget_mib: Some(900),
            log_level: LogLevel::Warn,
            is_pinned: true,
            group: Some("work".to_owned()),
        }
    }

    fn container() -> Place {
        Place::Docker(DockerPlace {
            engine: Some("colima".to_owned()),
            image: Some("mine:1".to_owned()),
            memory_mib: Some(2048),
            cpu_percent: Some(150),
            pids: Some(99),
            network: Network::Named("lab".to_owned()),
            mounts: vec![Mount { path: "/data".into(), target: Some("/in".into()), is_writable: true }],
            user: Some("1000:1000".to_owned()),
            pass: Pass { auth: true, git: true, ssh_agent: true, variables: vec!["LANG".to_owned()] },
        })
    }

    #[test]
    fn reads_what_it_writes_and_keeps_what_it_does_not_know() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let id = InstanceId::from("abcd1234");
        let ssh = Place::Ssh(SshPlace { host: "me@build".to_owned(), stays: true });
        let places = [container(), ssh].map(|place| Profile { place, ..full() });
        for profile in [full(), Profile::default()].into_iter().chain(places) {
            write(folder.path(), &id, &profile).unwrap();
            assert_eq!(read(&path(folder.path(), &id)).unwrap(), profile);
        }
        let path = path(folder.path(), &id);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, r#"{"version":3,"group":"a","shape":"round"}"#).unwrap();
        assert_eq!(read(&path).unwrap().group.as_deref(), Some("a"));
        write(folder.path(), &id, &full()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(r#""shape": "round""#) && text.contains(r#""version": 3"#), "{text}");
        assert_eq!(paths(folder.path()).unwrap(), [(id.clone(), path)]);
        remove(folder.path(), &id).unwrap();
        remove(folder.path(), &id).unwrap();
        assert!(paths(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_put_aside_and_shows_no_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        for text in [
            "",
            "{",
            r#"{"version":1,"port":0}"#,
            r#"{"version":1,"environment":["hunter2"]}"#,
            r#"{"version":1,"log_level":"hunter2"}"#,
        ] {
            std::fs::write(&path, text).unwrap();
            let error = read(&path).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{text}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let copy = put_aside(&path, 7).unwrap();
        assert!(!path.exists() && copy.exists());
    }
}
