//! Installing opencode, with an npm that does what the case needs.

use std::{fs, path::PathBuf};

use launch::{Environment, Install, InstallError, Source, install};
use testkit::{World, no_process_left, opencode_binary, until};
use tokio::sync::mpsc;

use crate::{PATIENCE, environment, read};

/// The world's only npm, a shell script. `$4` is the folder that it is told to install into.
fn request(world: &World, npm: Option<&str>) -> Install {
    let mut environment = environment(world);
    let bin = world.root().join("bin");
    fs::create_dir_all(&bin).unwrap();
    if let Some(script) = npm {
        let path = bin.join("npm");
        testkit::shell_script(&path, script);
        environment.set("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    } else {
        environment.set("PATH", &bin);
    }
    Install { version: launch::PINNED_VERSION.to_owned(), data_folder: data(world), environment }
}

/// Our own folder; the one beside it is opencode's.
fn data(world: &World) -> PathBuf {
    world.data().join("portal")
}

fn places_the_real_one() -> String {
    let real = opencode_binary();
    let package = real.ancestors().nth(2).unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    format!(
        "mkdir -p \"$4/node_modules/{package}/bin\" && ln -s '{}' \"$4/node_modules/{package}/bin/opencode\"",
        real.display()
    )
}

fn installed(world: &World) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(data(world).join("opencode"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_npm_brings_is_put_in_place() {
    let world = World::new();
    let script = format!(
        "echo \"$@\" > '{}'; echo fetching; echo 'npm http fetch' >&2; {}",
        world.project().join("arguments").display(),
        places_the_real_one()
    );
    for round in ["fresh", "over the one that is there"] {
        let (sender, mut progress) = mpsc::channel(100);
        let binary = install(&request(&world, Some(&script)), sender).await.unwrap();
        assert_eq!((binary.version.as_str(), binary.source), (launch::PINNED_VERSION, Source::OwnFolder), "{round}");
        assert!(
            binary.path.starts_with(data(&world).join("opencode").join(launch::PINNED_VERSION)) && binary.path.exists(),
            "{binary:?}"
        );
        let mut lines = Vec::new();
        while let Some(line) = progress.recv().await {
            lines.push(line);
        }
        assert!(lines.contains(&"fetching".to_owned()) && lines.contains(&"npm http fetch".to_owned()), "{lines:?}");
        assert_eq!(installed(&world), [launch::PINNED_VERSION], "nothing else is left");
    }
    let arguments = read(&world.project().join("arguments"));
    assert!(arguments.starts_with(&format!("install opencode-ai@{} --prefix ", launch::PINNED_VERSION)), "{arguments}");
    let query = launch::BinaryQuery {
        setting: None,
        environment: Environment::default(),
        home: world.home(),
        data_folder: data(&world),
        pinned: None,
        timeout: PATIENCE,
    };
    match launch::binary::find(&query).await {
        launch::Search::Found(binary) => {
            assert!(matches!(binary.source, Source::OwnFolder | Source::UsualPlace), "{binary:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn failures_say_what_is_wrong() {
    let world = World::new();
    let failed = async |npm: Option<&str>| install(&request(&world, npm), mpsc::channel(1).0).await.unwrap_err();
    // The usual places may have an npm; the world's home has none.
    let error = failed(None).await;
    assert!(matches!(error, InstallError::NoNpm) && error.to_string().contains("install Node.js"), "{error}");
    match failed(Some("seq 1 50; echo 'npm error code ENOSPC' >&2; exit 1")).await {
        InstallError::Npm { last_lines } => assert_eq!(last_lines, ["code ENOSPC"]),
        other => panic!("{other:?}"),
    }
    let nothing = failed(Some("exit 0")).await;
    assert!(matches!(nothing, InstallError::DoesNotWork { reason: launch::Rejection::Missing }), "{nothing:?}");
    assert_eq!(installed(&world), Vec::<String>::new(), "nothing is left of them");
    let file = Install { data_folder: world.write("file", ""), ..request(&world, Some("exit 0")) };
    assert!(matches!(install(&file, mpsc::channel(1).0).await, Err(InstallError::Folder { .. })));
}

#[tokio::test]
async fn a_cancelled_installation_leaves_nothing() {
    let world = World::new();
    let marker = world.project().join("started");
    let script = format!("sh -c 'sleep 600' & echo > '{}'; sleep 600", marker.display());
    let request = request(&world, Some(&script));
    // Left by one that was killed: its process is long gone.
    let leftover: PathBuf = data(&world).join("opencode/.installing-4194999-abc");
    fs::create_dir_all(&leftover).unwrap();
    let task = tokio::spawn(async move { install(&request, mpsc::channel(1).0).await });
    until("npm runs", PATIENCE, async || marker.exists()).await;
    assert!(!leftover.exists());
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(installed(&world), Vec::<String>::new());
    no_process_left(&world).await;
}

#[tokio::test]
async fn versions_lie_side_by_side() {
    let world = World::new();
    assert_eq!(install::installed(&data(&world)), [], "nothing yet");
    for version in ["1.9.2", "1.18.33", "1.10.0"] {
        let request = Install { version: version.to_owned(), ..request(&world, Some(&places_the_real_one())) };
        install(&request, mpsc::channel(1).0).await.unwrap();
    }
    // What is not whole does not count.
    fs::create_dir_all(data(&world).join("opencode/9.9.9")).unwrap();
    let versions = install::installed(&data(&world));
    let names: Vec<&str> = versions.iter().map(|(version, _)| version.as_str()).collect();
    assert_eq!(names, ["1.18.33", "1.10.0", "1.9.2"], "newest first");
    for (version, program) in &versions {
        assert!(program.starts_with(data(&world).join("opencode").join(version)) && program.exists(), "{program:?}");
    }
    install::remove(&data(&world), "1.10.0").unwrap();
    install::remove(&data(&world), "1.10.0").unwrap();
    assert!(install::remove(&data(&world), "../..").is_err());
    assert_eq!(installed(&world), ["1.18.33", "1.9.2", "9.9.9"], "nothing else is gone and nothing is left");
    assert!(opencode_binary().exists(), "what a link points at stays");
}

#[tokio::test]
async fn the_newest_version_is_asked_of_npm() {
    let world = World::new();
    let nobody = install::latest(&request(&world, None).environment).await;
    assert!(matches!(nobody, Err(InstallError::NoNpm)), "{nobody:?}");
    let ask = async |script: &str| {
        let request = request(&world, Some(script));
        install::latest(&request.environment).await
    };
    let arguments = world.project().join("arguments");
    let answers = format!("echo \"$@\" > '{}'; echo 'npm warn something' >&2; echo 1.20.1", arguments.display());
    assert_eq!(ask(&answers).await.unwrap(), "1.20.1");
    assert!(read(&arguments).starts_with("view opencode-ai version "), "{}", read(&arguments));
    assert_eq!(ask("echo '\"1.20.1-beta.2\"'").await.unwrap(), "1.20.1-beta.2");
    assert!(matches!(ask("echo '<html>'").await, Err(InstallError::NoVersion { answer }) if answer == "<html>"));
    match ask("echo 'npm error code ENOTFOUND' >&2; exit 1").await {
        Err(InstallError::Npm { last_lines }) => assert_eq!(last_lines, ["code ENOTFOUND"]),
        other => panic!("{other:?}"),
    }
    no_process_left(&world).await;
}

/// With the person's npm, its cache and its registry: what the button does.
#[tokio::test]
async fn the_real_npm_brings_a_working_opencode_needs_npm() {
    let is_there =
        std::process::Command::new("npm").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        assert!(std::env::var_os("PORTAL_FORBID_SKIPS").is_none(), "npm is needed and skips are forbidden");
        println!("Skipped: no npm");
        return;
    }
    let world = World::new();
    let home = PathBuf::from(std::env::var_os("HOME").unwrap());
    // The person's way to the registry (proxy, certificates) with the world's folders.
    let mut environment = Environment::of_this_process();
    environment.extend(self::environment(&world).iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    for (name, value) in Environment::of_this_process().iter().filter(|(name, _)| name.eq_ignore_ascii_case("no_proxy"))
    {
        environment.set(name, value);
    }
    environment.set("npm_config_cache", home.join(".npm"));
    environment.set("npm_config_userconfig", home.join(".npmrc"));
    environment.set("npm_config_prefer_offline", "true");
    let request = Install { environment, ..request(&world, None) };
    let (sender, mut progress) = mpsc::channel(1000);
    let binary = install(&request, sender).await.unwrap();
    assert_eq!((binary.version.as_str(), binary.source), (launch::PINNED_VERSION, Source::OwnFolder));
    assert_eq!(installed(&world), [launch::PINNED_VERSION]);
    let mut lines = 0;
    while progress.recv().await.is_some() {
        lines += 1;
    }
    assert!(lines > 1, "it said what it did");
    no_process_left(&world).await;
}
