//! A configuration that opencode refuses: the file is looked at until it is another one, because opencode itself never looks again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opencode_api::ApiError;

use super::super::context::Context;
use crate::event::{Event, RunId};
use crate::supervision::SupervisionEvent;

/// The file that was refused, while it is looked at.
pub(in crate::runtime) struct Refused {
    /// When the server was started: what is newer than that, it may not have seen.
    started: SystemTime,
    file: Option<(String, Stamp)>,
}

type Stamp = Option<(SystemTime, u64)>;

impl Refused {
    /// Nothing is refused yet.
    pub(in crate::runtime) fn new(context: &Context, at: &RunId) -> Self {
        let started = context.states.borrow().instances.get(&at.instance).and_then(|instance| instance.started_at);
        let started = started.map_or_else(SystemTime::now, |at| UNIX_EPOCH + Duration::from_millis(at.as_ms()));
        Self { started, file: None }
    }

    /// A reading has failed. If it was for the configuration, and that has changed since, this is reported.
    pub(in crate::runtime) fn look(&mut self, context: &Context, at: &RunId, error: &ApiError) {
        let ApiError::Configuration { file, .. } = error else { return };
        if self.is_changed(file) {
            context.report(Event::Supervision(SupervisionEvent::ConfigurationChanged { at: at.clone() }));
        }
    }

    fn is_changed(&mut self, file: &str) -> bool {
        let now = stamp(file);
        // A file from the future would be newer than every start of the server.
        let is_newer = now.is_some_and(|(modified, _)| modified > self.started && modified <= SystemTime::now());
        match &mut self.file {
            Some((known, before)) if known == file => std::mem::replace(before, now) != now || is_newer,
            known => {
                *known = Some((file.to_owned(), now));
                is_newer
            }
        }
    }
}

fn stamp(file: &str) -> Stamp {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::Refused;

    #[test]
    fn a_file_is_changed_when_it_is_written_or_removed_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("opencode.json");
        let file = path.to_str().unwrap();
        std::fs::write(&path, "{bad").unwrap();
        let later = SystemTime::now() + Duration::from_mins(1);
        let mut refused = Refused { started: later, file: None };
        assert!(!refused.is_changed(file));
        assert!(!refused.is_changed(file));
        std::fs::write(&path, "{}").unwrap();
        assert!(refused.is_changed(file));
        assert!(!refused.is_changed(file));
        std::fs::remove_file(&path).unwrap();
        assert!(refused.is_changed(file));
        // Written after the server was started, and before its refusal was heard.
        std::fs::write(&path, "{}").unwrap();
        let earlier = SystemTime::now() - Duration::from_mins(1);
        assert!(Refused { started: earlier, file: None }.is_changed(file));
    }
}
