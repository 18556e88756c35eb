//! Names of images.

use std::fmt;

use super::ImageError;

/// The registry that is meant when none is named.
const USUAL_REGISTRY: &str = "docker.io";

/// The name of an image: `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageName {
    text: String,
    registry: String,
    repository: String,
    reference: String,
}

impl ImageName {
    /// Reads a name; one that no engine takes is refused.
    pub fn parse(text: &str) -> Result<Self, ImageError> {
        let refused = || ImageError::Name { name: text.to_owned() };
        let text = text.trim();
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (path, tag) = match rest.rsplit_once(':') {
            // A colon before the last slash belongs to the registry's port.
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
            _ => (rest, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((first, others)) if first.contains(['.', ':']) || first == "localhost" => (first, others),
            _ => (USUAL_REGISTRY, path),
        };
        let is_part = |part: &str| {
            part.starts_with(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit())
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
        };
        let is_tag = |tag: &str| {
            !tag.is_empty()
                && tag.len() <= 128
                && !tag.starts_with(['.', '-'])
                && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        let is_digest = |digest: &str| {
            digest
                .strip_prefix("sha256:")
                .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        let is_registry = registry.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[')
            && registry.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
        if !is_registry
            || !repository.split('/').all(is_part)
            || !tag.is_none_or(is_tag)
            || !digest.is_none_or(is_digest)
        {
            return Err(refused());
        }
        Ok(Self {
            text: text.to_owned(),
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            reference: digest.or(tag).unwrap_or("latest").to_owned(),
        })
    }

    /// The host of its registry.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The name without the tag, as an engine wants it for a pull.
    pub(super) fn without_reference(&self) -> String {
        if self.registry == USUAL_REGISTRY {
            self.repository.clone()
        } else {
            format!("{}/{}", self.registry, self.repository)
        }
    }

    /// The tag or the digest.
    pub(super) fn reference(&self) -> &str {
        &self.reference
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        for (text, registry, repository, reference) in [
            ("debian", "docker.io", "debian", "latest"),
            ("debian:12-slim", "docker.io", "debian", "12-slim"),
            ("some/opencode", "docker.io", "some/opencode", "latest"),
            ("registry.example/team/opencode:1.2.3", "registry.example", "registry.example/team/opencode", "1.2.3"),
            ("localhost/x", "localhost", "localhost/x", "latest"),
            ("127.0.0.1:5000/x", "127.0.0.1:5000", "127.0.0.1:5000/x", "latest"),
            ("127.0.0.1:5000/x:y", "127.0.0.1:5000", "127.0.0.1:5000/x", "y"),
        ] {
            let name = ImageName::parse(text).unwrap();
            assert_eq!(
                (name.registry(), name.without_reference().as_str(), name.reference()),
                (registry, repository, reference)
            );
        }
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(ImageName::parse(&format!("debian:12@{digest}")).unwrap().reference(), digest);
        for text in ["", ":", "a:", "A", "a b", "a//b", "../x", "a@sha256:1", "a?x=1", "a#b", "-a", "a/", "/a", "a:b:c"]
        {
            assert!(matches!(ImageName::parse(text), Err(ImageError::Name { .. })), "{text}");
        }
    }
}
