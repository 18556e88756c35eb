//! Instances of others, really started, really found. Each test looks only at what is in its own world.

mod addresses;
#[cfg(target_os = "linux")]
mod announced;
mod changed;
mod locked;
mod orphans;
mod processes;
mod remote;
mod written;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use fleet::{AtQuit, Discovery, Fleet, Instance, InstanceState, Options, Owner};
use testkit::{World, eventually, no_process_left, opencode_binary, processes_in};

use crate::support::{PATIENCE, choose_binary, folders};

/// A world in which somebody else starts servers, and a fleet that looks for them.
struct Field {
    world: World,
    fleet: Option<Fleet>,
}

/// A program that somebody else has started.
struct Foreign {
    child: Child,
    directory: PathBuf,
}

impl Field {
    async fn new() -> Self {
        let world = World::new();
        choose_binary(&world, &opencode_binary());
        let fleet = open_eyes(&world).await;
        Self { world, fleet: Some(fleet) }
    }

    fn fleet(&self) -> &Fleet {
        self.fleet.as_ref().expect("it is open")
    }

    /// Another folder to work in.
    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.world.root().join("work").join(name);
        fs::create_dir_all(&folder).unwrap();
        folder.canonicalize().unwrap()
    }

    /// Somebody starts a program in that folder.
    fn start(&self, folder: &str, mut command: Command) -> Foreign {
        let directory = self.folder(folder);
        let log = fs::File::create(self.world.root().join(format!("{folder}.log"))).unwrap();
        let own: Vec<_> =
            command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
        let child = command
            .current_dir(&directory)
            .env_clear()
            .envs(self.world.environment())
            .env("TERM", "xterm")
            // A database of its own: several that make a new one together at first disturb each other.
            .env("XDG_DATA_HOME", self.world.root().join("data-of").join(folder))
            .envs(own)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Foreign { child, directory }
    }

    /// The instances in a folder.
    fn all_in(&self, directory: &Path) -> Vec<Arc<Instance>> {
        let state = self.fleet().state();
        state.instances.values().filter(|instance| instance.directory == directory).cloned().collect()
    }

    /// The one instance in a folder, once it is so.
    async fn sees(&self, directory: &Path, is_so: impl Fn(&Instance) -> bool) -> Arc<Instance> {
        let seen = testkit::within(PATIENCE, async || {
            let all = self.all_in(directory);
            all.iter().find(|instance| is_so(instance)).cloned()
        })
        .await;
        let Some(seen) = seen else {
            // Not those of other tests.
            let state = self.fleet().state();
            let root = self.world.root();
            let ours: Vec<_> =
                state.instances.values().filter(|instance| instance.directory.starts_with(root)).collect();
            let name = directory.file_name().unwrap().to_string_lossy();
            let log = fs::read_to_string(self.world.root().join(format!("{name}.log"))).unwrap_or_default();
            panic!("{}: {ours:#?}, {:?}, {log}", directory.display(), processes_in(&self.world))
        };
        assert_eq!(self.all_in(directory).len(), 1, "{:#?}", self.all_in(directory));
        seen
    }

    async fn sees_ready(&self, foreign: &Foreign) -> Arc<Instance> {
        self.sees(&foreign.directory, |instance| instance.state == InstanceState::Ready).await
    }

    /// Nothing is shown in a folder any more.
    async fn is_rid_of(&self, directory: &Path) {
        eventually("it is gone from the list", PATIENCE, async || self.all_in(directory).is_empty().then_some(()))
            .await;
    }

    /// The fleet ends what is ours, and is opened again.
    async fn reopen(&mut self) {
        self.close().await;
        self.fleet = Some(open_eyes(&self.world).await);
    }

    async fn close(&mut self) {
        if let Some(fleet) = self.fleet.take() {
            fleet.shut_down(AtQuit::Stop).await;
        }
    }

    /// Everything ends, and those of others by us, who have started them.
    async fn end(mut self, foreign: Vec<Foreign>) {
        self.close().await;
        drop(foreign);
        for (pid, _) in processes_in(&self.world) {
            kill(pid);
        }
        no_process_left(&self.world).await;
    }
}

/// A fleet that looks for others.
async fn open_eyes(world: &World) -> Fleet {
    Fleet::open(folders(world), Options { discovery: Discovery::AsSet, stays: true }).await.unwrap()
}

impl Foreign {
    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// It ends by itself.
    fn die(&mut self) {
        kill(self.pid());
        self.child.wait().unwrap();
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn kill(pid: u32) {
    let _gone =
        Command::new("sh").args(["-c", "kill -s KILL \"$1\"", "sh", &pid.to_string()]).stderr(Stdio::null()).status();
}

/// opencode itself with these arguments.
fn opencode(arguments: &[&str]) -> Command {
    let mut command = Command::new(opencode_binary());
    command.args(arguments);
    command
}

/// A server on a port that was free a moment ago.
fn serve(port: u16) -> Command {
    opencode(&["serve", "--port", &port.to_string()])
}

/// A free port below those that connections get: opencode takes seconds until it binds it, and there are many connections meanwhile.
fn free_port() -> u16 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    loop {
        let random = RandomState::new().build_hasher().finish();
        let port = 12_000 + u16::try_from(random % 20_000).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Whether something answers on that port, in whatever way.
fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<usize> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        connection.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(connection, "GET /global/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        connection.read(&mut [0; 64])
    };
    ask().is_ok_and(|length| length > 0)
}

/// It is somebody else's, and its output is not ours.
fn is_external(instance: &Instance) {
    assert_eq!(instance.owner, Owner::External);
    assert!(instance.log.is_none());
}
