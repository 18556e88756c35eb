//! What of the person's a container gets, if they chose so: what opencode knows of model providers, whom git names, their SSH agent,
//! variables of their shell. What was chosen and is not there is said: without it the agent fails later, and nobody knows why.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use launch::docker::EngineVersion;
use launch::{Environment, GitIdentity, git_identity};
use serde_json::Value;

use super::super::context::Context;
use super::agent;
use crate::{Failure, Folders, Pass};

/// How long git may take to say whom it names.
const GIT: Duration = Duration::from_secs(5);

/// What a container gets; each only if it was chosen.
pub(super) struct Given {
    /// The content of opencode's `auth.json`.
    pub(super) auth: Option<String>,
    /// Whom git names in the project.
    pub(super) git: Option<GitIdentity>,
    /// The socket of the SSH agent, on the engine's machine.
    pub(super) agent: Option<PathBuf>,
    /// Names and values.
    pub(super) variables: Vec<(String, String)>,
}

/// Reads what was chosen. A failure: it is not there.
pub(super) async fn of(
    context: &Context,
    version: &EngineVersion,
    directory: &Path,
    pass: &Pass,
) -> Result<Given, Failure> {
    let shell = context.shell.environment().await;
    let variables = variables(&pass.variables, |name| shell.get(name))?;
    let agent = if pass.ssh_agent { Some(agent::socket(context, &shell, version).await?) } else { None };
    let (folders, wants_auth) = (context.folders.clone(), pass.auth);
    let auth = tokio::task::spawn_blocking(move || wants_auth.then(|| auth(&folders)).flatten());
    let git = async {
        if !pass.git {
            return None;
        }
        let mut environment = Environment::clone(&shell);
        environment.set("HOME", context.folders.home.as_os_str());
        git_identity(directory, &environment, GIT).await
    };
    let (auth, git) = tokio::join!(auth, git);
    let auth = auth.ok().flatten();
    if pass.auth && auth.is_none() {
        let usual = usual_auth(&context.folders);
        let cause = format!("There is nothing in opencode's `auth.json` to pass: `{}` cannot be read", usual.display());
        return Err(missing(&cause, "Log in with `opencode auth login`, or let its profile not pass that"));
    }
    if pass.git && git.is_none() {
        let cause = format!("There is no name for git to pass: it has none in `{}`", directory.display());
        let hint = "Set `git config --global user.name` and `user.email`, or let its profile not pass them";
        return Err(missing(&cause, hint));
    }
    Ok(Given { auth, git, agent, variables })
}

/// Something that was chosen and is not there, with what to do about it.
pub(super) fn missing(cause: &str, hint: &str) -> Failure {
    Failure { cause: cause.to_owned(), hint: Some(hint.to_owned()), last_lines: Vec::new() }
}

fn variables<'a>(
    names: &[String],
    value: impl Fn(&str) -> Option<&'a OsStr>,
) -> Result<Vec<(String, String)>, Failure> {
    let one = |name: &String| {
        let Some(value) = value(name) else {
            let cause = format!("There is no variable `{name}` to pass: your login shell does not set it");
            return Err(missing(&cause, "Export it in the files of your login shell, or let its profile not pass it"));
        };
        let Some(value) = value.to_str() else {
            let cause =
                format!("The variable `{name}` cannot be passed: it is not valid UTF-8, which container engines need");
            return Err(missing(&cause, "Give it another value, or let its profile not pass it"));
        };
        Ok((name.clone(), value.to_owned()))
    };
    names.iter().map(one).collect()
}

fn usual_auth(folders: &Folders) -> PathBuf {
    folders.home.join(".local/share/opencode/auth.json")
}

fn auth(folders: &Folders) -> Option<String> {
    // opencode's folder for data is beside ours.
    let beside = folders.data.parent().map(|data| data.join("opencode/auth.json"));
    let text = beside.into_iter().chain([usual_auth(folders)]).find_map(|path| std::fs::read_to_string(path).ok())?;
    // One line, so that it is one variable.
    serde_json::from_str::<Value>(&text).ok().map(|value| value.to_string())
}

/// What of `auth.json` still means the same after opencode has renewed its access to a provider: it does so by itself, in a container as well,
/// as long as what it renews it with is the same.
pub(super) fn lasting(auth: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(auth) else { return auth.to_owned() };
    for provider in value.as_object_mut().into_iter().flat_map(|providers| providers.values_mut()) {
        if provider.get("type").and_then(Value::as_str) == Some("oauth")
            && let Some(provider) = provider.as_object_mut()
        {
            provider.remove("access");
            provider.remove("expires");
        }
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[cfg(unix)]
    #[test]
    fn a_variable_that_cannot_be_passed_is_named() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        use super::variables;

        let shell = |name: &str| match name {
            "LANG" => Some(OsStr::new("C.UTF-8")),
            "EMPTY" => Some(OsStr::new("")),
            "ODD" => Some(OsStr::from_bytes(&[0xff])),
            _ => None,
        };
        let passed = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            variables(&names, shell).map_err(|failure| failure.cause)
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(passed(&["LANG", "EMPTY"]), Ok(vec![pair("LANG", "C.UTF-8"), pair("EMPTY", "")]));
        for (name, said) in [("TOKEN", "no variable `TOKEN`"), ("ODD", "`ODD` cannot be passed")] {
            let refused = passed(&["LANG", name]).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }

    fn check(one: &str, other: &str, is_same: bool) {
        assert_eq!(lasting(one) == lasting(other), is_same, "{one} {other}");
    }

    #[test]
    fn only_what_is_renewed_by_itself_does_not_last() {
        let oauth = |access: &str, refresh: &str| {
            format!(
                r#"{{"a":{{"type":"oauth","access":"{access}","refresh":"{refresh}","expires":{}}}}}"#,
                access.len()
            )
        };
        check(&oauth("x", "r"), &oauth("yy", "r"), true);
        check(&oauth("x", "r"), &oauth("x", "s"), false);
        check(r#"{"a":{"type":"api","key":"1"}}"#, r#"{"a":{"type":"api","key":"2"}}"#, false);
        check(r#"{"a":{"type":"api","key":"1"}}"#, r#"{"b":{"type":"api","key":"1"}}"#, false);
        check(r#"{"a":{"type":"api","access":"1"}}"#, r#"{"a":{"type":"api","access":"2"}}"#, false);
        check("[1]", "[2]", false);
        check("no JSON", "no json", false);
    }
}
