//! What of this machine is kept from containers beside what its name tells: what the person's shell and folders say of it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::engines;
use crate::{Folders, Opencode};

/// What of this machine is kept from containers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Guarded {
    /// No container sees these.
    pub(super) secrets: Vec<PathBuf>,
    /// Folders of programs that this machine runs: no container changes these.
    pub(super) programs: Vec<PathBuf>,
    /// Sockets of all engines that there are.
    pub(super) sockets: Vec<PathBuf>,
}

impl Guarded {
    /// As it is now. Blocks nothing: links are followed by whoever looks at mounts.
    pub(super) async fn now(context: &Context) -> Self {
        let shell = context.shell.environment().await;
        let opencode = match &context.states.borrow().opencode {
            Opencode::Found { path, .. } | Opencode::Broken { path, .. } => Some(path.clone()),
            Opencode::Looking | Opencode::Missing { .. } | Opencode::Installing { .. } => None,
        };
        Self {
            secrets: secrets(&context.folders, |name| shell.get(name)),
            programs: programs(opencode.as_deref(), |name| shell.get(name)),
            sockets: engines::sockets(context).await,
        }
    }
}

/// Our own folders, opencode's beside them or where the shell says, and what programs with secrets are told by it.
fn secrets<'a>(folders: &Folders, variable: impl Fn(&str) -> Option<&'a OsStr>) -> Vec<PathBuf> {
    let named = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let ours = [&folders.config, &folders.state, &folders.data];
    let beside = ours.into_iter().filter_map(|folder| folder.parent()).map(Path::to_path_buf);
    let told = ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"].into_iter().filter_map(named);
    let opencodes = beside.chain(told).map(|folder| folder.join("opencode"));
    let tools = ["DOCKER_CONFIG", "GNUPGHOME"].into_iter().filter_map(named);
    let kubernetes =
        variable("KUBECONFIG").into_iter().flat_map(std::env::split_paths).filter(|path| path.is_absolute());
    let cargo =
        named("CARGO_HOME").into_iter().flat_map(|home| [home.join("credentials.toml"), home.join("credentials")]);
    ours.into_iter().cloned().chain(opencodes).chain(tools).chain(kubernetes).chain(cargo).collect()
}

/// Where the login shell looks for programs, and where the opencode is that runs outside of containers.
fn programs<'a>(opencode: Option<&Path>, variable: impl Fn(&str) -> Option<&'a OsStr>) -> Vec<PathBuf> {
    let path = variable("PATH").into_iter().flat_map(std::env::split_paths);
    let cargo = variable("CARGO_HOME").map(|home| Path::new(home).join("bin"));
    let opencode = opencode.and_then(Path::parent).map(Path::to_path_buf);
    path.chain(cargo).chain(opencode).filter(|path| path.is_absolute()).collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::{Path, PathBuf};

    use super::{programs, secrets};
    use crate::Folders;

    fn shell(name: &str) -> Option<&'static OsStr> {
        let value = match name {
            "PATH" => "/home/ana/tools/bin:relative::/usr/bin",
            "XDG_DATA_HOME" => "/data/ana",
            "XDG_CONFIG_HOME" => "not/absolute",
            "DOCKER_CONFIG" => "/srv/docker-config",
            "GNUPGHOME" => "/srv/gnupg",
            "KUBECONFIG" => "/srv/kube/one:/srv/kube/two",
            "CARGO_HOME" => "/srv/cargo",
            _ => return None,
        };
        Some(OsStr::new(value))
    }

    #[test]
    fn what_the_shell_names_is_secret_beside_our_folders_and_opencodes() {
        let folders = Folders {
            home: "/home/ana".into(),
            config: "/cfg/opencode-portal".into(),
            data: "/dat/opencode-portal".into(),
            state: "/sta/opencode-portal".into(),
            pinned_opencode: None,
        };
        let expected = [
            "/cfg/opencode-portal",
            "/sta/opencode-portal",
            "/dat/opencode-portal",
            "/cfg/opencode",
            "/sta/opencode",
            "/dat/opencode",
            "/data/ana/opencode",
            "/srv/docker-config",
            "/srv/gnupg",
            "/srv/kube/one",
            "/srv/kube/two",
            "/srv/cargo/credentials.toml",
            "/srv/cargo/credentials",
        ];
        assert_eq!(secrets(&folders, shell), expected.map(PathBuf::from));
        assert_eq!(secrets(&folders, |_| None), expected[..6].iter().map(PathBuf::from).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_looked_for_programs_is_not_changed() {
        let opencode = Path::new("/home/ana/.opencode/bin/opencode");
        let expected = ["/home/ana/tools/bin", "/usr/bin", "/srv/cargo/bin", "/home/ana/.opencode/bin"];
        assert_eq!(programs(Some(opencode), shell), expected.map(PathBuf::from));
        assert_eq!(programs(None, |_| None), Vec::<PathBuf>::new());
    }
}
