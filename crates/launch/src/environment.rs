//! The environment that a child gets: the login shell's, without what belongs to us or to the bundle that we run from.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
};

/// Names and values for a child. It may hold secrets, so `Debug` shows only how many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

/// Ours, or of a server that we may have been started under: a child must not take them for its own.
const NEVER_PASSED_ON: [&str; 17] = [
    "LD_PRELOAD",
    "DYLD_INSERT_LIBRARIES",
    "APPDIR",
    "APPIMAGE",
    "ARGV0",
    "OWD",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "TAURI_WEBVIEW_AUTOMATION",
    "OPENCODE",
    "OPENCODE_PID",
    "OPENCODE_TERMINAL",
    "OPENCODE_SERVER_PASSWORD",
    "OPENCODE_SERVER_USERNAME",
    "OPENCODE_CLIENT",
    "PORTAL_HOST",
    "PORTAL_INSTANCE",
    "PORTAL_STATE",
];

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "::1"];

impl Environment {
    /// What this process itself was given.
    pub fn of_this_process() -> Self {
        Self(env::vars_os().collect())
    }

    /// The value of one variable.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// Sets one variable.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// Takes one variable away.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(OsStr::new(name));
    }

    /// The folders of `PATH`, in order.
    pub fn path(&self) -> Vec<PathBuf> {
        self.get("PATH").map(|value| env::split_paths(value).collect()).unwrap_or_default()
    }

    /// Every name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<T: IntoIterator<Item = (OsString, OsString)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl Extend<(OsString, OsString)> for Environment {
    fn extend<T: IntoIterator<Item = (OsString, OsString)>>(&mut self, entries: T) {
        self.0.extend(entries);
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Environment({} variables)", self.0.len())
    }
}

/// The environment for a child, from the one of the user's login shell (or our own where that is not known).
///
/// What points into the bundle that we run from (`$APPDIR`) is dropped entry by entry, and loopback never goes through a proxy.
pub fn child_environment(base: &Environment) -> Environment {
    let bundle = base.get("APPDIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut child = Environment::default();
    for (name, value) in base.iter() {
        if NEVER_PASSED_ON.iter().any(|never| OsStr::new(never) == name) {
            continue;
        }
        match &bundle {
            Some(bundle) => {
                if let Some(kept) = without_bundle(value, bundle) {
                    child.set(name, kept);
                }
            }
            None => child.set(name, value),
        }
    }
    for name in ["NO_PROXY", "no_proxy"] {
        let value = with_loopback(child.get(name));
        child.set(name, value);
    }
    child
}

/// The value without list entries inside the bundle; `None` when nothing is left of it.
fn without_bundle(value: &OsStr, bundle: &Path) -> Option<OsString> {
    let mut dropped = false;
    let kept: Vec<PathBuf> = env::split_paths(value)
        .filter(|entry| {
            let inside = entry.starts_with(bundle);
            dropped |= inside;
            !inside
        })
        .collect();
    if !dropped {
        return Some(value.to_owned());
    }
    if kept.iter().all(|entry| entry.as_os_str().is_empty()) {
        return None;
    }
    // The entries came out of a split at the separator, so none contains one.
    env::join_paths(kept).ok()
}

fn with_loopback(value: Option<&OsStr>) -> OsString {
    let mut list = value.map(OsStr::to_owned).unwrap_or_default();
    let present: Vec<String> = list.to_string_lossy().split(',').map(|entry| entry.trim().to_owned()).collect();
    if present.iter().any(|entry| entry == "*") {
        return list;
    }
    for host in LOOPBACK {
        if !present.iter().any(|entry| entry == host) {
            if !list.is_empty() {
                list.push(",");
            }
            list.push(host);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(entries: &[(&str, &str)]) -> Environment {
        entries.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    fn check(name: &str, base: &[(&str, &str)], expected: Option<&str>) {
        let child = child_environment(&environment(base));
        assert_eq!(child.get(name), expected.map(OsStr::new), "{name} from {base:?}");
    }

    #[test]
    fn a_bundle_leaves_no_trace() {
        let bundle = ("APPDIR", "/tmp/.mount_portal");
        check("APPDIR", &[bundle], None);
        check(
            "LD_LIBRARY_PATH",
            &[bundle, ("LD_LIBRARY_PATH", "/tmp/.mount_portal/usr/lib:/opt/lib")],
            Some("/opt/lib"),
        );
        check("LD_LIBRARY_PATH", &[bundle, ("LD_LIBRARY_PATH", "/tmp/.mount_portal/usr/lib:")], None);
        check("PYTHONHOME", &[bundle, ("PYTHONHOME", "/tmp/.mount_portal/usr")], None);
        check("GIO_MODULE_DIR", &[bundle, ("GIO_MODULE_DIR", "/tmp/.mount_portal/usr/lib/gio")], None);
        check("PATH", &[bundle, ("PATH", "/tmp/.mount_portal/usr/bin:/usr/bin:/bin")], Some("/usr/bin:/bin"));
        check("HOME", &[bundle, ("HOME", "/home/a")], Some("/home/a"));
        check("URL", &[bundle, ("URL", "http://a:1/b")], Some("http://a:1/b"));
        check("OTHER", &[bundle, ("OTHER", "/tmp/.mount_portal_too/bin")], Some("/tmp/.mount_portal_too/bin"));
    }

    #[test]
    fn ours_is_not_passed_on() {
        for name in NEVER_PASSED_ON {
            check(name, &[(name, "x")], None);
        }
        check("PATH", &[("PATH", "/usr/bin")], Some("/usr/bin"));
    }

    #[test]
    fn loopback_goes_through_no_proxy() {
        for name in ["NO_PROXY", "no_proxy"] {
            check(name, &[], Some("127.0.0.1,localhost,::1"));
            check(name, &[(name, "corp.example")], Some("corp.example,127.0.0.1,localhost,::1"));
            check(name, &[(name, "localhost, 127.0.0.1")], Some("localhost, 127.0.0.1,::1"));
            check(name, &[(name, "*")], Some("*"));
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let shown = format!("{:?}", environment(&[("OPENCODE_SERVER_PASSWORD", "hunter2")]));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
