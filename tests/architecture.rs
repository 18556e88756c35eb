//! The invariants of `ARCHITECTURE.md` that can be read from the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Who of ours may depend on whom of ours.
const LAYERS: &[(&str, &[&str])] = &[
    ("opencode-portal", &["bridge", "fleet"]),
    ("cli", &["bridge", "fleet", "serve"]),
    ("serve", &["bridge"]),
    ("bridge", &["demo", "fleet"]),
    ("fleet", &["launch", "opencode-api"]),
    ("launch", &[]),
    ("opencode-api", &[]),
    ("demo", &[]),
    ("testkit", &["demo"]),
];

/// Which of ours alone may name a library; a name that ends in `*` stands for all that begin so.
const NAMED_BY: &[(&str, &[&str])] = &[
    ("tauri*", &["opencode-portal"]),
    ("zbus", &["opencode-portal"]),
    ("reqwest", &["opencode-api"]),
    ("sse-stream", &["opencode-api"]),
    ("axum", &["demo", "serve", "testkit"]),
    ("tower-http", &["serve"]),
    ("bollard", &["launch"]),
    ("sysinfo", &["launch"]),
    ("process-wrap", &["launch"]),
    ("listeners", &["launch"]),
    ("mdns-sd", &["launch"]),
    ("secret-service", &["launch"]),
    ("keyring", &["launch"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli", "opencode-portal"]),
];

/// Nothing of these may come near the headless host.
const GUI: &[&str] = &["gtk", "muda", "tao", "tauri", "tray-icon", "webkit2gtk", "wry"];

/// Longest file of ours, in lines.
const LONGEST: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> Metadata {
    // Only this platform: the packages of others are not on this machine, and would be downloaded.
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc is here: it has built this test");
    let text = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked", "--filter-platform", host].map(str::to_owned))
        .exec()
        .expect("the workspace describes itself")
}

/// Files of ours under a folder, with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    const NOT_OURS: &[&str] = &["node_modules", "dist", "target", "gen"];
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.map(|entry| entry.expect("the folder can be read").path()) {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if entry.is_dir() {
                if !NOT_OURS.contains(&name.as_str()) && !name.starts_with('.') {
                    folders.push(entry);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn is_named(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[test]
fn layers_point_down() {
    let metadata = metadata();
    let layers: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let ours: BTreeSet<_> = metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let listed: BTreeSet<_> = layers.keys().map(|&name| name.to_owned()).collect();
    assert_eq!(ours, listed, "every crate has its place in `LAYERS`");
    for package in metadata.workspace_packages() {
        let allowed = layers[package.name.as_str()];
        for dependency in &package.dependencies {
            if dependency.kind == DependencyKind::Normal && ours.contains(&dependency.name) {
                assert!(
                    allowed.contains(&dependency.name.as_str()),
                    "`{}` must not depend on `{}`",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn each_library_has_one_home() {
    for package in metadata().workspace_packages() {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal) {
            for (library, allowed) in NAMED_BY {
                assert!(
                    !is_named(library, &dependency.name) || allowed.contains(&package.name.as_str()),
                    "`{}` must not name `{}`",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn the_command_line_links_no_gui_library() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().expect("metadata was asked for with dependencies");
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let cli = metadata.packages.iter().find(|package| package.name.as_str() == "cli").expect("there is a crate `cli`");
    let mut reached = BTreeSet::new();
    let mut next = vec![&cli.id];
    while let Some(id) = next.pop() {
        if !reached.insert(id) {
            continue;
        }
        for dependency in &nodes[id].deps {
            if dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                next.push(&dependency.pkg);
            }
        }
    }
    for package in metadata.packages.iter().filter(|package| reached.contains(&package.id)) {
        assert!(!GUI.contains(&package.name.as_str()), "the crate `cli` links `{}`", package.name);
    }
}

#[test]
fn only_the_backend_folder_imports_tauri() {
    for path in files("ui/src", &[".ts", ".tsx"]) {
        let text = fs::read_to_string(&path).expect("a source can be read");
        let imports = text.lines().any(|line| line.contains("\"@tauri-apps/") || line.contains("'@tauri-apps/"));
        assert!(!imports || short(&path).starts_with("ui/src/backend/"), "`{}` imports Tauri", short(&path));
    }
}

#[test]
fn typescript_is_up_to_date() {
    for (name, expected) in bridge::typescript::files() {
        let path = root().join("ui/src/wire").join(name);
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "`{}` is not what the Rust types say: run `make wire`", short(&path));
    }
}

/// Both hosts pass any name on to the one dispatch, and neither has a list of its own that could lack one.
#[test]
fn every_operation_is_reached_from_both_hosts() {
    let commands = fs::read_to_string(root().join("src-tauri/commands.rs")).expect("the commands can be read");
    let serve: String = files("crates/serve/src", &[".rs"])
        .iter()
        .filter(|path| !short(path).contains("tests"))
        .map(|path| fs::read_to_string(path).expect("a source can be read"))
        .collect();
    for (host, text) in [("src-tauri/commands.rs", &commands), ("crates/serve", &serve)] {
        assert!(text.contains("Call {") && text.contains(".call("), "{host} passes calls on to the bridge");
        for operation in bridge::OPERATIONS {
            assert!(!text.contains(&format!("\"{}\"", operation.name)), "{host} names `{}` itself", operation.name);
        }
    }
    assert_eq!(commands.matches("#[tauri::command]").count(), 2, "a page has two commands: `call` and `subscribe`");
    assert!(serve.contains("/bridge/call/{name}"), "the HTTP host has one route for all operations");
    let typescript = fs::read_to_string(root().join("ui/src/wire/operations.ts")).expect("the wire can be read");
    for operation in bridge::OPERATIONS {
        assert!(typescript.contains(&format!("{}:", operation.name)), "TypeScript knows `{}`", operation.name);
    }
}

/// A capability is what a page may do beside our two commands: nothing that starts programs or reads files.
#[test]
fn no_plugin_is_reachable_from_the_page() {
    for path in files("src-tauri/capabilities", &[".json"]) {
        let text = fs::read_to_string(&path).expect("a capability can be read");
        let capability: serde_json::Value = serde_json::from_str(&text).expect("a capability is JSON");
        for permission in capability["permissions"].as_array().expect("it lists permissions") {
            let name = permission.as_str().expect("permissions are named, without scopes");
            assert!(name.starts_with("core:"), "`{}` lets the page use `{name}`", short(&path));
        }
    }
}

#[test]
fn unsafe_code_is_in_one_place() {
    let allowed = "src-tauri/platform/environment.rs";
    let marker = ["allow(", "unsafe_code", ")"].concat();
    for folder in ["crates", "src-tauri", "tests"] {
        for path in files(folder, &[".rs"]) {
            let text = fs::read_to_string(&path).expect("a source can be read");
            assert!(!text.contains(&marker) || short(&path) == allowed, "`{}` allows unsafe code", short(&path));
        }
    }
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let mut long = Vec::new();
    for folder in ["crates", "src-tauri", "tests", "scripts", "ui"] {
        for path in files(folder, &[".rs", ".ts", ".tsx", ".css", ".sh", ".mjs", ".js"]) {
            if short(&path).starts_with("ui/src/wire/") {
                continue; // Generated.
            }
            let lines = fs::read_to_string(&path).expect("a source can be read").lines().count();
            if lines > LONGEST {
                long.push(format!("{} ({lines})", short(&path)));
            }
        }
    }
    assert!(long.is_empty(), "longer than {LONGEST} lines: {}", long.join(", "));
}

/// A name that says nothing draws everything to it.
#[test]
fn no_file_has_an_empty_name() {
    const EMPTY: &[&str] = &["manager", "service", "helper", "helpers", "util", "utils", "misc"];
    for folder in ["crates", "src-tauri", "tests", "ui/src"] {
        for path in files(folder, &[".rs", ".ts", ".tsx"]) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let empty = stem.split(['_', '-', '.']).any(|word| EMPTY.contains(&word));
            assert!(!empty, "`{}` has a name that says nothing", short(&path));
        }
    }
}
