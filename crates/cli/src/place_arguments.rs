//! Where an instance is to run, as typed: a process of this machine, a container, or another machine.
//!
//! Pure but for paths, which are made absolute here: nobody else knows the directory that the person is in.

use bridge::messages::{DockerPlaceView, MountView, NetworkView, PlaceView, SshPlaceView};
use clap::Args;

use crate::output::Trouble;

/// Takes all of a list back.
const NONE: &str = "none";

/// Where an instance runs. The kind of place never changes for an instance that there is: another one is started beside it.
#[derive(Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Where it runs; a process of this machine unless one of these says otherwise")]
pub(crate) struct PlaceArguments {
    /// In a container, which sees the directory and what is given here, and nothing else of this machine
    #[arg(long, conflicts_with_all = ["all", "ssh"])]
    docker: bool,
    /// The container's image; else ours, which is built when it is not there. Empty: ours again
    #[arg(long, conflicts_with_all = ["all", "ssh"])]
    image: Option<String>,
    /// Get the container's image again before it starts: pull it, or build ours anew; if it is another one, so is the container
    #[arg(long, conflicts_with_all = ["all", "ssh"])]
    pull: bool,
    /// The engine: the name of a Docker context or an address; else the usual one (`portal engines` lists them)
    #[arg(long, value_name = "NAME", conflicts_with_all = ["all", "ssh"])]
    engine: Option<String>,
    /// The processor time that the container may use, in cores, such as 1.5; 0: no limit
    #[arg(long, value_name = "CORES", value_parser = cpu_percent, conflicts_with_all = ["all", "ssh"])]
    cpus: Option<u32>,
    /// How many processes and threads the container may have; 0: our own limit
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["all", "ssh"])]
    pids: Option<u32>,
    /// What the container reaches: everything, nothing, or what one of your networks does
    #[arg(long, value_name = "on|off|none|NAME", conflicts_with_all = ["all", "ssh"])]
    network: Option<String>,
    /// A path of this machine that the container sees, too, read-only unless `:rw` follows; may be repeated, replaces those before; `none`: none
    #[arg(long = "mount", value_name = "PATH[:TARGET][:ro|:rw]", conflicts_with_all = ["all", "ssh"])]
    mounts: Vec<String>,
    /// As whom it runs in the container; else as you. Empty: as you again
    #[arg(long, value_name = "UID:GID", value_parser = user, conflicts_with_all = ["all", "ssh"])]
    user: Option<String>,
    /// What of yours the container gets: opencode's keys of model providers, git's name and address, the SSH agent, a variable by name; may be repeated, replaces those before; `none`: nothing
    #[arg(long = "pass", value_name = "auth|git|ssh-agent|VARIABLE", value_parser = passed, conflicts_with_all = ["all", "ssh"])]
    passed: Vec<Passed>,
    /// On another machine, as `ssh` takes it: a host of `~/.ssh/config` or `user@host`. The directory is one of that machine
    #[arg(long, value_name = "HOST", conflicts_with = "all")]
    ssh: Option<String>,
    /// The server on the other machine goes on when instances are stopped at the end of the app; `--stays=no` takes that back
    #[arg(long, value_name = "yes|no", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = yes_or_no, conflicts_with_all = ["all", "docker"])]
    stays: Option<bool>,
}

/// Something of the person's that a container gets.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Passed {
    Nothing,
    Auth,
    Git,
    SshAgent,
    Variable(String),
}

/// The kind of place that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    /// Nothing was: as it is run so far on this machine.
    Anything,
    /// A container.
    Container,
    /// That other machine.
    Host(&'a str),
}

impl PlaceArguments {
    /// The kind of place that was asked for.
    pub(crate) fn asked(&self) -> Asked<'_> {
        match &self.ssh {
            Some(host) => Asked::Host(host.trim()),
            None if self.docker || self.first_of_container().is_some() => Asked::Container,
            None => Asked::Anything,
        }
    }

    /// Whether the image of its container is to be got again.
    pub(crate) fn gets_image_again(&self) -> bool {
        self.pull
    }

    /// The engine that was typed, which may be one that an instance names otherwise; empty is as if nothing was.
    pub(crate) fn engine_mut(&mut self) -> Option<&mut String> {
        self.engine.as_mut().filter(|engine| !engine.trim().is_empty())
    }

    /// Whether an instance that runs in this place can be the one that is meant. What was not typed may be anything of this machine:
    /// the same path of another one is another directory.
    pub(crate) fn can_mean(&self, place: &PlaceView) -> bool {
        match (self.asked(), place) {
            (Asked::Anything, place) => !matches!(place, PlaceView::Ssh(_)),
            (Asked::Container, PlaceView::Docker(docker)) => {
                let is_open = |engine: &&String| !engine.trim().is_empty();
                self.engine.as_ref().filter(is_open).is_none_or(|engine| Some(engine) == docker.engine.as_ref())
            }
            (Asked::Host(host), PlaceView::Ssh(ssh)) => host == ssh.host,
            (Asked::Container | Asked::Host(_), _) => false,
        }
    }

    /// The place that is known, changed by what was typed.
    pub(crate) fn over(self, known: &PlaceView) -> Result<PlaceView, Trouble> {
        match (self.asked(), known) {
            (Asked::Host(host), _) if host.is_empty() || host.starts_with('-') => {
                Err(Trouble::typed_wrong(format!("`{host}` is no host; give it as `ssh` takes it")))
            }
            (Asked::Host(host), known) => {
                let stays = self.stays.unwrap_or(matches!(known, PlaceView::Ssh(ssh) if ssh.stays));
                Ok(PlaceView::Ssh(SshPlaceView { host: host.to_owned(), stays }))
            }
            _ if self.stays.is_some() => {
                Err(Trouble::typed_wrong("`--stays` is about another machine; give `--ssh HOST`, too"))
            }
            (Asked::Anything, known) => Ok(known.clone()),
            (Asked::Container, PlaceView::Docker(docker)) => self.container_over(docker.clone()).map(PlaceView::Docker),
            (Asked::Container, _) if self.docker => {
                self.container_over(DockerPlaceView::default()).map(PlaceView::Docker)
            }
            (Asked::Container, _) => {
                let option = self.first_of_container().expect("a container was asked for by an option");
                Err(Trouble::typed_wrong(format!("`{option}` is about a container; give `--docker`, too")))
            }
        }
    }

    fn container_over(self, mut docker: DockerPlaceView) -> Result<DockerPlaceView, Trouble> {
        let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        // One that is there stays at its engine: empty takes nothing back.
        docker.engine = self.engine.and_then(given).or(docker.engine);
        if let Some(image) = self.image {
            docker.image = given(image);
        }
        if let Some(user) = self.user {
            docker.user = given(user);
        }
        docker.cpu_percent = limit(self.cpus, docker.cpu_percent);
        docker.pids = limit(self.pids, docker.pids);
        if let Some(network) = self.network {
            docker.network = network_of(&network);
        }
        if !self.mounts.is_empty() {
            let mounts = self.mounts.iter().filter(|mount| *mount != NONE);
            docker.mounts = mounts.map(|mount| mount_of(mount)).collect::<Result<_, _>>()?;
        }
        if !self.passed.is_empty() {
            docker.passes_auth = self.passed.contains(&Passed::Auth);
            docker.passes_git = self.passed.contains(&Passed::Git);
            docker.passes_ssh_agent = self.passed.contains(&Passed::SshAgent);
            let variable = |passed| if let Passed::Variable(name) = passed { Some(name) } else { None };
            docker.passes_variables = self.passed.into_iter().filter_map(variable).collect();
        }
        Ok(docker)
    }

    /// The first option that was typed and that only containers have.
    fn first_of_container(&self) -> Option<&'static str> {
        [
            ("--image", self.image.is_some()),
            ("--pull", self.pull),
            ("--engine", self.engine.is_some()),
            ("--cpus", self.cpus.is_some()),
            ("--pids", self.pids.is_some()),
            ("--network", self.network.is_some()),
            ("--mount", !self.mounts.is_empty()),
            ("--user", self.user.is_some()),
            ("--pass", !self.passed.is_empty()),
        ]
        .into_iter()
        .find_map(|(option, is_given)| is_given.then_some(option))
    }
}

/// What was typed, with 0 for none; or what is known.
pub(crate) fn limit(typed: Option<u32>, known: Option<u32>) -> Option<u32> {
    typed.or(known).filter(|limit| *limit > 0)
}

fn network_of(typed: &str) -> NetworkView {
    match typed.trim() {
        "on" => NetworkView::On,
        "off" | NONE => NetworkView::Off,
        name => NetworkView::Named { name: name.to_owned() },
    }
}

/// `PATH`, `PATH:TARGET`, and either with `:rw` or `:ro`.
fn mount_of(typed: &str) -> Result<MountView, Trouble> {
    let wrong = |why: &str| Trouble::typed_wrong(format!("`--mount {typed}` {why}"));
    let (paths, is_writable) = match typed.rsplit_once(':') {
        Some((paths, "rw")) => (paths, true),
        Some((paths, "ro")) => (paths, false),
        _ => (typed, false),
    };
    let (path, target) = match paths.split_once(':') {
        Some((path, target)) => (path, Some(target)),
        None => (paths, None),
    };
    if path.is_empty() || target.is_some_and(|target| target.is_empty() || target.contains(':')) {
        return Err(wrong("is not understood; give `PATH`, `PATH:TARGET` or `PATH:TARGET:rw`"));
    }
    if target.is_some_and(|target| !target.starts_with('/')) {
        return Err(wrong("has a target that does not begin with `/`"));
    }
    let path = if path == "~" || path.starts_with("~/") {
        path.to_owned()
    } else {
        let whole = std::path::absolute(path).map_err(|_| wrong("names no path"))?;
        whole.into_os_string().into_string().map_err(|_| wrong("is not UTF-8"))?
    };
    Ok(MountView { path, target: target.map(ToOwned::to_owned), is_writable })
}

/// Cores as percent of one.
fn cpu_percent(typed: &str) -> Result<u32, String> {
    const MOST: f64 = 1_024.0;
    let cores: f64 = typed.parse().map_err(|_| "give a number of cores, such as 2 or 1.5".to_owned())?;
    if !(0.0..=MOST).contains(&cores) {
        return Err(format!("give a number of cores from 0 to {MOST}"));
    }
    if cores > 0.0 && cores < 0.01 {
        return Err("give 0.01 cores at least".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 102,400")]
    Ok((cores * 100.0).round() as u32)
}

fn user(typed: &str) -> Result<String, String> {
    // A sign before it is a number for Rust, and none for an engine.
    let is_number = |text: &str| text.parse::<u32>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_right = match typed.split_once(':') {
        Some((user, group)) => is_number(user) && is_number(group),
        None => typed.is_empty(),
    };
    if is_right { Ok(typed.to_owned()) } else { Err("give numbers, `UID:GID`, such as 1000:1000".to_owned()) }
}

fn yes_or_no(typed: &str) -> Result<bool, String> {
    match typed {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("give `yes` or `no`".to_owned()),
    }
}

fn passed(typed: &str) -> Result<Passed, String> {
    match typed {
        NONE => Ok(Passed::Nothing),
        "auth" => Ok(Passed::Auth),
        "git" => Ok(Passed::Git),
        "ssh-agent" => Ok(Passed::SshAgent),
        name if is_variable(name) => Ok(Passed::Variable(name.to_owned())),
        name if name.contains('=') => {
            Err("a variable is passed by its name alone; `--env NAME=VALUE` sets one".to_owned())
        }
        _ => Err("give `auth`, `git`, `ssh-agent` or the name of a variable".to_owned()),
    }
}

fn is_variable(name: &str) -> bool {
    name.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
#[path = "place_arguments_tests.rs"]
mod tests;
