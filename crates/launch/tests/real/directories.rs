//! Folders that a person may name.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use launch::{DirectoryError, check_directory};
use testkit::World;

#[test]
fn a_folder_with_any_name_will_do() {
    for name in [
        "plain",
        "with space",
        "pro%41",
        "50% off",
        "ünïcödé",
        "日本語",
        "-dash",
        "quote'\"",
        "a;b&c",
        "#hash?x=1",
        "~tilde",
    ] {
        let world = World::with_project(name);
        let path = world.project().to_str().unwrap();
        for written in [
            path.to_owned(),
            format!("{path}/"),
            format!("{path}///"),
            format!("{path}/."),
            format!("{path}/../{name}"),
        ] {
            let expected = if written.contains("..") {
                world.project().canonicalize().unwrap()
            } else {
                world.project().to_owned()
            };
            assert_eq!(check_directory(&written, &world.home()).unwrap(), expected, "{written}");
        }
    }
    assert_eq!(check_directory("/", Path::new("/home")).unwrap(), Path::new("/"));
}

#[test]
fn the_home_folder_has_a_short_name() {
    let world = World::new();
    fs::create_dir(world.home().join("inside")).unwrap();
    for (written, expected) in [("~", ""), ("~/", ""), ("~/inside", "inside"), ("~//inside/", "inside")] {
        let expected = if expected.is_empty() { world.home() } else { world.home().join(expected) };
        assert_eq!(check_directory(written, &world.home()).unwrap(), expected, "{written}");
    }
}

#[test]
fn a_link_keeps_its_name() {
    let world = World::new();
    let link = world.root().join("link");
    std::os::unix::fs::symlink(world.project(), &link).unwrap();
    assert_eq!(check_directory(link.to_str().unwrap(), &world.home()).unwrap(), link);
}

#[test]
fn what_will_not_do_says_what_to_do() {
    let world = World::new();
    let root = world.root().to_str().unwrap();
    world.write("file", "");
    std::os::unix::fs::symlink("nowhere", world.root().join("broken")).unwrap();
    let cases = [
        (String::new(), "No folder was given; choose one to work in".to_owned()),
        ("  ".to_owned(), "No folder was given; choose one to work in".to_owned()),
        (
            "work".to_owned(),
            "`work` is not a whole path; write it from the root on, or from your home folder on with `~/`".to_owned(),
        ),
        (
            "./work".to_owned(),
            "`./work` is not a whole path; write it from the root on, or from your home folder on with `~/`".to_owned(),
        ),
        ("~bob/x".to_owned(), "`~bob/x` names another user's home folder; write the whole path".to_owned()),
        (format!("{root}\nx"), "The path contains a line break; rename the folder or choose another one".to_owned()),
        (format!("{root}\0"), "The path contains a zero byte; rename the folder or choose another one".to_owned()),
        (format!("{root}/none"), format!("The folder `{root}/none` does not exist; create it or choose another one")),
        (
            format!("{root}/broken"),
            format!("The folder `{root}/broken` does not exist; create it or choose another one"),
        ),
        (
            format!("{root}/work/project/file"),
            format!("`{root}/work/project/file` is a file; choose the folder that it is in"),
        ),
        (
            format!("{root}/work/project/file/"),
            format!("`{root}/work/project/file` is a file; choose the folder that it is in"),
        ),
        (
            format!("{root}/work/project/file/deeper"),
            format!("`{root}/work/project/file` is a file; choose the folder that it is in"),
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(check_directory(&written, &world.home()).unwrap_err().to_string(), expected, "{written:?}");
    }
    let long = format!("{root}/{}", "x".repeat(5000));
    assert!(
        matches!(check_directory(&long, &world.home()), Err(DirectoryError::Unreadable { .. })),
        "the system refuses it, and that is said"
    );
}

/// Not a test by itself when root runs it: root may read everything, so the test below runs this one as somebody else.
#[test]
fn an_unreadable_folder_is_told() {
    let given = std::env::var_os("PORTAL_TEST_UNREADABLE");
    if given.is_none() && rustix::process::getuid().is_root() {
        return as_somebody_else();
    }
    let world = World::new();
    for (mode, what) in [(0o000, "nothing allowed"), (0o300, "not listable"), (0o400, "not enterable")] {
        let folder = world.root().join(format!("mode-{mode:o}"));
        fs::create_dir_all(folder.join("inside")).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let error = check_directory(folder.to_str().unwrap(), &world.home()).expect_err(what);
        assert!(matches!(error, DirectoryError::Unreadable { .. }), "{what}: {error}");
        assert_eq!(
            error.to_string(),
            format!("The folder `{}` cannot be read; change its permissions or choose another one", folder.display())
        );
        if mode & 0o100 == 0 {
            let inside = folder.join("inside");
            assert!(
                matches!(
                    check_directory(inside.to_str().unwrap(), &world.home()),
                    Err(DirectoryError::Unreadable { .. })
                ),
                "inside: {what}"
            );
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

fn as_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // Where we were built may be out of reach for others.
    let program = folder.path().join("test");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["--exact", "directories::an_unreadable_folder_is_told", "--nocapture"])
        .env("PORTAL_TEST_UNREADABLE", "1")
        .env("TMPDIR", "/tmp")
        .current_dir("/")
        .output()
        .expect("setpriv of util-linux is there");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
