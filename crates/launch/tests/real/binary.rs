//! Finding an opencode that works among those that do not.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use launch::{Binary, BinaryQuery, Exit, Rejection, Search, Source, binary::find};
use testkit::{Fake, World, fake_opencode, no_process_left, opencode_binary};

use crate::environment;

fn query(world: &World) -> BinaryQuery {
    let mut environment = environment(world);
    environment.set("PATH", format!("{}:/usr/bin:/bin", world.root().join("bin").display()));
    BinaryQuery {
        setting: None,
        environment,
        home: world.home(),
        data_folder: world.data(),
        pinned: None,
        timeout: Duration::from_secs(20),
    }
}

/// A program with this script that calls itself opencode.
fn program(path: &Path, script: &str) -> PathBuf {
    testkit::shell_script(path, script);
    path.to_owned()
}

async fn rejected(query: &BinaryQuery) -> Rejection {
    match find(query).await {
        Search::Broken(mut rejected) => rejected.remove(0).reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_real_one_is_found_wherever_it_is() {
    let real = opencode_binary();
    for (place, source) in [
        ("bin", Source::Path),
        ("home/.opencode/bin", Source::UsualPlace),
        ("home/.bun/bin", Source::UsualPlace),
        ("home/.npm-global/bin", Source::UsualPlace),
        ("home/.nvm/versions/node/v20.1.0/bin", Source::UsualPlace),
        ("home/.volta/bin", Source::UsualPlace),
        ("home/.local/bin", Source::UsualPlace),
    ] {
        let world = World::new();
        let path = world.root().join(place).join("opencode");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(&real, &path).unwrap();
        match find(&query(&world)).await {
            Search::Found(binary) => assert_eq!(
                (binary.path, binary.version.as_str(), binary.source),
                (path, launch::PINNED_VERSION, source)
            ),
            other => panic!("{place}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn every_defect_has_its_reason() {
    let world = World::new();
    let mut query = query(&world);
    let at = |name: &str| world.root().join(name);
    query.setting = Some(at("nowhere"));
    assert_eq!(rejected(&query).await, Rejection::Missing);
    query.setting = Some(world.project().to_owned());
    assert_eq!(rejected(&query).await, Rejection::NotAFile);
    query.setting = Some(fake_opencode(&at("a"), Fake::NotExecutable));
    assert_eq!(rejected(&query).await, Rejection::NotExecutable);
    query.setting = Some(fake_opencode(&at("b"), Fake::PrintsGarbage));
    assert!(matches!(rejected(&query).await, Rejection::Garbage { output } if output.contains("not a version")));
    query.setting = Some(program(&at("c/opencode"), "while :; do echo y; done"));
    assert!(matches!(rejected(&query).await, Rejection::Garbage { .. }), "it prints for ever");
    query.setting = Some(program(&at("d/opencode"), "echo 'no such library' >&2; exit 3"));
    assert_eq!(rejected(&query).await, Rejection::Failed { exit: Exit::Code(3), output: "no such library".to_owned() });
    query.setting = Some(program(&at("e/opencode"), "kill -ILL $$"));
    assert_eq!(rejected(&query).await, Rejection::Failed { exit: Exit::Signal(4), output: String::new() });
    let foreign = program(&at("f/opencode"), "");
    fs::write(&foreign, "#!/nowhere/interpreter\n").unwrap();
    query.setting = Some(foreign);
    assert!(matches!(rejected(&query).await, Rejection::CannotRun { .. }));
    query.timeout = Duration::from_millis(300);
    query.setting = Some(fake_opencode(&at("g"), Fake::Hangs));
    assert_eq!(rejected(&query).await, Rejection::Hangs { timeout: query.timeout });
    query.setting = Some(program(&at("h/opencode"), "trap '' TERM; (trap '' TERM; sleep 600) & sleep 600"));
    assert_eq!(rejected(&query).await, Rejection::Hangs { timeout: query.timeout });
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_broken_setting_is_not_passed_over_and_other_broken_ones_are() {
    let world = World::new();
    let mut query = query(&world);
    let broken = fake_opencode(&world.root().join("bin"), Fake::PrintsGarbage);
    let works = program(&world.home().join(".opencode/bin/opencode"), "echo 1.2.3");
    assert_eq!(
        find(&query).await,
        Search::Found(Binary { path: works.clone(), version: "1.2.3".to_owned(), source: Source::UsualPlace })
    );
    query.setting = Some(broken.clone());
    assert!(
        matches!(find(&query).await, Search::Broken(rejected) if rejected.len() == 1 && rejected[0].source == Source::Setting)
    );
    query.setting = Some("~/.opencode/bin/opencode".into());
    assert!(matches!(find(&query).await, Search::Found(Binary { source: Source::Setting, .. })));
    query.setting = None;
    fs::remove_file(works).unwrap();
    // A machine may have its own opencode in a place of the whole system.
    match find(&query).await {
        Search::Broken(rejected) => assert_eq!((&rejected[0].path, rejected[0].source), (&broken, Source::Path)),
        Search::Found(binary) => assert!(!binary.path.starts_with(world.root()), "{binary:?}"),
        other @ Search::Missing { .. } => panic!("{other:?}"),
    }
    query.pinned = Some(opencode_binary());
    assert!(matches!(find(&query).await, Search::Found(_)), "the pinned one is the last resort");
}

#[tokio::test]
async fn none_at_all_tells_where_it_was_looked_for() {
    let world = World::new();
    match find(&query(&world)).await {
        Search::Missing { searched } => {
            assert!(
                searched.contains(&world.root().join("bin/opencode"))
                    && searched.contains(&world.home().join(".opencode/bin/opencode")),
                "{searched:?}"
            );
        }
        Search::Found(binary) => {
            assert_eq!(binary.source, Source::UsualPlace, "only one of the whole system can be there: {binary:?}");
        }
        other @ Search::Broken(_) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_native_program_is_preferred_to_npms_script() {
    let world = World::new();
    let modules = world.home().join(".npm-global/lib/node_modules");
    let script = program(&modules.join("opencode-ai/bin/opencode"), "echo 9.9.9");
    let real = opencode_binary();
    let package = real.ancestors().nth(2).unwrap().file_name().unwrap();
    let native = modules.join("opencode-ai/node_modules").join(package).join("bin/opencode");
    fs::create_dir_all(native.parent().unwrap()).unwrap();
    fs::create_dir_all(world.home().join(".npm-global/bin")).unwrap();
    symlink(&script, world.home().join(".npm-global/bin/opencode")).unwrap();
    // Without the native program the script has to do.
    assert!(matches!(find(&query(&world)).await, Search::Found(Binary { version, .. }) if version == "9.9.9"));
    // A broken native program does not hide a script that works.
    program(&native, "exit 1");
    assert!(matches!(find(&query(&world)).await, Search::Found(Binary { version, .. }) if version == "9.9.9"));
    fs::remove_file(&native).unwrap();
    symlink(&real, &native).unwrap();
    assert_eq!(
        find(&query(&world)).await,
        Search::Found(Binary {
            path: native.canonicalize().map(|_| native).unwrap(),
            version: launch::PINNED_VERSION.to_owned(),
            source: Source::UsualPlace
        })
    );
}
