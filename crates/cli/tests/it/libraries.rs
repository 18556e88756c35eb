//! What is linked.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand, PackageId};

#[test]
fn the_command_line_links_no_gui_library() {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Of this system alone: those of others may not be on this machine.
    let options = ["--offline", "--filter-platform", host].map(ToOwned::to_owned).to_vec();
    let metadata = MetadataCommand::new().other_options(options).exec().unwrap();
    let nodes: BTreeMap<_, _> =
        metadata.resolve.as_ref().unwrap().nodes.iter().map(|node| (node.id.clone(), node)).collect();
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let cli = names.iter().find(|(_, name)| **name == "cli").map(|(id, _)| (*id).clone()).unwrap();
    let mut linked = BTreeSet::new();
    let mut next = vec![cli];
    while let Some(id) = next.pop() {
        if linked.insert(id.clone()) {
            let normal = nodes[&id]
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
            next.extend(normal.map(|dep| dep.pkg.clone()));
        }
    }
    let is_gui = |name: &&str| {
        ["tauri", "gtk", "webkit", "wry", "tao", "winit", "gdk", "cairo"].iter().any(|gui| name.starts_with(gui))
    };
    let guilty: Vec<&str> = linked.iter().map(|id| names[id]).filter(is_gui).collect();
    assert!(guilty.is_empty(), "{guilty:?}");
    assert!(linked.len() > 50, "the tree was read: {} packages", linked.len());
}
