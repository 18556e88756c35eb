//! A real ssh-agent with one key, that of nobody.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::eventually;

/// An ssh-agent that holds one key. It ends when dropped.
#[derive(Debug)]
pub struct SshAgent {
    socket: PathBuf,
    key: PathBuf,
    comment: String,
    child: Child,
}

impl SshAgent {
    /// Starts one whose socket and key are in the folder, which is made. `comment` is what its key is called.
    ///
    /// # Panics
    /// If it does not start; Debian's `openssh-client` brings it.
    pub async fn start(folder: &Path, comment: &str) -> Self {
        fs::create_dir(folder).expect("its folder");
        let (socket, key) = (folder.join("agent"), folder.join("key"));
        let mut agent = Command::new("ssh-agent");
        agent.arg("-D").arg("-a").arg(&socket).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = agent.spawn().expect("ssh-agent starts");
        let agent = Self { socket, key, comment: comment.to_owned(), child };
        let key = &agent.key;
        let is_up = async || UnixStream::connect(&agent.socket).is_ok().then_some(());
        eventually("ssh-agent listens", Duration::from_secs(30), is_up).await;
        let run = |command: &mut Command| {
            let done = command.output().expect("a program of ssh");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f"]).arg(key));
        run(Command::new("ssh-add").arg(key).env("SSH_AUTH_SOCK", &agent.socket));
        agent
    }

    /// What `SSH_AUTH_SOCK` is set to.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The public half of its key, as a server that takes it lists it.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn public_key(&self) -> String {
        fs::read_to_string(self.key.with_extension("pub")).expect("the public key")
    }

    /// What its key is called, as `ssh-add -l` shows it.
    pub fn comment(&self) -> &str {
        &self.comment
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        // One that has ended already has nothing to be ended.
        let _ended = self.child.kill();
        let _buried = self.child.wait();
    }
}
