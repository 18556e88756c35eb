//! The path that a reverse proxy has put a server under.

use std::fmt;

use reqwest::Url;

/// The longest that is taken.
const LONGEST: usize = 512;

/// The path that a reverse proxy has put a server under, `/opencode`; empty for a server at the root.
/// Always in one way of writing: no slash at its end, no `.` and `..`, encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasePath(String);

impl BasePath {
    /// The path as somebody wrote it; none if it is more than a path.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST || text.contains(['?', '#', '\\']) || text.chars().any(char::is_control) {
            return None;
        }
        let mut url = Url::parse("http://host/").expect("a constant URL is one");
        url.set_path(text);
        let path = url.path().trim_end_matches('/');
        // Two slashes are another path to some proxies and the same to others.
        (!path.contains("//")).then(|| Self(path.to_owned()))
    }

    /// With `/` at its beginning and none at its end; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the server is at the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The URL of a route of the server; none if it would leave the base.
    pub(crate) fn join(&self, origin: &Url, route: &str) -> Option<Url> {
        let mut url = origin.clone();
        url.set_path(&format!("{}{route}", self.0));
        let is_below = url.path().strip_prefix(&self.0).is_some_and(|rest| rest.starts_with('/'));
        is_below.then_some(url)
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::Url;

    use super::BasePath;

    #[test]
    fn one_path_is_written_in_one_way() {
        for (text, expected) in [
            ("", ""),
            ("/", ""),
            ("/opencode", "/opencode"),
            ("/opencode/", "/opencode"),
            ("opencode//", "/opencode"),
            ("/a/../b/./c/", "/b/c"),
            ("/my box", "/my%20box"),
            ("/my%20box", "/my%20box"),
            ("/..", ""),
        ] {
            assert_eq!(BasePath::parse(text).expect(text).as_str(), expected, "{text}");
        }
        for text in ["/a?b", "/a#b", "/a//b", "/a\\b", "/a\nb"] {
            assert_eq!(BasePath::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_route_leaves_the_base() {
        let origin = Url::parse("https://build:8443").expect("a URL");
        let base = BasePath::parse("/opencode").expect("a path");
        let join = |route: &str| base.join(&origin, route).map(String::from);
        assert_eq!(join("/session").as_deref(), Some("https://build:8443/opencode/session"));
        for route in ["/../admin", "/a/../../admin", "/%2e%2e/admin", "x"] {
            assert_eq!(join(route), None, "{route}");
        }
        let root = BasePath::default();
        assert_eq!(root.join(&origin, "/path").map(String::from).as_deref(), Some("https://build:8443/path"));
    }

    proptest! {
        #[test]
        fn what_was_parsed_parses_to_itself(text in ".{0,30}") {
            if let Some(base) = BasePath::parse(&text) {
                prop_assert_eq!(BasePath::parse(base.as_str()), Some(base));
            }
        }
    }
}
