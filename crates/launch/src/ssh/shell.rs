//! The command for a person's terminal that opens a shell on a host.

use std::path::Path;

use super::{
    Ssh, SshError,
    script::{bytes_of, quoted},
};

/// Read by the login shell there, whichever that is. A directory that is gone is told, and the shell opens at home.
const SHELL: &str = "; exec \"$SHELL\" -l";

impl Ssh {
    /// The words of a command that opens the login shell of a host in a directory there, in a terminal of the person: there `ssh` may ask.
    pub fn shell_command(&self, host: &str, directory: &Path) -> Result<Vec<String>, SshError> {
        Self::check_host(host)?;
        let mut words = vec!["ssh".to_owned()];
        if let Some(config) = &self.config {
            words.extend(["-F".to_owned(), config.display().to_string()]);
        }
        let directory = String::from_utf8_lossy(&quoted(bytes_of(directory.as_os_str()))).into_owned();
        words.extend(["-t".to_owned(), "--".to_owned(), host.to_owned(), format!("cd {directory}{SHELL}")]);
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::Ssh;
    use crate::Environment;

    #[test]
    fn a_shell_opens_where_the_server_is_and_a_host_is_no_option() {
        let ssh = |config: Option<&str>| Ssh {
            program: PathBuf::from("/usr/bin/ssh"),
            config: config.map(PathBuf::from),
            environment: Environment::default(),
            sockets: PathBuf::new(),
        };
        let directory = Path::new("/srv/it's $HOME");
        let last = r#"cd "/srv/it's "'$HOME'; exec "$SHELL" -l"#;
        assert_eq!(ssh(None).shell_command("me@build", directory).unwrap(), ["ssh", "-t", "--", "me@build", last]);
        let words = ssh(Some("/h/.ssh/config")).shell_command("build", directory).unwrap();
        assert_eq!(words, ["ssh", "-F", "/h/.ssh/config", "-t", "--", "build", last]);
        assert!(ssh(None).shell_command("-oProxyCommand=x", directory).is_err());
    }
}
