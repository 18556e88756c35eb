//! What of the person's a container gets, if they chose so: what opencode knows of model providers, and whom git names.

use std::path::Path;
use std::time::Duration;

use launch::{Environment, GitIdentity, git_identity};
use serde_json::Value;

use super::super::context::Context;
use crate::{Folders, Pass};

/// How long git may take to say whom it names.
const GIT: Duration = Duration::from_secs(5);

/// What a container gets; each only if it was chosen and is there.
pub(super) struct Given {
    /// The content of opencode's `auth.json`.
    pub(super) auth: Option<String>,
    /// Whom git names in the project.
    pub(super) git: Option<GitIdentity>,
}

/// Reads what was chosen.
pub(super) async fn of(context: &Context, shell: &Environment, directory: &Path, pass: &Pass) -> Given {
    let (folders, wants_auth) = (context.folders.clone(), pass.auth);
    let auth = tokio::task::spawn_blocking(move || wants_auth.then(|| auth(&folders)).flatten());
    let git = async {
        if !pass.git {
            return None;
        }
        let mut environment = shell.clone();
        environment.set("HOME", context.folders.home.as_os_str());
        git_identity(directory, &environment, GIT).await
    };
    let (auth, git) = tokio::join!(auth, git);
    Given { auth: auth.ok().flatten(), git }
}

fn auth(folders: &Folders) -> Option<String> {
    // opencode's folder for data is beside ours.
    let beside = folders.data.parent().map(|data| data.join("opencode/auth.json"));
    let usual = folders.home.join(".local/share/opencode/auth.json");
    let text = beside.into_iter().chain([usual]).find_map(|path| std::fs::read_to_string(path).ok())?;
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
