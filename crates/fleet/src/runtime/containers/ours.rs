//! Which containers and volumes of an engine are ours: those that hosts with this state folder have made, by their labels.
//!
//! The folder's path alone is no proof: on another machine, or in a container, with the same engine it is often the same.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::{DIRECTORY_LABEL, INSTANCE_LABEL, NAME_LABEL, STATE_ID_LABEL, STATE_LABEL};
use crate::InstanceId;
use crate::containers::Mark;
use crate::files::state_id;

/// What marks a container or a volume as ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ours {
    state: PathBuf,
    id: String,
}

impl Ours {
    /// What marks ours. An error: the id of the state folder could neither be read nor be made.
    pub(super) async fn of(context: &Context) -> io::Result<Self> {
        let state = context.folders.state.clone();
        let made = tokio::task::spawn_blocking(move || {
            let id = state_id::of(&state)?;
            Ok(Self { state, id })
        });
        made.await.map_err(io::Error::other)?
    }

    /// The labels that say so, for whatever is made at an engine.
    pub(super) fn labels(&self) -> [(String, String); 2] {
        let state = self.state.to_string_lossy().into_owned();
        [(STATE_LABEL.to_owned(), state), (STATE_ID_LABEL.to_owned(), self.id.clone())]
    }

    /// Whether a host with this state folder has made it.
    pub(super) fn is_ours(&self, labels: &BTreeMap<String, String>) -> bool {
        labels.get(STATE_LABEL).map(Path::new) == Some(&self.state) && labels.get(STATE_ID_LABEL) == Some(&self.id)
    }

    /// Whether a host with another state folder has made it. What has no such labels at all may be anybody's: not every engine
    /// keeps those of a volume.
    pub(super) fn is_somebody_elses(&self, labels: &BTreeMap<String, String>) -> bool {
        let is_marked = [STATE_LABEL, STATE_ID_LABEL].iter().any(|label| labels.contains_key(*label));
        is_marked && !self.is_ours(labels)
    }

    /// The instance of ours that a container was made for.
    pub(super) fn mark(&self, labels: &BTreeMap<String, String>) -> Option<Mark> {
        if !self.is_ours(labels) {
            return None;
        }
        let instance = InstanceId::given(labels.get(INSTANCE_LABEL)?)?;
        let name = labels.get(NAME_LABEL).cloned().filter(|name| !name.is_empty());
        let directory = labels.get(DIRECTORY_LABEL).map(Path::new).and_then(Path::file_name);
        let last = || directory.map(|last| last.to_string_lossy().into_owned());
        Some(Mark { instance, name: name.or_else(last).unwrap_or_else(|| "opencode".to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Ours;

    #[test]
    fn only_a_host_with_our_state_folder_and_its_id_makes_ours() {
        let ours = Ours { state: "/state".into(), id: "1f".to_owned() };
        let labels = |state: &str, id: Option<&str>, instance: &str| -> BTreeMap<String, String> {
            let mut labels: BTreeMap<String, String> = [
                ("org.opencode-portal.state", state),
                ("org.opencode-portal.instance", instance),
                ("org.opencode-portal.directory", "/srv/site"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
            labels.extend(id.map(|id| ("org.opencode-portal.state-id".to_owned(), id.to_owned())));
            labels
        };
        let mark = ours.mark(&labels("/state", Some("1f"), "abcd1234")).unwrap();
        assert_eq!((mark.instance.as_str(), mark.name.as_str()), ("abcd1234", "site"));
        for (state, id, instance) in [
            ("/other", Some("1f"), "abcd1234"),
            ("/state", Some("2e"), "abcd1234"),
            ("/state", None, "abcd1234"),
            ("/state", Some("1f"), "../x"),
        ] {
            assert_eq!(ours.mark(&labels(state, id, instance)), None, "{state} {id:?} {instance}");
        }
        let volume = |state: &str, id| labels(state, id, "abcd1234");
        assert!(!ours.is_somebody_elses(&volume("/state", Some("1f"))));
        assert!(ours.is_somebody_elses(&volume("/state", Some("2e"))));
        assert!(ours.is_somebody_elses(&volume("/other", None)));
        assert!(!ours.is_somebody_elses(&BTreeMap::new()));
        // Whatever it is that these are on, it is known again.
        assert!(ours.is_ours(&ours.labels().into()));
    }
}
