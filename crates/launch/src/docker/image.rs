//! Images that an engine has.

use std::collections::BTreeMap;

use bollard::query_parameters::RemoveImageOptionsBuilder;

use super::{Engine, ImageError};
use crate::LaunchError;

/// An image that an engine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id, like `sha256:...`: what it contains, whatever its names are.
    pub id: String,
    /// Its names with their tags.
    pub names: Vec<String>,
    /// The architecture that it is made for, like `amd64`.
    pub architecture: String,
    /// The operating system that it is made for, like `linux`.
    pub os: String,
    /// How big it is.
    pub size_bytes: u64,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What a container of it runs.
    pub entrypoint: Vec<String>,
    /// The arguments for that, or what is run if there is no entry point.
    pub command: Vec<String>,
    /// The user that it runs as; root if it says nothing.
    pub user: String,
}

impl Engine {
    /// The image of that name or id; none if the engine does not have it.
    pub async fn image(&self, image: &str) -> Result<Option<Image>, ImageError> {
        if !is_image(image) {
            return Err(ImageError::Name { name: image.to_owned() });
        }
        let answer = match self.within(self.timeout, self.docker.inspect_image(image)).await {
            Ok(answer) => answer,
            Err(LaunchError::EngineRefused { status: 404, .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let config = answer.config.unwrap_or_default();
        let id = answer.id.filter(|id| !id.is_empty());
        Ok(Some(Image {
            id: id.ok_or_else(|| LaunchError::EngineAnswer { source: "it names no id of the image".into() })?,
            names: answer.repo_tags.unwrap_or_default(),
            architecture: answer.architecture.unwrap_or_default(),
            os: answer.os.unwrap_or_default(),
            size_bytes: answer.size.and_then(|size| size.try_into().ok()).unwrap_or_default(),
            labels: config.labels.unwrap_or_default().into_iter().collect(),
            entrypoint: config.entrypoint.unwrap_or_default(),
            command: config.cmd.unwrap_or_default(),
            user: config.user.unwrap_or_default(),
        }))
    }

    /// Takes the name from an image, and removes it when that was its last one; well when there is none.
    pub async fn remove_image(&self, image: &str) -> Result<(), ImageError> {
        if !is_image(image) {
            return Err(ImageError::Name { name: image.to_owned() });
        }
        let options = RemoveImageOptionsBuilder::new().build();
        match self.within(self.timeout, self.docker.remove_image(image, Some(options), None)).await {
            Ok(_) | Err(LaunchError::EngineRefused { status: 404, .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether the text can be the name or the id of an image. Anything else must not become part of a path.
pub(super) fn is_image(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !text.contains("..")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:/@".contains(&byte))
}
