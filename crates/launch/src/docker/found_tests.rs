use std::{ffi::OsString, os::unix::fs::symlink};

use tempfile::TempDir;

use super::*;

/// A machine with the sockets and files that are named, below a folder of its own.
struct Machine {
    root: TempDir,
    environment: Environment,
}

impl Machine {
    fn with(files: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let machine = Self { root, environment: Environment::default() };
        for file in files {
            machine.write(file, "");
        }
        machine
    }

    fn write(&self, file: &str, content: &str) {
        let path = self.root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.set(OsString::from(name), value.replace("ROOT", &self.root.path().display().to_string()));
        self
    }

    /// A context of Docker's, in a folder of that name.
    fn context(self, folder: &str, name: &str, endpoint: &str) -> Self {
        let meta = format!(r#"{{"Name":"{name}","Metadata":{{}},"Endpoints":{{"docker":{endpoint}}}}}"#);
        self.write(&format!("home/.docker/contexts/meta/{folder}/meta.json"), &meta);
        self
    }

    fn engines(&self) -> Vec<EngineFound> {
        engines_below(self.root.path(), &self.environment, &self.root.path().join("home"))
    }

    /// Names and addresses, the usual one with a star.
    fn seen(&self) -> Vec<String> {
        let root = self.root.path().display().to_string();
        let line = |engine: &EngineFound| {
            let star = if engine.is_usual { "*" } else { "" };
            let names = [&engine.name].into_iter().chain(&engine.other_names).cloned().collect::<Vec<_>>().join("=");
            let problem = if engine.problem.is_some() { " !" } else { "" };
            format!("{star}{names} {}{problem}", engine.address.replace(&root, ""))
        };
        self.engines().iter().map(line).collect()
    }
}

#[test]
fn every_usual_socket_is_found() {
    let all = Machine::with(&[
        "var/run/docker.sock",
        "runtime/docker.sock",
        "home/.docker/run/docker.sock",
        "home/.docker/desktop/docker.sock",
        "home/.orbstack/run/docker.sock",
        "home/.colima/default/docker.sock",
        "home/.colima/work/docker.sock",
        "runtime/podman/podman.sock",
        "run/podman/podman.sock",
    ])
    .set("XDG_RUNTIME_DIR", "ROOT/runtime");
    assert_eq!(
        all.seen(),
        [
            "*default unix:///var/run/docker.sock",
            "rootless unix:///runtime/docker.sock",
            "docker-desktop unix:///home/.docker/run/docker.sock",
            "docker-desktop unix:///home/.docker/desktop/docker.sock",
            "orbstack unix:///home/.orbstack/run/docker.sock",
            "colima unix:///home/.colima/default/docker.sock",
            "colima-work unix:///home/.colima/work/docker.sock",
            "podman unix:///runtime/podman/podman.sock",
            "podman-system unix:///run/podman/podman.sock",
        ]
    );
    assert_eq!(Machine::with(&[]).seen(), [""; 0]);
    let podman = Machine::with(&["runtime/podman/podman.sock"]).set("XDG_RUNTIME_DIR", "ROOT/runtime");
    assert_eq!(podman.seen(), ["*podman unix:///runtime/podman/podman.sock"], "the only one is the usual one");
}

#[test]
fn podmans_machines_are_found_wherever_its_version_has_them() {
    let machine = Machine::with(&[
        "tmp/podman/podman-machine-default-api.sock",
        "tmp/podman/podman-machine-default-gvproxy.sock",
        "tmp/podman/work-api.sock",
        "home/.local/share/containers/podman/machine/qemu/podman.sock",
    ])
    .set("TMPDIR", "ROOT/tmp");
    assert_eq!(
        machine.seen(),
        [
            "*podman-machine-default unix:///tmp/podman/podman-machine-default-api.sock",
            "podman-work unix:///tmp/podman/work-api.sock",
            "podman-qemu unix:///home/.local/share/containers/podman/machine/qemu/podman.sock",
        ]
    );
    let linked = Machine::with(&["data/containers/podman/machine/podman-machine-default/podman.sock"]);
    let folder = linked.root.path().join("data/containers/podman/machine");
    symlink(folder.join("podman-machine-default/podman.sock"), folder.join("podman.sock")).unwrap();
    let linked = linked.set("XDG_DATA_HOME", "ROOT/data");
    assert_eq!(
        linked.seen(),
        ["*podman-machine=podman-machine-default unix:///data/containers/podman/machine/podman.sock"]
    );
}

#[test]
fn what_podman_was_told_is_an_engine_and_not_dockers_choice() {
    let set = |files: &[&str], host: &str| {
        Machine::with(files).set("XDG_RUNTIME_DIR", "ROOT/runtime").set("CONTAINER_HOST", host).seen()
    };
    let docker = "*default unix:///var/run/docker.sock";
    assert_eq!(set(&[], "tcp://other:8080"), ["*CONTAINER_HOST tcp://other:8080"], "the only one is the usual one");
    assert_eq!(set(&["var/run/docker.sock"], "unix://ROOT/p.sock"), [docker, "CONTAINER_HOST unix:///p.sock"]);
    assert_eq!(
        set(&["var/run/docker.sock"], "ssh://core@localhost"),
        [docker, "CONTAINER_HOST ssh://core@localhost !"]
    );
    let known = set(&["runtime/podman/podman.sock"], "unix://ROOT/runtime/podman/podman.sock");
    assert_eq!(known, ["*podman=CONTAINER_HOST unix:///runtime/podman/podman.sock"], "it keeps its name");
}

#[test]
fn what_the_person_set_goes_first() {
    let set = |host: &str| Machine::with(&["var/run/docker.sock"]).set("DOCKER_HOST", host).seen();
    let other = "default unix:///var/run/docker.sock";
    assert_eq!(set("tcp://other:2375"), ["*DOCKER_HOST tcp://other:2375", other]);
    assert_eq!(set("other:2375"), ["*DOCKER_HOST tcp://other:2375", other]);
    assert_eq!(set("ssh://person@other"), ["*DOCKER_HOST ssh://person@other !", other]);
    assert_eq!(set("unix://ROOT/var/run/docker.sock"), ["*DOCKER_HOST=default unix:///var/run/docker.sock"]);
    assert_eq!(set("ROOT/mine.sock"), ["*DOCKER_HOST unix:///mine.sock", other]);
    assert_eq!(set(""), ["*default unix:///var/run/docker.sock"]);
}

#[test]
fn contexts_are_found_and_the_chosen_one_is_the_usual_one() {
    let machine = || {
        Machine::with(&["var/run/docker.sock", "home/.colima/default/docker.sock"])
            .context("aa", "remote", r#"{"Host":"tcp://remote:2375"}"#)
            .context("bb", "colima", r#"{"Host":"unix://NONE/colima.sock"}"#)
            .context("cc", "jump", r#"{"Host":"ssh://person@jump"}"#)
            .context("dd", "unchecked", r#"{"Host":"tcp://u:2376","SkipTLSVerify":true}"#)
            .context("ee", "kubernetes", "{}")
    };
    let contexts = [
        "colima unix://NONE/colima.sock",
        "jump ssh://person@jump !",
        "remote tcp://remote:2375",
        "unchecked tcp://u:2376 !",
    ];
    let colima = "colima unix:///home/.colima/default/docker.sock";
    let default = "*default unix:///var/run/docker.sock";
    assert_eq!(machine().seen(), [&[default][..], &contexts, &[colima]].concat());

    let chosen = machine();
    chosen.write("home/.docker/config.json", r#"{"auths":{},"currentContext":"remote"}"#);
    assert_eq!(chosen.seen()[0], "*remote tcp://remote:2375");
    let chosen = chosen.set("DOCKER_CONTEXT", "colima");
    assert_eq!(chosen.seen()[0], "*colima unix://NONE/colima.sock");
    let chosen = chosen.set("DOCKER_CONTEXT", "default");
    assert_eq!(chosen.seen()[0], default);
    let chosen = chosen.set("DOCKER_CONTEXT", "gone");
    assert_eq!(chosen.seen()[0], "*gone  !");
    let chosen = chosen.set("DOCKER_HOST", "tcp://set:1");
    assert_eq!(chosen.seen()[0], "*DOCKER_HOST tcp://set:1", "as Docker's own command has it");

    let broken = Machine::with(&["home/.docker/contexts/meta/x/other", "home/.docker/contexts/meta/file"]);
    broken.write("home/.docker/contexts/meta/y/meta.json", "{");
    broken.write("home/.docker/config.json", "[");
    assert_eq!(broken.seen(), [""; 0], "what cannot be read is left out");
}

#[test]
fn one_engine_with_two_names_is_one() {
    let machine = Machine::with(&["home/.colima/default/docker.sock"]);
    let socket = machine.root.path().join("home/.colima/default/docker.sock");
    fs::create_dir_all(machine.root.path().join("var/run")).unwrap();
    symlink(&socket, machine.root.path().join("var/run/docker.sock")).unwrap();
    let machine = machine.context("aa", "colima", &format!(r#"{{"Host":"unix://{}"}}"#, socket.display()));
    assert_eq!(machine.seen(), ["*default=colima unix:///var/run/docker.sock"]);
}

#[test]
fn certificates_are_where_docker_keeps_them() {
    let names = ["ca.pem", "cert.pem", "key.pem"];
    let machine = Machine::with(&[])
        .set("DOCKER_HOST", "tcp://other:2376")
        .set("DOCKER_TLS_VERIFY", "1")
        .set("DOCKER_CERT_PATH", "ROOT/certs");
    let missing = machine.engines()[0].problem.clone();
    assert_eq!(missing, Some(EngineProblem::TlsFileMissing { path: machine.root.path().join("certs/ca.pem") }));
    for name in names {
        machine.write(&format!("certs/{name}"), "");
    }
    let engine = &machine.engines()[0];
    assert_eq!(engine.tls, Some(TlsFiles::in_folder(&machine.root.path().join("certs"))));
    assert_eq!(engine.problem, None);

    let machine = Machine::with(&[]).context("aa", "secure", r#"{"Host":"tcp://other:2376"}"#);
    for name in names {
        machine.write(&format!("home/.docker/contexts/tls/aa/docker/{name}"), "");
    }
    let folder = machine.root.path().join("home/.docker/contexts/tls/aa/docker");
    assert_eq!(machine.engines()[0].tls, Some(TlsFiles::in_folder(&folder)));

    let unchecked = Machine::with(&[]).set("DOCKER_HOST", "tcp://other:2376").set("DOCKER_TLS", "1");
    assert_eq!(unchecked.seen(), ["*DOCKER_HOST tcp://other:2376 !"]);
}

#[test]
fn the_sockets_of_all_engines_are_known() {
    let machine = Machine::with(&["var/run/docker.sock", "home/.orbstack/run/docker.sock"])
        .context("aa", "gone", r#"{"Host":"unix:///nowhere/docker.sock"}"#)
        .context("bb", "remote", r#"{"Host":"tcp://remote:2375"}"#)
        .set("DOCKER_HOST", "unix://ROOT/mine.sock");
    let root = machine.root.path();
    let expected = [
        root.join("mine.sock"),
        PathBuf::from("/nowhere/docker.sock"),
        root.join("var/run/docker.sock"),
        root.join("home/.orbstack/run/docker.sock"),
    ];
    assert_eq!(sockets(&machine.engines()), expected);
}

#[test]
fn an_engine_over_ssh_is_not_recommended_by_another_way() {
    let engine = choose(&[], Some("ssh://person@host")).unwrap();
    let told = engine.problem.unwrap().to_string();
    assert!(told.contains("over SSH") && !told.contains("DOCKER_HOST") && !told.contains("forward"), "{told}");
}

#[test]
fn an_engine_is_chosen_by_name_or_address() {
    let machine = Machine::with(&["var/run/docker.sock"]).context("aa", "remote", r#"{"Host":"tcp://remote:2375"}"#);
    let found = machine.engines();
    let name = |chosen: Option<&str>| choose(&found, chosen).map(|engine| engine.name);
    assert_eq!(name(None).unwrap(), "default");
    assert_eq!(name(Some("")).unwrap(), "default");
    assert_eq!(name(Some("remote")).unwrap(), "remote");
    assert_eq!(name(Some("tcp://remote:2375")).unwrap(), "remote");
    let address = choose(&found, Some("tcp://new:1")).unwrap();
    assert_eq!((address.address.as_str(), address.origin), ("tcp://new:1", Origin::Address));
    assert!(choose(&found, Some("ssh://new")).unwrap().problem.is_some());
    let unknown = name(Some("nobody")).unwrap_err();
    assert!(matches!(&unknown, LaunchError::EngineUnknown { known, .. } if known == "default, remote"), "{unknown:?}");
    assert!(matches!(choose(&[], None), Err(LaunchError::NoEngine)));
}
