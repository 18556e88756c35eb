//! Profiles, with their secrets kept back.

use std::path::PathBuf;

use fleet::{LogLevel, Port, Profile, RestartPolicy, SleepRule};

use super::place::{place, place_view};
use super::secret_json::{masked, unmasked};
use super::{invalid, path_text};
use crate::Failure;
use crate::messages::{LogLevelView, ProfileView, RestartPolicyView, SleepRuleView, VariableView};

pub(crate) fn profile_view(profile: &Profile) -> ProfileView {
    ProfileView {
        place: place_view(&profile.place),
        port: profile.port.map(Port::get),
        hostname: profile.hostname.clone(),
        binary: profile.binary.as_deref().map(path_text),
        arguments: profile.arguments.clone(),
        environment: profile
            .environment
            .iter()
            .map(|(name, value)| VariableView { name: name.clone(), value: (!is_secret(name)).then(|| value.clone()) })
            .collect(),
        config: profile.config.as_deref().map(masked),
        permission: profile.permission.clone(),
        restart: match profile.restart {
            RestartPolicy::Never => RestartPolicyView::Never,
            RestartPolicy::OnFailure => RestartPolicyView::OnFailure,
            RestartPolicy::Always => RestartPolicyView::Always,
        },
        sleep: match profile.sleep {
            SleepRule::Default => SleepRuleView::Default,
            SleepRule::Never => SleepRuleView::Never,
            SleepRule::After { minutes } => SleepRuleView::After { minutes },
        },
        memory_budget_mib: profile.memory_budget_mib,
        log_level: log_level_view(profile.log_level),
        is_pinned: profile.is_pinned,
        group: profile.group.clone(),
    }
}

pub(crate) fn log_level_view(level: LogLevel) -> LogLevelView {
    match level {
        LogLevel::Debug => LogLevelView::Debug,
        LogLevel::Info => LogLevelView::Info,
        LogLevel::Warn => LogLevelView::Warn,
        LogLevel::Error => LogLevelView::Error,
    }
}

/// A profile as sent, with what was kept back filled in from the one that is.
pub(crate) fn profile(view: ProfileView, known: &Profile) -> Result<Profile, Failure> {
    let environment = view.environment.into_iter().map(|VariableView { name, value }| {
        let kept = || known.environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        match value.or_else(kept) {
            Some(value) => Ok((name, value)),
            None => Err(invalid(format!("The variable `{name}` needs a value"))),
        }
    });
    Ok(Profile {
        place: place(view.place),
        port: view
            .port
            .map(|port| Port::new(port).ok_or_else(|| invalid("Port 0 is no port: choose one from 1 to 65535")))
            .transpose()?,
        hostname: some_text(view.hostname),
        binary: some_text(view.binary).map(PathBuf::from),
        arguments: view.arguments,
        environment: environment.collect::<Result<_, Failure>>()?,
        config: some_text(view.config)
            .map(|text| {
                unmasked(&text, known.config.as_deref())
                    .ok_or_else(|| invalid("The configuration has `***` in place of a secret; give the secret"))
            })
            .transpose()?,
        permission: some_text(view.permission),
        restart: match view.restart {
            RestartPolicyView::Never => RestartPolicy::Never,
            RestartPolicyView::OnFailure => RestartPolicy::OnFailure,
            RestartPolicyView::Always => RestartPolicy::Always,
        },
        sleep: match view.sleep {
            SleepRuleView::Default => SleepRule::Default,
            SleepRuleView::Never => SleepRule::Never,
            SleepRuleView::After { minutes } => SleepRule::After { minutes: minutes.max(1) },
        },
        memory_budget_mib: view.memory_budget_mib.filter(|mib| *mib > 0),
        log_level: match view.log_level {
            LogLevelView::Debug => LogLevel::Debug,
            LogLevelView::Info => LogLevel::Info,
            LogLevelView::Warn => LogLevel::Warn,
            LogLevelView::Error => LogLevel::Error,
        },
        is_pinned: view.is_pinned,
        group: some_text(view.group),
    })
}

pub(super) fn some_text(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Whether a variable's name says that its value is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "AUTH"].iter().any(|word| name.contains(word))
}
