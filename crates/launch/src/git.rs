//! Whom git names in what a person commits: asked of git itself, which alone knows all the places where that is said.

use std::{io, path::Path, process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

use crate::{Environment, child_environment};

/// The keys that are asked for.
const KEYS: &str = r"^user\.(name|email)$";

/// Whom git names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitIdentity {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// Whom git names in `directory`, by its own configuration and the person's; none if it does not know both, is not there, or is silent for `limit`.
pub async fn git_identity(directory: &Path, environment: &Environment, limit: Duration) -> Option<GitIdentity> {
    let mut command = Command::new("git");
    command
        .args(["config", "--null", "--get-regexp", KEYS])
        .current_dir(directory)
        .env_clear()
        .envs(child_environment(environment).iter())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let asked = async {
        // Going into a folder of a sleeping network share takes its time; no thread of the runtime waits for it.
        let child = tokio::task::spawn_blocking(move || command.spawn()).await.map_err(io::Error::other)??;
        child.wait_with_output().await
    };
    match timeout(limit, asked).await {
        Ok(Ok(output)) => identity_in(&String::from_utf8_lossy(&output.stdout)),
        Ok(Err(error)) => {
            tracing::info!(%error, "Git cannot be asked whom it names");
            None
        }
        Err(_) => {
            tracing::warn!(?limit, "Git did not say in time whom it names");
            None
        }
    }
}

/// The last of each key counts, as it does for git.
fn identity_in(said: &str) -> Option<GitIdentity> {
    let value = |key: &str| {
        let entries = said.split('\0').filter_map(|entry| entry.split_once('\n'));
        let mut entries = entries.map(|(name, value)| (name, value.trim()));
        let last = entries.rfind(|(name, _)| *name == key).map(|(_, value)| value);
        last.filter(|value| !value.is_empty()).map(str::to_owned)
    };
    Some(GitIdentity { name: value("user.name")?, email: value("user.email")? })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, time::Duration};

    use super::{GitIdentity, git_identity, identity_in};
    use crate::Environment;

    fn check(said: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(name, email)| GitIdentity { name: name.to_owned(), email: email.to_owned() });
        assert_eq!(identity_in(said), expected, "{said:?}");
    }

    #[test]
    fn the_last_name_and_the_last_address_count() {
        check("user.name\nAda\0user.email\na@x\0user.name\nAda L\0", Some(("Ada L", "a@x")));
        check("user.name\nAda\0", None);
        check("user.name\n\0user.email\na@x\0", None);
        check("user.name\0user.email\na@x\0", None);
        check("", None);
    }

    fn environment(home: &Path) -> Environment {
        let mut environment = Environment::of_this_process();
        for name in ["XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_DIR", "GIT_CONFIG_COUNT"] {
            environment.remove(name);
        }
        environment.set("HOME", home);
        environment
    }

    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn git_follows_what_a_configuration_includes_and_a_project_has_the_last_word() {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("project");
        fs::create_dir_all(project.join(".git/objects")).unwrap();
        fs::create_dir_all(project.join(".git/refs")).unwrap();
        fs::write(project.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::write(home.path().join(".gitconfig"), "[include]\n path = more\n[user]\n email = \"a\\\"b@x\"\n").unwrap();
        fs::write(home.path().join("more"), "[user]\n name = Ada \\\n  L # whom else\n").unwrap();
        let asked = git_identity(&project, &environment(home.path()), PATIENCE).await.unwrap();
        assert_eq!((asked.name.as_str(), asked.email.as_str()), ("Ada   L", "a\"b@x"));
        fs::write(project.join(".git/config"), "[user]\n name = Project\n").unwrap();
        let asked = git_identity(&project, &environment(home.path()), PATIENCE).await.unwrap();
        assert_eq!(asked.name, "Project");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_git_that_hangs_or_is_not_there_names_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let mut environment = environment(folder.path());
        environment.set("PATH", folder.path());
        assert_eq!(git_identity(folder.path(), &environment, PATIENCE).await, None);
        testkit::shell_script(&folder.path().join("git"), "exec /bin/sleep 60");
        assert_eq!(git_identity(folder.path(), &environment, Duration::from_millis(300)).await, None);
    }
}
