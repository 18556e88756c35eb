//! The real program behind npm's script.
//!
//! The script starts the real one as a child and forwards no signals, so the process that we would own would not be the server.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// The native program that the script at `path` would start; `None` when `path` is no script or no native program is found beside it.
pub(super) fn native_behind(path: &Path) -> Option<PathBuf> {
    if !is_script(path) {
        return None;
    }
    let real = fs::canonicalize(path).ok()?;
    let package = real.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "opencode-ai"))?;
    native_in(&[package.join("node_modules"), package.parent()?.to_owned()])
}

/// The native program in one of these `node_modules`, the one that fits this machine best.
pub(crate) fn native_in(node_modules: &[PathBuf]) -> Option<PathBuf> {
    let program = if cfg!(windows) { "bin/opencode.exe" } else { "bin/opencode" };
    package_names(has_avx2(), has_musl())
        .iter()
        .flat_map(|package| node_modules.iter().map(move |folder| folder.join(package).join(program)))
        .find(|path| path.is_file())
}

fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start == b"#!"
}

/// The packages that hold a program for this system, the best first. One built for another C library may run all the same.
fn package_names(avx2: bool, musl: bool) -> Vec<String> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let base = format!("opencode-{system}-{processor}");
    let libraries: &[&str] = match (system, musl) {
        ("linux", true) => &["-musl", ""],
        ("linux", false) => &["", "-musl"],
        _ => &[""],
    };
    let instructions: &[&str] = match (processor, avx2) {
        ("x64", true) => &["", "-baseline"],
        ("x64", false) => &["-baseline"],
        _ => &[""],
    };
    libraries
        .iter()
        .flat_map(|library| instructions.iter().map(move |instruction| (instruction, library)))
        .map(|(instruction, library)| format!("{base}{instruction}{library}"))
        .collect()
}

/// The plain x64 program ends with an illegal instruction where the processor has none of these.
fn has_avx2() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

fn has_musl() -> bool {
    cfg!(target_env = "musl") || Path::new("/etc/alpine-release").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn the_package_fits_the_machine() {
        let names = |avx2, musl| package_names(avx2, musl).join(" ");
        assert_eq!(
            names(true, false),
            "opencode-linux-x64 opencode-linux-x64-baseline opencode-linux-x64-musl opencode-linux-x64-baseline-musl"
        );
        assert_eq!(names(false, false), "opencode-linux-x64-baseline opencode-linux-x64-baseline-musl");
        assert_eq!(names(false, true), "opencode-linux-x64-baseline-musl opencode-linux-x64-baseline");
        assert_eq!(
            names(true, true),
            "opencode-linux-x64-musl opencode-linux-x64-baseline-musl opencode-linux-x64 opencode-linux-x64-baseline"
        );
    }

    #[test]
    fn the_native_program_is_found_behind_a_link_to_the_script() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let package = root.join("lib/node_modules/opencode-ai");
        fs::create_dir_all(package.join("bin")).unwrap();
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::write(package.join("bin/opencode"), "#!/usr/bin/env node\n").unwrap();
        std::os::unix::fs::symlink("../lib/node_modules/opencode-ai/bin/opencode", root.join("bin/opencode")).unwrap();
        assert_eq!(native_behind(&root.join("bin/opencode")), None, "nothing is beside it yet");

        let name = package_names(has_avx2(), has_musl()).remove(0);
        for folder in [root.join("lib/node_modules"), package.join("node_modules")] {
            let native = folder.join(&name).join("bin/opencode");
            fs::create_dir_all(native.parent().unwrap()).unwrap();
            fs::write(&native, "native").unwrap();
            assert_eq!(native_behind(&root.join("bin/opencode")), Some(native.clone()));
            assert_eq!(native_behind(&native), None, "a native program has none behind it");
        }
    }
}
