//! What the person is logged in with at a registry, from Docker's own configuration.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bollard::auth::DockerCredentials;
use serde_json::Value;
use tokio::{io::AsyncWriteExt, process::Command};

use super::ImageName;
use crate::Environment;

/// A program that keeps passwords may ask the person; but not for ever.
const HELPER: Duration = Duration::from_mins(1);
/// How Docker's own registry is called in its configuration.
const USUAL_REGISTRY: &str = "https://index.docker.io/v1/";

/// What the person is logged in with at a registry. `Debug` shows no secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RegistryCredentials {
    login: Option<Login>,
    problem: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
enum Login {
    Password { user: String, password: String },
    Token(String),
}

impl RegistryCredentials {
    /// No login at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// The login for the registry of that image, from `~/.docker/config.json` and the program that it names.
    ///
    /// What cannot be read counts as none, and is told if the registry then refuses: most images need no login.
    pub async fn find(image: &ImageName, environment: &Environment, home: &Path) -> Self {
        let folder = environment.get("DOCKER_CONFIG").filter(|value| !value.is_empty());
        let folder = folder.map_or_else(|| home.join(".docker"), PathBuf::from);
        let Ok(bytes) = fs::read(folder.join("config.json")) else { return Self::none() };
        let config: Value = match serde_json::from_slice(&bytes) {
            Ok(config) => config,
            Err(error) => return Self::unreadable(format!("`config.json` of Docker is not valid: {error}")),
        };
        let server = if image.registry() == "docker.io" { USUAL_REGISTRY } else { image.registry() };
        let helper = config.get("credHelpers").and_then(|helpers| helpers.get(server)).or(config.get("credsStore"));
        let stored = config
            .get("auths")
            .and_then(Value::as_object)
            .and_then(|all| all.iter().find(|(name, _)| host_of(name) == host_of(server)).map(|(_, stored)| stored));
        if let Some(helper) = helper.and_then(Value::as_str).filter(|name| !name.is_empty()) {
            return match ask(helper, server, environment).await {
                Ok(login) => Self { login: login.or_else(|| stored.and_then(login_of)), problem: None },
                Err(problem) => Self { login: stored.and_then(login_of), problem: Some(problem) },
            };
        }
        Self { login: stored.and_then(login_of), problem: None }
    }

    /// Whether there is a login.
    pub fn is_some(&self) -> bool {
        self.login.is_some()
    }

    /// Why the login could not be read, if it could not.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    pub(super) fn for_engine(&self, registry: &str) -> Option<DockerCredentials> {
        let serveraddress = Some(if registry == "docker.io" { USUAL_REGISTRY } else { registry }.to_owned());
        Some(match self.login.clone()? {
            Login::Password { user, password } => DockerCredentials {
                username: Some(user),
                password: Some(password),
                serveraddress,
                ..DockerCredentials::default()
            },
            Login::Token(token) => {
                DockerCredentials { identitytoken: Some(token), serveraddress, ..DockerCredentials::default() }
            }
        })
    }

    fn unreadable(problem: String) -> Self {
        Self { login: None, problem: Some(problem) }
    }
}

impl fmt::Debug for RegistryCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = self.login.as_ref().map(|_| "***");
        f.debug_struct("RegistryCredentials").field("login", &login).field("problem", &self.problem).finish()
    }
}

/// The host in a registry's name, which may be an address: `https://registry.example/v1/`.
fn host_of(name: &str) -> &str {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    name.split('/').next().unwrap_or(name)
}

/// A login as Docker stores it itself.
fn login_of(stored: &Value) -> Option<Login> {
    let text = |name: &str| stored.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(token) = text("identitytoken") {
        return Some(Login::Token(token.to_owned()));
    }
    if let (Some(user), Some(password)) = (text("username"), text("password")) {
        return Some(Login::Password { user: user.to_owned(), password: password.to_owned() });
    }
    let both = String::from_utf8(STANDARD.decode(text("auth")?).ok()?).ok()?;
    let (user, password) = both.split_once(':')?;
    Some(Login::Password { user: user.to_owned(), password: password.trim_end_matches('\0').to_owned() })
}

/// Asks the program that keeps the person's passwords.
async fn ask(helper: &str, server: &str, environment: &Environment) -> Result<Option<Login>, String> {
    let program = format!("docker-credential-{helper}");
    let failed = |reason: &dyn fmt::Display| format!("`{program}` failed: {reason}");
    let path = environment.path().into_iter().map(|folder| folder.join(&program)).find(|path| path.is_file());
    let Some(path) = path else { return Err(format!("`{program}` is not in the PATH")) };
    let mut child = Command::new(path)
        .arg("get")
        .env_clear()
        .envs(environment.iter())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(&error))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read its input says in its output what is wrong.
        let _ = input.write_all(server.as_bytes()).await;
    }
    let output = tokio::time::timeout(HELPER, child.wait_with_output())
        .await
        .map_err(|_| failed(&format_args!("no answer within {} s", HELPER.as_secs())))?
        .map_err(|error| failed(&error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let said = said.trim();
        return if said.contains("not found") { Ok(None) } else { Err(failed(&said)) };
    }
    let answer: Value = serde_json::from_slice(&output.stdout).map_err(|_| failed(&"its answer is not understood"))?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (user, password) = (text("Username"), text("Secret"));
    Ok(match user.as_str() {
        _ if password.is_empty() => None,
        "<token>" => Some(Login::Token(password)),
        _ => Some(Login::Password { user, password }),
    })
}
