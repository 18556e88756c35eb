//! Each invariant of `ARCHITECTURE.md` names what holds it, and that is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A row of the table: its number, and the names in backticks in its last column.
fn rows() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page can be read");
    let (_, table) = text.split_once("## Invariants").expect("the page has invariants");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    table
        .lines()
        .skip_while(|line| !line.starts_with("| --- "))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = cells(line);
            let names = cells.last().expect("a row has columns").split('`').skip(1).step_by(2).map(str::to_owned);
            (cells[0].clone(), names.collect())
        })
        .collect()
}

/// `a/{b,c}.rs` is two.
fn each(name: &str) -> Vec<String> {
    let Some((before, rest)) = name.split_once('{') else { return vec![name.to_owned()] };
    let (middle, after) = rest.split_once('}').expect("a brace that is opened is closed");
    middle.split(',').map(|middle| format!("{before}{middle}{after}")).collect()
}

/// The folder of a crate of ours.
fn folder_of(name: &str) -> PathBuf {
    if name == "src-tauri" { root().join(name) } else { root().join("crates").join(name) }
}

/// The source of `fleet::reduce::properties`: a file or folder of that name, or the one with the tests beside it.
fn is_module(path: &str) -> bool {
    let mut parts = path.split("::");
    let folder = folder_of(parts.next().unwrap_or_default()).join("src");
    let stem = parts.fold(folder, |folder, part| folder.join(part));
    ["", ".rs", "_file.rs"].iter().any(|ending| {
        let name = stem.file_name().unwrap_or_default().to_string_lossy();
        stem.with_file_name(format!("{name}{ending}")).exists()
    })
}

/// Whether somewhere in these files there is a test of that name.
fn has_test(files: &Path, name: &str) -> bool {
    let is_there =
        |path: &Path| fs::read_to_string(path).is_ok_and(|text| text.contains(&format!("#[test]\nfn {name}()")));
    if files.is_file() {
        return is_there(files);
    }
    let entries = fs::read_dir(files).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.into_iter().any(|path| if path.is_dir() { has_test(&path, name) } else { is_there(&path) })
}

fn exists(name: &str) -> bool {
    if let Some((owner, what)) = name.split_once(": ") {
        let folder = folder_of(owner);
        return if what.contains('/') {
            folder.join(what).exists()
        } else {
            let tests_beside = folder.join(format!("{what}_tests.rs")).exists();
            tests_beside || has_test(&folder, what) || has_test(&root().join("tests"), what)
        };
    }
    match name.split_once("::") {
        Some(("architecture", test)) => has_test(&root().join("tests/architecture.rs"), test),
        Some(_) => is_module(name),
        None => root().join(name).exists(),
    }
}

#[test]
fn each_is_held_by_a_test_that_is_there() {
    let rows = rows();
    assert!(rows.len() > 20, "the table is read: {rows:?}");
    for (at, (number, names)) in rows.iter().enumerate() {
        assert_eq!(*number, (at + 1).to_string(), "they are numbered one by one");
        assert!(!names.is_empty(), "invariant {number} names no test");
        for name in names.iter().flat_map(|name| each(name)) {
            assert!(exists(&name), "invariant {number} names `{name}`, which is not there");
        }
    }
}

#[test]
fn what_is_not_there_is_seen() {
    for name in [
        "architecture::no_such_test",
        "fleet::reduce::no_such_module",
        "fleet: tests/real/no_such_file.rs",
        "src-tauri: no_such",
        "ui/src/no_such.test.ts",
    ] {
        assert!(!exists(name), "{name}");
    }
}
