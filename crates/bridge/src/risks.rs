//! What is not safe about an instance, said the same wherever there is no window: in tables, warnings and the tray. Pure.

use std::fmt;

use crate::messages::{InstanceView, StateView};

/// Before this, a web page could make opencode run commands (CVE-2026-22812).
const SAFE_SINCE: [u64; 3] = [1, 0, 216];

/// Something that a person should know before they work with an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// It runs an opencode that is known to be unsafe.
    OldVersion,
    /// It lets in whoever asks.
    NoPassword,
    /// The way to it is not encrypted.
    Overheard,
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OldVersion => "unsafe version",
            Self::NoPassword => "no password",
            Self::Overheard => "not encrypted",
        })
    }
}

/// What is not safe about this instance as it is now, the worst first.
pub fn risks(instance: &InstanceView) -> Vec<Risk> {
    let rests = matches!(instance.state, StateView::Stopped | StateView::Asleep | StateView::Crashed { .. });
    let is_old = !rests && instance.version.as_deref().is_some_and(is_unsafe);
    let risks = [
        (is_old, Risk::OldVersion),
        (instance.is_secured == Some(false), Risk::NoPassword),
        (instance.way.is_overheard, Risk::Overheard),
    ];
    risks.into_iter().filter_map(|(is_so, risk)| is_so.then_some(risk)).collect()
}

/// Whether this version of opencode is known to be unsafe. What is no version is not.
pub fn is_unsafe(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').splitn(3, '.').map(|part| {
        let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        part[..end].parse::<u64>().ok()
    });
    let mut next = || numbers.next().flatten();
    match (next(), next(), next()) {
        (Some(major), Some(minor), Some(patch)) => [major, minor, patch] < SAFE_SINCE,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Activity, WayView};

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for old in ["1.0.215", "1.0.99", "v0.15.31", " 0.9.0", "1.0.215-beta.1"] {
            assert!(is_unsafe(old), "{old}");
        }
        for safe in ["1.0.216", "1.18.33", "2.0.0-beta.1", "local", "1.0", ""] {
            assert!(!is_unsafe(safe), "{safe}");
        }
    }

    #[test]
    fn all_that_is_not_safe_is_named_and_what_rests_runs_no_old_version() {
        let stopped =
            InstanceView { version: Some("1.0.100".into()), ..InstanceView::stopped("aaaa0001", "web", "/work/web") };
        assert_eq!(risks(&stopped), []);
        let ready = InstanceView { state: StateView::Ready { activity: Activity::Idle }, ..stopped };
        assert_eq!(risks(&ready), [Risk::OldVersion]);
        let open = InstanceView {
            is_secured: Some(false),
            way: WayView { is_overheard: true, ..WayView::default() },
            ..ready
        };
        assert_eq!(risks(&open), [Risk::OldVersion, Risk::NoPassword, Risk::Overheard]);
        let locked = InstanceView { state: StateView::Locked, version: None, is_secured: Some(true), ..open };
        assert_eq!(risks(&locked), [Risk::Overheard]);
    }
}
