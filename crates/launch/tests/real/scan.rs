//! Finding real opencode processes, however they were started, among all that runs.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use futures_util::future::join_all;
use launch::{FoundProcess, Launch, ProcessIdentity, Role, Running, Scanner, Stopped, stop};
use testkit::{World, eventually, no_process_left, opencode_binary, shell_script, until};

use crate::{PATIENCE, environment, log_of, opencode::health};

/// What npm's package did before it replaced its script by the program, and still does where that is not possible.
const NODE_WRAPPER: &str = r#"
const environment = { ...process.env };
delete environment.BUN_BE_BUN;
const run = require("child_process").spawnSync(process.env.REAL_OPENCODE, process.argv.slice(2), { stdio: "inherit", env: environment });
process.exit(typeof run.status === "number" ? run.status : 1);
"#;

/// One way to run it, in a folder of its own.
struct Way {
    name: &'static str,
    script: String,
    role: Role,
    listens: bool,
    /// How many wrappers it has at least, and at most.
    wrappers: (usize, usize),
    /// Below its folder, where its arguments name another one.
    folder: &'static str,
}

fn way(name: &'static str, script: &str, role: Role) -> Way {
    Way { name, script: script.to_owned(), role, listens: true, wrappers: (0, 0), folder: "" }
}

impl Way {
    fn wrapped(self, least: usize, most: usize) -> Self {
        Self { wrappers: (least, most), ..self }
    }
}

fn run(world: &World, folder: &Path, script: &str, variables: &[(&str, &str)]) -> Running {
    fs::create_dir_all(folder).unwrap();
    let mut environment = environment(world);
    environment.set("TERM", "xterm-256color");
    environment.set("REAL_OPENCODE", opencode_binary());
    environment.set("TOOLS", world.root().join("tools"));
    for (name, value) in variables {
        environment.set(*name, *value);
    }
    let launch = Launch {
        binary: "/bin/sh".into(),
        directory: folder.to_owned(),
        arguments: vec!["-c".into(), script.into()],
        environment,
        log: log_of(world),
    };
    launch::spawn(&launch).expect("a shell starts")
}

/// What is found in a folder, which is one of this test alone.
fn found_below(scanner: &mut Scanner, folder: &Path) -> Vec<FoundProcess> {
    let all = scanner.look();
    assert!(all.is_sorted_by_key(|process| process.identity.pid), "by process id: {all:#?}");
    assert!(all.iter().all(|process| process.identity.pid != std::process::id()), "we are none of them");
    all.into_iter()
        .filter(|process| process.directory.as_ref().is_some_and(|directory| directory.starts_with(folder)))
        .collect()
}

/// A program of the system that waits, under another name: it runs for ever as `NAME -f FILE`.
fn waiting_program(world: &World, name: &str) -> PathBuf {
    let program = world.root().join("programs").join(name);
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    assert!(Command::new("cp").arg("/usr/bin/tail").arg(&program).status().unwrap().success());
    program
}

fn root_of(world: &World) -> PathBuf {
    world.root().canonicalize().unwrap()
}

#[tokio::test]
async fn every_way_to_run_it_is_found() {
    let world = World::new();
    let root = root_of(&world);
    let tools = root.join("tools");
    fs::create_dir_all(tools.join("opencode-ai/bin")).unwrap();
    fs::write(tools.join("opencode-ai/bin/opencode"), NODE_WRAPPER).unwrap();
    shell_script(&tools.join("shell/opencode"), "\"$REAL_OPENCODE\" \"$@\"\nexit $?");
    shell_script(&tools.join("exec/opencode"), "exec \"$REAL_OPENCODE\" \"$@\"");
    // opencode's program is bun as well.
    symlink(opencode_binary(), tools.join("bun")).unwrap();
    fs::create_dir_all(root.join("ways/named tui/other")).unwrap();

    let mut ways = vec![
        way("serve", "exec \"$REAL_OPENCODE\" serve --port=0", Role::Serve),
        way("locked", "export OPENCODE_SERVER_PASSWORD=s3cret; exec \"$REAL_OPENCODE\" serve", Role::Serve),
        way("web", "exec \"$REAL_OPENCODE\" web", Role::Web),
        way("acp", "sleep 600 | \"$REAL_OPENCODE\" acp", Role::Acp),
        way("node", "exec node \"$TOOLS/opencode-ai/bin/opencode\" serve", Role::Serve).wrapped(1, 1),
        way("bun", "BUN_BE_BUN=1 exec \"$TOOLS/bun\" \"$TOOLS/opencode-ai/bin/opencode\" serve", Role::Serve)
            .wrapped(1, 1),
        way("shell script", "exec \"$TOOLS/shell/opencode\" serve", Role::Serve).wrapped(1, 1),
        way("exec", "exec \"$TOOLS/exec/opencode\" serve", Role::Serve),
        way("sh", "PATH=$TOOLS/exec:$PATH; opencode serve; exit $?", Role::Serve).wrapped(1, 1),
        way("sh sh node", "sh -c 'node \"$TOOLS/opencode-ai/bin/opencode\" serve; exit $?'; exit $?", Role::Serve)
            .wrapped(3, 3),
        way("tui", "sleep 600 | script -qfc \"exec $REAL_OPENCODE --hostname 127.0.0.1\" /dev/null", Role::Tui)
            // `script` is told the command, and a shell of its own may stand in between; the shell above both is told it, too.
            .wrapped(0, 3),
        way("named tui", "sleep 600 | script -qfc \"exec $REAL_OPENCODE other\" /dev/null", Role::Tui).wrapped(0, 3),
    ];
    let named = ways.last_mut().unwrap();
    (named.listens, named.folder) = (false, "other");

    let mut scanner = Scanner::new();
    let mut identities = Vec::new();
    let mut running = BTreeMap::new();
    for way in &ways {
        let folder = root.join("ways").join(way.name);
        // One after another: those that make the same new database at the same moment do not all survive it.
        running.insert(way.name, run(&world, &folder, &way.script, &[]));
        let found = eventually(&format!("`{}` is found", way.name), 4 * PATIENCE, async || {
            let mut found = found_below(&mut scanner, &folder);
            let is_whole = found.len() == 1 && found[0].listens.is_empty() != way.listens;
            is_whole.then(|| found.remove(0)).filter(|found| found.identity.executable == real_program())
        })
        .await;
        check(way, &folder, &found, running[way.name].identity.pid).await;
        identities.push(found.identity);
    }
    assert!(identities.iter().all(ProcessIdentity::is_alive), "nobody was signalled");

    // The wrappers do not outlive what they wrap.
    for ended in join_all(identities.iter().map(|identity| stop(identity, PATIENCE))).await {
        assert!(matches!(ended, Ok(Stopped::Gracefully { .. } | Stopped::Killed { .. })), "{ended:?}");
    }
    for started in join_all(running.values().map(|running| stop(&running.identity, PATIENCE))).await {
        started.unwrap();
    }
    assert_eq!(found_below(&mut scanner, &root), [], "all have ended");
    no_process_left(&world).await;
}

fn real_program() -> PathBuf {
    opencode_binary().canonicalize().unwrap()
}

async fn check(way: &Way, folder: &Path, found: &FoundProcess, started: u32) {
    let name = way.name;
    assert_eq!(found.role, way.role, "{name}: {found:#?}");
    assert_eq!(found.directory, Some(folder.join(way.folder)), "{name}");
    assert!(found.identity.is_alive(), "{name}");
    assert!((way.wrappers.0..=way.wrappers.1).contains(&found.wrappers.len()), "{name}: {found:#?}");
    assert!(!found.wrappers.contains(&found.identity.pid));
    if way.wrappers.0 > 0 {
        assert_eq!(found.wrappers[0], started, "{name}: the outermost is what was started");
    }
    assert!(found.command.contains("opencode") && !found.command.contains("s3cret"), "{name}: {}", found.command);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let age = now - u128::from(found.started_at_ms.unwrap());
    assert!(age < 10 * PATIENCE.as_millis(), "{name}: it started a moment ago: {age} ms");
    assert_eq!((&found.instance, &found.state_folder), (&None, &None), "{name}: not one of ours");
    if way.listens {
        let [address] = found.listens[..] else { panic!("{name}: {found:#?}") };
        let expected = if name == "locked" { " 401 " } else { " 200 " };
        until(&format!("{name} answers at {address}"), PATIENCE, async || {
            health(address.port()).is_some_and(|status| status.contains(expected))
        })
        .await;
        assert_eq!(address, SocketAddr::from(([127, 0, 0, 1], address.port())), "{name}");
    }
}

#[tokio::test]
async fn the_marks_of_ours_are_read_among_a_thousand_processes() {
    let world = World::new();
    let root = root_of(&world);
    let crowd = run(
        &world,
        &root.join("crowd"),
        "n=0; while [ $n -lt 1000 ]; do sleep 600 & n=$((n+1)); done; echo ready > ready; wait",
        &[],
    );
    let opencode = waiting_program(&world, "opencode");
    let folder = root.join("marked");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("serve"), "").unwrap();
    until("the crowd is there", 4 * PATIENCE, async || root.join("crowd/ready").exists()).await;
    let mut scanner = Scanner::new();
    assert_eq!(found_below(&mut scanner, &root), []);

    let state = root.join("state of one");
    let variables = [("PORTAL_INSTANCE", "abc"), ("PORTAL_STATE", state.to_str().unwrap())];
    let ours = run(&world, &folder, &format!("exec {} -f serve", opencode.display()), &variables);
    let found = eventually("it is found", PATIENCE, async || found_below(&mut scanner, &folder).pop()).await;
    assert_eq!(found.identity.pid, ours.identity.pid);
    assert_eq!(found.role, Role::Serve);
    assert_eq!(found.instance.as_deref(), Some("abc"));
    assert_eq!(found.state_folder, Some(state));
    assert_eq!(found.listens, []);
    assert_eq!(found_below(&mut scanner, &root), std::slice::from_ref(&found), "and nothing else of the thousand");

    stop(&found.identity, PATIENCE).await.unwrap();
    assert_eq!(found_below(&mut scanner, &root), [], "gone at the next look");
    stop(&crowd.identity, PATIENCE).await.unwrap();
    no_process_left(&world).await;
}

#[tokio::test]
async fn what_only_sounds_like_it_is_not_found() {
    let world = World::new();
    let root = root_of(&world);
    fs::write(world.project().join("serve"), "").unwrap();
    fs::write(world.project().join("opencode"), "").unwrap();
    fs::write(world.project().join("opencode.json"), "").unwrap();
    let opencode = waiting_program(&world, "opencode");
    let portal = waiting_program(&world, "opencode-portal");
    let (opencode, portal) = (opencode.display(), portal.display());
    let mut running = Vec::new();
    for script in [
        format!("exec {portal} -f serve"),
        "exec tail -f opencode.json".to_owned(),
        "exec tail -f opencode serve".to_owned(),
        // Not a command of an interface, and no folder either.
        format!("exec {opencode} -f opencode.json"),
        "echo opencode serve > /dev/null; read nothing < /dev/null; exec tail -f serve".to_owned(),
        "sh -c 'sleep 600; opencode serve'; exit $?".to_owned(),
    ] {
        running.push(run(&world, world.project(), &script, &[]));
    }
    let real = run(&world, world.project(), &format!("exec {opencode} -f serve"), &[]);
    let mut scanner = Scanner::new();
    let found = eventually("the one that is it", PATIENCE, async || {
        let found = found_below(&mut scanner, &root);
        (!found.is_empty()).then_some(found)
    })
    .await;
    // Every other one has long become what it is, or it becomes none while we look on.
    for _ in 0..20 {
        assert_eq!(found_below(&mut scanner, &root), found);
    }
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].identity.pid, real.identity.pid);

    for other in running {
        stop(&other.identity, PATIENCE).await.unwrap();
    }
    stop(&real.identity, PATIENCE).await.unwrap();
    no_process_left(&world).await;
}

#[tokio::test]
async fn a_zombie_is_not_found() {
    let world = World::new();
    let root = root_of(&world);
    fs::write(world.project().join("serve"), "").unwrap();
    let mut child = Command::new(waiting_program(&world, "opencode"))
        .args(["-f", "serve"])
        .current_dir(world.project())
        .env_clear()
        .envs(world.environment())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut scanner = Scanner::new();
    let found = eventually("it is found", PATIENCE, async || found_below(&mut scanner, &root).pop()).await;
    assert_eq!(found.identity.pid, child.id());
    child.kill().unwrap();
    until("it is a zombie", PATIENCE, async || {
        fs::read_to_string(format!("/proc/{}/stat", child.id())).is_ok_and(|stat| stat.contains(") Z "))
    })
    .await;
    assert!(scanner.look().iter().all(|found| found.identity.pid != child.id()));
    child.wait().unwrap();
    no_process_left(&world).await;
}
