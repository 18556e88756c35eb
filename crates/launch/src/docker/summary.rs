//! All containers of an engine at once, as its list tells them.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use bollard::{models, query_parameters::ListContainersOptionsBuilder};

use super::{Engine, Phase, PublishedPort};
use crate::LaunchError;

/// A container, as a list of all of them tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerSummary {
    /// Its id, in full.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The image it was made from, as it was named then.
    pub image: String,
    /// The id of that image.
    pub image_id: String,
    /// Its command, in one line.
    pub command: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How it is.
    pub phase: Phase,
    /// Where its ports are published; nothing while it does not run.
    pub ports: Vec<PublishedPort>,
    /// When it was made.
    pub created: SystemTime,
}

impl Engine {
    /// Every container, running or not, in one call; ordered by id.
    pub async fn containers(&self) -> Result<Vec<ContainerSummary>, LaunchError> {
        let all = ListContainersOptionsBuilder::new().all(true).build();
        let listed = self.within(self.timeout, self.docker.list_containers(Some(all))).await?;
        let mut containers: Vec<_> = listed.into_iter().filter_map(ContainerSummary::of).collect();
        containers.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Ok(containers)
    }
}

impl ContainerSummary {
    /// `None` for an entry without what makes a container: foreign input does not fail whole.
    fn of(listed: models::ContainerSummary) -> Option<Self> {
        // A container that others link to has more names than one; those have a second slash.
        let names = listed.names.unwrap_or_default();
        let own = |name: &String| name.strip_prefix('/').filter(|name| !name.contains('/')).map(str::to_owned);
        let name = names.iter().find_map(own).or_else(|| names.first().cloned()).unwrap_or_default();
        Some(Self {
            id: listed.id.filter(|id| !id.is_empty())?,
            name,
            image: listed.image.unwrap_or_default(),
            image_id: listed.image_id.unwrap_or_default(),
            command: listed.command.unwrap_or_default(),
            labels: listed.labels.unwrap_or_default().into_iter().collect(),
            phase: Phase::of_list(listed.state)?,
            ports: PublishedPort::of_list(listed.ports.unwrap_or_default()),
            created: SystemTime::UNIX_EPOCH
                + Duration::from_secs(listed.created.and_then(|seconds| seconds.try_into().ok()).unwrap_or_default()),
        })
    }
}
