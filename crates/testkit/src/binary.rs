//! Where the opencode for tests is.

use std::path::{Path, PathBuf};

/// Names another binary than the pinned one.
const OVERRIDE: &str = "PORTAL_TEST_OPENCODE";

/// The pinned opencode, from the UI's development dependencies or from `PORTAL_TEST_OPENCODE`.
///
/// # Panics
/// If there is none.
pub fn opencode_binary() -> PathBuf {
    if let Some(path) = std::env::var_os(OVERRIDE) {
        return PathBuf::from(path);
    }
    let system = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates are two below the root");
    let path = root.join(format!("ui/node_modules/opencode-{system}-{machine}/bin/opencode"));
    assert!(path.is_file(), "`{}` is missing: run `make prepare`, or set `{OVERRIDE}`", path.display());
    path
}
