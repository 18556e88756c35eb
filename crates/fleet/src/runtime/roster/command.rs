//! What a server of ours is started with: its arguments and its whole environment, by its profile.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use launch::{Environment, ProcessIdentity};
use opencode_api::{Port, Secret};
use serde_json::Value;

use crate::effect::LaunchPlan;
use crate::{LogLevel, Profile};

/// Marks our processes, so that one is found again whose record was never completed.
pub(in crate::runtime) const INSTANCE_VARIABLE: &str = "PORTAL_INSTANCE";
/// Marks the user's state folder that our processes belong to, so that one that nobody knows is told from another user's.
pub(in crate::runtime) const STATE_VARIABLE: &str = "PORTAL_STATE";
/// Names the host that started a process, so that nobody ends it while that one lives and may have been unable to write its record.
pub(in crate::runtime) const HOST_VARIABLE: &str = "PORTAL_HOST";
/// opencode takes overrides of its configuration from here.
pub(in crate::runtime) const CONFIG: &str = "OPENCODE_CONFIG_CONTENT";

/// What each server of ours is told, wherever it runs.
pub(in crate::runtime) const OWN: [(&str, &str); 4] = [
    ("OPENCODE_DISABLE_AUTOUPDATE", "1"),
    ("OPENCODE_EXPERIMENTAL_FILEWATCHER", "true"),
    ("OPENCODE_DISABLE_EMBEDDED_WEB_UI", "1"),
    // opencode gives agents its question tool only for clients that it knows by name.
    ("OPENCODE_ENABLE_QUESTION_TOOL", "1"),
];

/// The arguments: ours, then the person's.
pub(in crate::runtime) fn arguments(profile: &Profile, port: Port) -> Vec<OsString> {
    let hostname = profile.hostname.as_deref().unwrap_or("127.0.0.1");
    let level = match profile.log_level {
        LogLevel::Debug => "DEBUG",
        LogLevel::Info => "INFO",
        LogLevel::Warn => "WARN",
        LogLevel::Error => "ERROR",
    };
    let port = port.to_string();
    let ours = ["serve", "--hostname", hostname, "--port", &port, "--print-logs", "--log-level", level];
    ours.into_iter().chain(profile.arguments.iter().map(String::as_str)).map(OsString::from).collect()
}

/// The environment: that of the login shell, ours, the profile's, the caller's.
pub(in crate::runtime) fn environment(
    shell: &Environment,
    plan: &LaunchPlan,
    state: &Path,
    host: Option<&ProcessIdentity>,
    password: &Secret,
) -> Environment {
    let mut environment = launch::child_environment(shell);
    for (name, value) in OWN {
        environment.set(name, value);
    }
    for (name, value) in plan.profile.environment.iter().chain(&plan.environment) {
        environment.set(name, value);
    }
    if let Some(config) = &plan.profile.config {
        let config = match environment.get(CONFIG).and_then(|before| before.to_str()) {
            Some(before) => merged(before, config),
            None => config.clone(),
        };
        environment.set(CONFIG, config);
    }
    if let Some(permission) = &plan.profile.permission {
        environment.set("OPENCODE_PERMISSION", rules(permission));
    }
    // Last: nothing that a person sets may open a server or hide a process of ours.
    for (name, value) in [
        ("OPENCODE_SERVER_USERNAME", "opencode"),
        ("OPENCODE_SERVER_PASSWORD", password.expose()),
        ("OPENCODE_CLIENT", "portal"),
        (INSTANCE_VARIABLE, plan.at.instance.as_str()),
    ] {
        environment.set(name, value);
    }
    environment.set(STATE_VARIABLE, state);
    // Without a name it is empty: what an outer one of us has set is not ours.
    environment.set(HOST_VARIABLE, host.map(host_mark).unwrap_or_default());
    environment
}

/// A host as its servers are marked with it.
pub(in crate::runtime) fn host_mark(host: &ProcessIdentity) -> String {
    format!("{}/{}", host.pid, host.started_at)
}

/// The host that a mark names. Its executable is not in it.
pub(in crate::runtime) fn host_of_mark(mark: &str) -> Option<ProcessIdentity> {
    let (pid, started_at) = mark.split_once('/')?;
    Some(ProcessIdentity { pid: pid.parse().ok()?, started_at: started_at.parse().ok()?, executable: PathBuf::new() })
}

/// A permission policy as opencode takes it from the environment. It lays the variable over the rules of its configuration as an object
/// (1.18.33): a bare `"ask"` there takes all rules away, and everything is allowed. So it is said as the rule for everything.
pub(in crate::runtime) fn rules(policy: &str) -> String {
    match serde_json::from_str(policy) {
        Ok(for_all @ Value::String(_)) => serde_json::json!({ "*": for_all }).to_string(),
        _ => policy.to_owned(),
    }
}

/// One configuration over another. Where the lower one is none that we can read, the upper one stands alone.
pub(in crate::runtime) fn merged(lower: &str, upper: &str) -> String {
    match (serde_json::from_str(lower), serde_json::from_str(upper)) {
        (Ok(mut lower @ Value::Object(_)), Ok(upper)) => {
            lay_over(&mut lower, upper);
            lower.to_string()
        }
        _ => upper.to_owned(),
    }
}

fn lay_over(lower: &mut Value, upper: Value) {
    match (lower, upper) {
        (Value::Object(lower), Value::Object(upper)) => {
            for (key, value) in upper {
                lay_over(lower.entry(key).or_insert(Value::Null), value);
            }
        }
        (lower, upper) => *lower = upper,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use launch::{Environment, ProcessIdentity};
    use opencode_api::{Port, Secret};

    use super::{arguments, environment, host_mark, host_of_mark, merged};
    use crate::effect::LaunchPlan;
    use crate::event::RunId;
    use crate::{InstanceId, LogLevel, Profile};

    fn plan(profile: Profile, environment: &[(&str, &str)]) -> LaunchPlan {
        LaunchPlan {
            at: RunId { instance: InstanceId::from("abcd1234"), run: 1 },
            name: "a".to_owned(),
            directory: "/srv/site".into(),
            binary: Some("/bin/opencode".into()),
            environment: environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            demo: None,
            profile: Arc::new(profile),
            host: "127.0.0.1".to_owned(),
            taken: Vec::new(),
            may_ask: false,
            is_alone: true,
            get_image: crate::containers::GetImage::default(),
            interrupted: std::collections::BTreeSet::new(),
        }
    }

    #[test]
    fn a_profile_is_in_the_arguments_after_ours() {
        let port = Port::new(3100).unwrap();
        let check = |profile: Profile, expected: &str| {
            let given = arguments(&profile, port);
            let given: Vec<&str> = given.iter().map(|argument| argument.to_str().unwrap()).collect();
            assert_eq!(given.join(" "), expected);
        };
        check(Profile::default(), "serve --hostname 127.0.0.1 --port 3100 --print-logs --log-level INFO");
        let profile = Profile {
            hostname: Some("::".to_owned()),
            arguments: vec!["--cors".to_owned(), "a b".to_owned()],
            log_level: LogLevel::Error,
            ..Profile::default()
        };
        check(profile, "serve --hostname :: --port 3100 --print-logs --log-level ERROR --cors a b");
    }

    #[test]
    fn nothing_that_a_person_sets_opens_a_server() {
        let shell: Environment = [("A", "shell"), ("B", "shell"), ("OPENCODE_SERVER_PASSWORD", "shell")]
            .map(|(name, value)| (name.into(), value.into()))
            .into_iter()
            .collect();
        let profile = Profile {
            environment: vec![("B".to_owned(), "profile".to_owned()), ("C".to_owned(), "profile".to_owned())],
            config: Some(r#"{"model":"x/y"}"#.to_owned()),
            permission: Some(r#""ask""#.to_owned()),
            ..Profile::default()
        };
        let caller = [
            ("C", "caller"),
            ("OPENCODE_SERVER_PASSWORD", "caller"),
            ("PORTAL_INSTANCE", "caller"),
            ("PORTAL_HOST", "caller"),
        ];
        let host = ProcessIdentity { pid: 7, started_at: 8, executable: "/bin/portal".into() };
        let plan = plan(profile, &caller);
        let given = environment(&shell, &plan, "/state".as_ref(), Some(&host), &Secret::new("ours"));
        for (name, expected) in [
            ("A", "shell"),
            ("B", "profile"),
            ("C", "caller"),
            ("OPENCODE_SERVER_PASSWORD", "ours"),
            ("OPENCODE_CONFIG_CONTENT", r#"{"model":"x/y"}"#),
            ("OPENCODE_PERMISSION", r#"{"*":"ask"}"#),
            ("PORTAL_INSTANCE", "abcd1234"),
            ("PORTAL_STATE", "/state"),
            ("PORTAL_HOST", "7/8"),
        ] {
            assert_eq!(given.get(name).and_then(|value| value.to_str()), Some(expected), "{name}");
        }
        let unnamed = environment(&shell, &plan, "/state".as_ref(), None, &Secret::new("ours"));
        assert_eq!(unnamed.get("PORTAL_HOST").and_then(|value| value.to_str()), Some(""));
    }

    #[test]
    fn a_host_is_named_by_its_number_and_its_start() {
        let host = ProcessIdentity { pid: 7, started_at: 8, executable: "/bin/portal".into() };
        let read = host_of_mark(&host_mark(&host)).unwrap();
        assert_eq!((read.pid, read.started_at), (7, 8));
        for mark in ["", "7", "7/", "/8", "7/8/9", "-7/8", "7 / 8"] {
            assert_eq!(host_of_mark(mark), None, "{mark}");
        }
    }

    #[test]
    fn configurations_are_laid_over_one_another() {
        for (lower, upper, expected) in [
            (r#"{"a":{"b":1,"c":2},"d":[1]}"#, r#"{"a":{"c":3},"d":[2]}"#, r#"{"a":{"b":1,"c":3},"d":[2]}"#),
            ("// no JSON", r#"{"a":1}"#, r#"{"a":1}"#),
            ("[]", r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            assert_eq!(merged(lower, upper), expected);
        }
    }
}
