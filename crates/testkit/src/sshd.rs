//! A real ssh server on loopback, with a home of its own for what runs there: another machine, as far as a client can tell.

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{SshAgent, World, eventually, opencode_binary};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// An ssh server whose machine is a world: what is run there has the world's home. It ends when dropped, with its connections.
#[derive(Debug)]
pub struct Sshd {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
    /// The user database's secrets as it sees them, if they are not the machine's.
    shadow: Option<PathBuf>,
}

/// [`Sshd::PASSWORD`], as the user database keeps it.
const PASSWORD_HASH: &str =
    "$6$ofthetest$UHAtQk4gB.Kex/.mtsXOXKQxVgsK5qZ61jUH3H2pf3fohFAEe8.LNE.NceJx/bcXIh8NKMKXbpwb7YYFnj/sy.";

impl Sshd {
    /// The password of a server that has one.
    pub const PASSWORD: &str = "correct horse";

    /// Starts one in a world, with a key that it takes and a host key that is known.
    ///
    /// # Panics
    /// If it does not start; Debian's `openssh-server` brings it.
    pub async fn start(there: &World) -> Self {
        let folder = there.root().join("sshd");
        fs::create_dir(&folder).expect("its folder");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("its permissions");
        new_key(&folder.join("host_key"));
        new_key(&folder.join("client_key"));
        let mut sshd = Self { folder, port: 0, child: None, shadow: None };
        sshd.take_keys();
        for _ in 0..3 {
            sshd.port = free_port();
            sshd.configure(there);
            if sshd.begins().await {
                sshd.know_host();
                return sshd;
            }
        }
        panic!("sshd does not start: {}", fs::read_to_string(sshd.folder.join("log")).unwrap_or_default());
    }

    /// Puts the pinned opencode where its installer puts it there, and first on the login shell's `PATH`.
    ///
    /// # Panics
    /// If it cannot be put there.
    pub fn install_opencode(there: &World) -> PathBuf {
        let folder = there.home().join(".opencode/bin");
        fs::create_dir_all(&folder).expect("the folder of opencode");
        let program = folder.join("opencode");
        symlink(opencode_binary(), &program).expect("a link to opencode");
        fs::write(there.home().join(".profile"), "PATH=$HOME/.opencode/bin:$PATH\n")
            .expect("a file of the login shell");
        program
    }

    /// What `ssh` calls it, with [`Self::config`].
    pub fn host(&self) -> &'static str {
        "elsewhere"
    }

    /// A configuration of `ssh` that knows it, for `ssh -F`.
    pub fn config(&self) -> PathBuf {
        self.config_through(self.port)
    }

    /// The same, by another port: a proxy's before it.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn config_through(&self, port: u16) -> PathBuf {
        let path = self.folder.join(format!("client-{port}"));
        let folder = self.folder.display();
        let text = format!(
            "Host {}\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {folder}/client_key\n  IdentitiesOnly yes\n  \
             IdentityAgent none\n  UserKnownHostsFile {folder}/known_hosts\n  HostKeyAlias elsewhere\n",
            self.host()
        );
        fs::write(&path, text).expect("a configuration of ssh");
        path
    }

    /// A configuration of `ssh` without any key but those of an agent.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn config_with_agent(&self, agent: &SshAgent) -> PathBuf {
        let text = fs::read_to_string(self.config()).expect("a configuration of ssh");
        let text = text
            .replace("IdentitiesOnly yes", "IdentitiesOnly no")
            .replace("IdentityAgent none", &format!("IdentityAgent {}", agent.socket().display()));
        let key = format!("IdentityFile {}/client_key", self.folder.display());
        let path = self.folder.join("client-with-agent");
        fs::write(&path, text.replace(&key, "IdentityFile none")).expect("a configuration of ssh");
        path
    }

    /// Makes it the one host of the `~/.ssh/config` of a world.
    ///
    /// # Panics
    /// If that cannot be written.
    pub fn be_known_to(&self, here: &World) {
        self.be_known_through(here, self.port);
    }

    /// The same, by another port: a proxy's before it.
    ///
    /// # Panics
    /// If that cannot be written.
    pub fn be_known_through(&self, here: &World, port: u16) {
        let folder = here.home().join(".ssh");
        fs::create_dir_all(&folder).expect("the folder of ssh");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("its permissions");
        fs::copy(self.config_through(port), folder.join("config")).expect("the configuration of ssh");
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Protects the key of clients with a passphrase.
    ///
    /// # Panics
    /// If `ssh-keygen` does not do that.
    pub fn protect_key(&self, passphrase: &str) {
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-p", "-P", "", "-N", passphrase, "-f"]).arg(self.folder.join("client_key"));
        let done = command.stdout(Stdio::null()).status();
        assert!(done.is_ok_and(|status| status.success()), "ssh-keygen protects a key");
    }

    /// What clients know of host keys.
    ///
    /// # Panics
    /// If the file cannot be read.
    pub fn known_hosts(&self) -> String {
        fs::read_to_string(self.folder.join("known_hosts")).expect("the known hosts")
    }

    /// The fingerprint of its host key, as `ssh` shows it.
    ///
    /// # Panics
    /// If `ssh-keygen` does not tell it.
    pub fn fingerprint(&self) -> String {
        let told = Command::new("ssh-keygen").arg("-lf").arg(self.folder.join("host_key.pub")).output();
        let told = String::from_utf8(told.expect("ssh-keygen").stdout).expect("a fingerprint");
        told.split(' ').nth(1).expect("length, fingerprint, comment").to_owned()
    }

    /// Takes our key from now on.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn take_keys(&self) {
        fs::copy(self.folder.join("client_key.pub"), self.folder.join("authorized_keys"))
            .expect("the key that it takes");
    }

    /// Takes the key of an agent from now on, and no other.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn take_key_of(&self, agent: &SshAgent) {
        fs::write(self.folder.join("authorized_keys"), agent.public_key()).expect("the key that it takes");
    }

    /// Whether a server here can be given a password: as root, for it alone, without touching the machine's own. If not, that is printed.
    ///
    /// # Panics
    /// If it cannot and skips are forbidden, by `PORTAL_FORBID_SKIPS`.
    #[expect(clippy::print_stdout, reason = "whoever runs the tests is to know what was not tested")]
    pub fn can_have_password() -> bool {
        let mut command = Command::new("unshare");
        let can = is_root() && command.args(["-m", "true"]).status().is_ok_and(|exit| exit.success());
        if !can {
            assert!(
                std::env::var_os("PORTAL_FORBID_SKIPS").is_none(),
                "root and mount namespaces are needed and skips are forbidden"
            );
            println!("Skipped: an ssh server gets a password of its own only as root, with mount namespaces");
        }
        can
    }

    /// Takes [`Self::PASSWORD`] from now on, and no key.
    ///
    /// # Panics
    /// If it does not come back.
    pub async fn take_password(&mut self) {
        let shadow = self.folder.join("shadow");
        fs::write(&shadow, format!("root:{PASSWORD_HASH}:20000:0:99999:7:::\n")).expect("its passwords");
        fs::set_permissions(&shadow, fs::Permissions::from_mode(0o600)).expect("their permissions");
        self.shadow = Some(shadow);
        self.refuse_keys();
        self.end();
        self.come_back().await;
    }

    /// Takes no key any more, only a password.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn refuse_keys(&self) {
        fs::write(self.folder.join("authorized_keys"), "").expect("the keys that it takes");
    }

    /// Lets clients know its host key.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn know_host(&self) {
        let key = fs::read_to_string(self.folder.join("host_key.pub")).expect("its host key");
        fs::write(self.folder.join("known_hosts"), format!("elsewhere {key}")).expect("the known hosts");
    }

    /// Lets clients forget its host key.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn forget_host(&self) {
        fs::write(self.folder.join("known_hosts"), "").expect("the known hosts");
    }

    /// Gets another host key, as if it had been set up anew or were somebody else.
    ///
    /// # Panics
    /// If it does not come back.
    pub async fn change_host_key(&mut self) {
        for name in ["host_key", "host_key.pub"] {
            fs::remove_file(self.folder.join(name)).expect("its host key");
        }
        new_key(&self.folder.join("host_key"));
        self.end();
        self.come_back().await;
    }

    /// Ends, with all connections. What was set apart on the machine goes on.
    pub fn end(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        for pid in connections_of(child.id()) {
            kill(pid);
        }
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Comes back after its end, on the same port.
    ///
    /// # Panics
    /// If it does not.
    pub async fn come_back(&mut self) {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(self.begins().await, "sshd does not come back: {log}");
    }

    fn configure(&self, there: &World) {
        let folder = self.folder.display();
        let mut text = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nAuthorizedKeysFile {folder}/authorized_keys\nPidFile none\n\
             StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication yes\nKbdInteractiveAuthentication no\n\
             PrintMotd no\nPrintLastLog no\nSetEnv",
            self.port
        );
        for (name, value) in there.environment() {
            write!(text, " \"{name}={value}\"").expect("a string takes everything");
        }
        text.push('\n');
        fs::write(self.folder.join("config"), text).expect("its configuration");
    }

    async fn begins(&mut self) -> bool {
        if is_root() {
            // As root it insists on this empty folder.
            fs::create_dir_all("/run/sshd").expect("sshd's folder");
        }
        let log = fs::File::create(self.folder.join("log")).expect("its log");
        let mut command = match &self.shadow {
            None => Command::new(program()),
            // It alone sees them: the mount is gone with it.
            Some(shadow) => {
                let mut command = Command::new("unshare");
                let script = "mount --bind \"$0\" /etc/shadow && exec \"$@\"";
                command.args(["-m", "sh", "-c", script]).arg(shadow).arg(program());
                command
            }
        };
        let child = command
            .args(["-D", "-e", "-f"])
            .arg(self.folder.join("config"))
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log twice"))
            .stderr(log)
            .process_group(0)
            .spawn()
            .expect("sshd starts; Debian's `openssh-server` brings it");
        self.child = Some(child);
        let address = self.address();
        eventually("an ssh server", PATIENCE, async || {
            let child = self.child.as_mut().expect("it was just started");
            if child.try_wait().is_ok_and(|exit| exit.is_some()) {
                return Some(false);
            }
            speaks_ssh(address).then_some(true)
        })
        .await
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.end();
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// It wants to be started by its whole path.
fn program() -> PathBuf {
    ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
        .expect("there is an sshd: `scripts/setup test` installs it")
}

fn new_key(path: &Path) {
    let made =
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"]).arg(path).status();
    assert!(made.is_ok_and(|status| status.success()), "ssh-keygen makes `{}`", path.display());
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn speaks_ssh(address: SocketAddr) -> bool {
    let hear = || -> std::io::Result<[u8; 4]> {
        let mut connection = TcpStream::connect_timeout(&address, Duration::from_millis(300))?;
        connection.set_read_timeout(Some(Duration::from_millis(300)))?;
        let mut said = [0; 4];
        connection.read_exact(&mut said)?;
        Ok(said)
    };
    hear().is_ok_and(|said| said == *b"SSH-")
}

/// The processes of an ssh server that serve one connection each. What runs in a connection has another name.
fn connections_of(server: u32) -> Vec<u32> {
    let mut found = vec![server];
    // Each generation is below the one before.
    loop {
        let before = found.len();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let Some((name, rest)) = stat.rsplit_once(") ") else { continue };
            let parent = rest.split(' ').nth(1).and_then(|parent| parent.parse().ok()).unwrap_or(0);
            let is_server = name.split_once('(').is_some_and(|(_, name)| name.starts_with("sshd"));
            if is_server && found.contains(&parent) && !found.contains(&pid) {
                found.push(pid);
            }
        }
        if found.len() == before {
            return found.split_off(1);
        }
    }
}

/// The shell's own `kill`, because the program of that name is not everywhere.
fn kill(pid: u32) {
    let _ =
        Command::new("sh").args(["-c", "kill -s KILL \"$1\"", "sh", &pid.to_string()]).stderr(Stdio::null()).status();
}
