//! Images that an engine has.

use std::collections::BTreeMap;

use bollard::query_parameters::{ListImagesOptions, RemoveImageOptionsBuilder};

use super::{Engine, ImageError, ImageName};
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

    /// The names of all images that the engine has, with their tags and as a person writes them; in order, each once.
    pub async fn images(&self) -> Result<Vec<String>, LaunchError> {
        // Without a filter: engines differ in what one means for a name with slashes.
        let listed = self.within(self.timeout, self.docker.list_images(None::<ListImagesOptions>)).await?;
        let names = listed.into_iter().flat_map(|image| image.repo_tags);
        let mut names: Vec<String> = names.filter_map(|name| usual_name(&name)).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
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

/// The name as it is usually written: without the registry and the folder that are meant when none are named, which Podman tells.
/// None if it is no name, as `<none>:<none>`.
fn usual_name(name: &str) -> Option<String> {
    ImageName::parse(name).ok()?;
    let short = name.strip_prefix("docker.io/").map(|rest| rest.strip_prefix("library/").unwrap_or(rest));
    Some(short.unwrap_or(name).to_owned())
}

/// Whether the text can be the name or the id of an image. Anything else must not become part of a path.
pub(super) fn is_image(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !text.contains("..")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:/@".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::usual_name;

    #[test]
    fn names_are_told_as_they_are_usually_written() {
        for (name, expected) in [
            ("opencode-portal:1.18.33", Some("opencode-portal:1.18.33")),
            ("docker.io/library/opencode-portal:1.18.33", Some("opencode-portal:1.18.33")),
            ("docker.io/team/opencode:2", Some("team/opencode:2")),
            ("library/opencode:2", Some("library/opencode:2")),
            ("ghcr.io/docker.io/opencode:2", Some("ghcr.io/docker.io/opencode:2")),
            ("localhost/opencode:2", Some("localhost/opencode:2")),
            ("127.0.0.1:5000/opencode:2", Some("127.0.0.1:5000/opencode:2")),
            ("<none>:<none>", None),
            ("", None),
        ] {
            assert_eq!(usual_name(name).as_deref(), expected, "{name}");
        }
    }
}
