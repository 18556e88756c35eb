//! The short commands.

use serde_json::Value;
use testkit::World;

use crate::program::Desk;

#[tokio::test]
async fn an_instance_is_started_listed_restarted_and_stopped() {
    let desk = Desk::in_world(World::with_project("my app %41 ü")).await;
    let project = desk.project();
    let started = desk.ok(&["start", &project, "--name", "app"]).await;
    assert!(started.starts_with("Started app ("), "{started}");
    let again = desk.ok(&["start", &format!("{project}/")]).await;
    assert!(again.starts_with("Already running: app ("), "{again}");
    assert_eq!(desk.servers().len(), 1);

    let list: Value = serde_json::from_str(&desk.ok(&["list", "--json"]).await).unwrap();
    assert_eq!(list[0]["name"], "app");
    assert_eq!(list[0]["directory"], project.as_str());
    assert_eq!(list[0]["state"]["state"], "ready");
    assert_eq!(list.as_array().unwrap().len(), 1);
    let table = desk.ok(&["list"]).await;
    assert!(table.lines().nth(1).is_some_and(|line| line.starts_with("idle") && line.ends_with(&project)), "{table}");
    assert!(desk.ok(&["logs", "app", "-n", "50"]).await.contains("listening on"));
    assert!(desk.ok(&["status"]).await.contains("instances: 1"));

    let before = desk.servers();
    assert!(desk.ok(&["restart", &project]).await.starts_with("Restarted app ("));
    assert_ne!(desk.servers(), before);

    let id = list[0]["id"].as_str().unwrap();
    assert!(desk.ok(&["stop", id]).await.starts_with("Stopped app ("));
    assert!(desk.servers().is_empty());
    assert!(desk.ok(&["list"]).await.contains("stopped"));
    desk.leave().await;
}

#[tokio::test]
async fn commands_that_cannot_be_done_say_why() {
    let desk = Desk::new().await;
    let file = desk.world.write("file.txt", "");
    for (arguments, code, said) in [
        (vec!["start", "/does/not/exist"], 1, "does not exist"),
        (vec!["start", file.to_str().unwrap()], 1, "is a file"),
        (vec!["stop", "nothing"], 3, "There is no instance `nothing`"),
        (vec!["restart", "nothing"], 3, "There is no instance `nothing`"),
        (vec!["logs", "nothing"], 3, "There is no instance `nothing`"),
        (vec!["start"], 2, "required"),
        (vec!["stop"], 2, "required"),
        (vec!["start", ".", "--all"], 2, "cannot be used with"),
        (vec!["start", ".", "--sleep", "0"], 2, "from 1 on"),
        (vec!["start", ".", "--config", "{\"a\""], 1, "line 1, column 4"),
        (vec!["start", ".", "--config", "/nowhere"], 1, "could not be read as a file"),
        (vec!["start", ".", "--arg=--port=1"], 1, "use the profile's port"),
        (vec!["start", ".", "--env", "OPENCODE_SERVER_PASSWORD=x"], 1, "a password of its own"),
        (vec!["start", ".", "--env", "NOT_SET_HERE"], 1, "has no value here"),
        (vec!["start", ".", "--binary", "/nowhere"], 1, "does not exist"),
        (vec!["start", ".", "--network", "off"], 2, "give `--docker`, too"),
        (vec!["start", ".", "--docker", "--ssh", "build"], 2, "cannot be used with"),
        (vec!["start", ".", "--docker", "--binary", "/bin/true"], 2, "a process of this machine"),
        (vec!["start", "work", "--ssh", "build"], 2, "from the root on"),
        (vec!["start", "--remote", "http://127.0.0.1:1", "--docker"], 2, "takes only `--name`"),
        (vec!["start", "--remote", "ftp://x"], 1, "ftp"),
        (vec!["start", ".", "--remote", "http://127.0.0.1:1"], 2, "cannot be used with"),
        (vec!["remove", "nothing"], 3, "There is no instance `nothing`"),
        (vec!["shell", "nothing"], 3, "There is no instance `nothing`"),
        (vec!["sleep", "nothing"], 3, "There is no instance `nothing`"),
        (vec!["history", "nothing"], 3, "There is no instance `nothing`"),
        (vec!["add", "ftp://x"], 1, "ftp"),
        (vec!["serve", "--port", "70000"], 2, "70000"),
    ] {
        let done = desk.run(&arguments).await;
        assert_eq!(done.code, code, "{arguments:?}: {done:?}");
        assert!(done.err.contains(said), "{arguments:?}: {done:?}");
        assert_eq!(done.out, "");
    }
    desk.leave().await;
}

#[tokio::test]
async fn a_start_that_fails_shows_the_end_of_the_output() {
    let mut desk = Desk::new().await;
    let broken = desk.world.root().join("opencode");
    let script = "[ \"$1\" = --version ] && { echo 1.18.33; exit 0; }\necho the disk is on fire >&2\nexit 7";
    testkit::shell_script(&broken, script);
    desk.set("PORTAL_PINNED_OPENCODE", broken.to_str().unwrap());
    let done = desk.run(&["start", &desk.project()]).await;
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.err.contains("the disk is on fire") && done.err.contains('7'), "{done:?}");
    desk.leave().await;
}

#[tokio::test]
async fn without_opencode_it_says_how_to_get_one() {
    let mut desk = Desk::new().await;
    desk.set("PORTAL_PINNED_OPENCODE", "");
    let done = desk.run(&["start", &desk.project()]).await;
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.err.contains("opencode") && done.err.contains("nstall"), "{done:?}");
    desk.leave().await;
}
