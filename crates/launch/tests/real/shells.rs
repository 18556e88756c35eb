//! Asking a login shell for its environment.

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use launch::{
    Environment,
    login_shell::{self, NotAsked, Origin},
};
use testkit::{World, no_process_left};

use crate::{PATIENCE, environment};

async fn ask(world: &World, shell: &str, limit: Duration) -> (Environment, Origin) {
    login_shell::environment(Some(Path::new(shell)), &environment(world), limit).await
}

#[tokio::test]
async fn bash_says_what_its_files_set() {
    let world = World::new();
    fs::write(world.home().join(".bash_profile"), "echo Welcome; export PATH=/from/profile:$PATH\n. ~/.bashrc\n")
        .unwrap();
    fs::write(
        world.home().join(".bashrc"),
        "case $- in *i*) export ONLY_INTERACTIVE=yes;; esac\nexport MULTI='a\nb'\nalias env=false\n",
    )
    .unwrap();
    let (found, origin) = ask(&world, "/bin/bash", PATIENCE).await;
    assert_eq!(origin, Origin::Shell);
    assert!(found.path().first().is_some_and(|first| first == Path::new("/from/profile")), "{:?}", found.path());
    assert_eq!(found.get("ONLY_INTERACTIVE"), Some(OsStr::new("yes")));
    assert_eq!(found.get("MULTI"), Some(OsStr::new("a\nb")));
    assert_eq!(found.get("SHLVL"), None);
    no_process_left(&world).await;
}

#[tokio::test]
async fn sh_says_what_its_profile_sets() {
    let world = World::new();
    fs::write(world.home().join(".profile"), "export FROM_PROFILE=1\n").unwrap();
    let (found, origin) = ask(&world, "/bin/sh", PATIENCE).await;
    assert_eq!((origin, found.get("FROM_PROFILE")), (Origin::Shell, Some(OsStr::new("1"))));
}

#[tokio::test]
async fn a_shell_that_waits_or_fails_is_not_waited_for() {
    let world = World::new();
    let own = environment(&world);
    fs::write(world.home().join(".bash_profile"), "sleep 600\n").unwrap();
    let start = Instant::now();
    let (found, origin) = ask(&world, "/bin/bash", Duration::from_millis(500)).await;
    assert_eq!((found, origin), (own.clone(), Origin::Own(NotAsked::TooSlow { shell: "/bin/bash".into() })));
    assert!(start.elapsed() < PATIENCE);

    fs::write(world.home().join(".bash_profile"), "exit 3\n").unwrap();
    let (found, origin) = ask(&world, "/bin/bash", PATIENCE).await;
    assert_eq!((found, origin), (own.clone(), Origin::Own(NotAsked::NoAnswer { shell: "/bin/bash".into() })));

    fs::write(world.home().join(".bash_profile"), "yes\n").unwrap();
    let (_, origin) = ask(&world, "/bin/bash", PATIENCE).await;
    assert_eq!(origin, Origin::Own(NotAsked::NoAnswer { shell: "/bin/bash".into() }), "it prints for ever");

    // What its files leave running does not hold us up.
    fs::write(world.home().join(".bash_profile"), "sleep 600 &\nexport FOUND=1\n").unwrap();
    let (found, origin) = ask(&world, "/bin/bash", PATIENCE).await;
    assert_eq!((origin, found.get("FOUND")), (Origin::Shell, Some(OsStr::new("1"))));
    for (pid, _) in testkit::processes_in(&world) {
        rustix::process::kill_process(
            rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(),
            rustix::process::Signal::KILL,
        )
        .unwrap();
    }
    no_process_left(&world).await;
}

#[tokio::test]
async fn other_shells_are_not_asked() {
    let world = World::new();
    for shell in ["/usr/bin/nu", "/bin/tcsh", "/usr/bin/pwsh", "/usr/sbin/nologin", ""] {
        assert!(matches!(ask(&world, shell, PATIENCE).await.1, Origin::Own(NotAsked::OtherKind { .. })), "{shell}");
    }
    assert!(matches!(ask(&world, "/nowhere/zsh", PATIENCE).await.1, Origin::Own(NotAsked::CannotRun { .. })));
    assert_eq!(login_shell::environment(None, &environment(&world), PATIENCE).await.1, Origin::Own(NotAsked::NoShell));
}
