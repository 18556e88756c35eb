use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// A machine's links; every other path is what it says, unless it is in `/missing`.
fn resolve(links: &[(&str, &str)]) -> impl Fn(&Path) -> io::Result<PathBuf> {
    let links: BTreeMap<PathBuf, PathBuf> = links.iter().map(|(from, to)| (from.into(), to.into())).collect();
    move |path: &Path| {
        if path.starts_with("/missing") {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut path = path.to_owned();
        while let Some((from, to)) = links.iter().find(|(from, _)| path.starts_with(from)) {
            // A path that is a link itself must not get a slash at its end.
            let rest = path.strip_prefix(from).expect("it starts with it");
            path = if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) };
        }
        Ok(path)
    }
}

const LINKS: [(&str, &str); 5] = [
    ("/var/run", "/run"),
    ("/home/ana/keys", "/home/ana/.ssh"),
    ("/srv/all", "/"),
    ("/home/ana/.kube", "/data/kube"),
    ("/srv/home", "/home/ana"),
];

fn protected() -> Protected {
    Protected {
        home: "/home/ana".into(),
        secrets: vec!["/srv/portal/state".into()],
        programs: vec!["/home/ana/tools/bin".into(), "/srv/programs".into()],
        sockets: vec!["/srv/engine/docker.sock".into(), "/home/ana/.colima/default/docker.sock".into()],
        places: vec!["/home/opencode".into(), "/agent/socket".into()],
    }
}

fn request(path: &str) -> MountRequest {
    MountRequest { path: path.into(), target: None, is_writable: false }
}

fn check(path: &str) -> Result<Vec<CheckedMount>, MountProblem> {
    checked_mounts(&[request(path)], &protected(), resolve(&LINKS))
}

#[test]
fn what_may_be_mounted() {
    for path in [
        "/home/ana/work/app",
        "/home/ana/my project: new",
        "/home/bob",
        "/srv/data",
        "/tmp/portal-test/work",
        "/opt/tools",
        "/mnt/disk",
        "/var/www",
        "/var/lib/postgres",
        "/home/ana/.config/nvim",
        "/home/ana/tools/bin",
        "/home/ana/.sshx",
        "/etcetera",
    ] {
        let checked = check(path).unwrap_or_else(|problem| panic!("{path}: {problem}"));
        assert_eq!((checked[0].source(), checked[0].target()), (Path::new(path), Path::new(path)));
        assert!(!checked[0].is_writable());
    }
    let linked =
        checked_mounts(&[request("/short/app")], &protected(), resolve(&[("/short", "/home/ana/work")])).unwrap();
    assert_eq!(linked[0].source(), Path::new("/home/ana/work/app"), "what the link means is mounted");
    assert_eq!(linked[0].target(), Path::new("/short/app"), "where the person said");
}

#[test]
fn what_may_not_be_mounted() {
    let kind = |path: &str| match check(path) {
        Ok(_) => "nothing",
        Err(MountProblem::NotAbsolute { .. }) => "path",
        Err(MountProblem::Missing { .. }) => "missing",
        Err(MountProblem::Home { .. }) => "home",
        Err(MountProblem::Secret { .. }) => "secret",
        Err(MountProblem::Socket { .. }) => "socket",
        Err(MountProblem::System { .. }) => "system",
        Err(MountProblem::Shared { .. }) => "shared",
        Err(other) => panic!("{other:?}"),
    };
    for (path, expected) in [
        ("", "path"),
        ("work", "path"),
        ("./work", "path"),
        ("/home/ana/work/..", "path"),
        ("/home/ana/../bob", "path"),
        ("/missing/app", "missing"),
        ("/", "home"),
        ("/home", "home"),
        ("/home/ana", "home"),
        ("/home/ana/", "home"),
        ("/srv/all", "home"),
        ("/srv/home", "home"),
        ("/home/ana/.ssh", "secret"),
        ("/home/ana/.ssh/id_ed25519", "secret"),
        ("/home/ana/keys", "secret"),
        ("/home/ana/keys/id_ed25519", "secret"),
        ("/home/ana/.gnupg", "secret"),
        ("/home/ana/.aws", "secret"),
        ("/home/ana/.config", "secret"),
        ("/home/ana/.config/gcloud/x", "secret"),
        ("/home/ana/.local/share", "secret"),
        ("/home/ana/.docker", "secret"),
        ("/data/kube", "secret"),
        ("/data", "secret"),
        ("/home/ana/.netrc", "secret"),
        ("/srv/portal", "secret"),
        ("/srv/portal/state/logs", "secret"),
        ("/srv/engine", "socket"),
        ("/srv/engine/docker.sock", "socket"),
        ("/home/ana/.colima", "socket"),
        ("/home/ana/.colima/default", "socket"),
        ("/home/ana/.colima/_lima", "secret"),
        ("/home/ana/.lima/default", "secret"),
        ("/home/ana/.orbstack", "secret"),
        ("/home/ana/.rd", "secret"),
        ("/home/ana/.local/share/containers/storage", "secret"),
        ("/home/ana/.local/share/docker", "secret"),
        ("/home/ana/.config/opencode", "secret"),
        ("/tmp", "shared"),
        ("/var/tmp", "shared"),
        ("/tmp/ssh-XXab12", "shared"),
        ("/tmp/ssh-XXab12/agent.7", "shared"),
        ("/tmp/.X11-unix", "system"),
        ("/var/run/docker.sock", "socket"),
        ("/run", "socket"),
        ("/var/run", "socket"),
        ("/var", "socket"),
        ("/run/user/1000", "system"),
        ("/etc", "system"),
        ("/etc/ssh", "system"),
        ("/proc", "system"),
        ("/sys/fs", "system"),
        ("/dev", "system"),
        ("/boot", "system"),
        ("/usr", "system"),
        ("/usr/share/dict", "system"),
        ("/bin", "system"),
        ("/var/lib", "system"),
        ("/var/lib/docker/volumes", "system"),
    ] {
        assert_eq!(kind(path), expected, "{path}");
    }
}

#[test]
fn what_is_run_later_may_be_seen_but_not_changed() {
    let at = |path: &str, is_writable| {
        let links = [("/home/ana/.zshrc", "/home/ana/dotfiles/zshrc")];
        let request = MountRequest { path: path.into(), target: None, is_writable };
        checked_mounts(&[request], &protected(), resolve(&links))
    };
    for path in [
        "/home/ana/.bashrc",
        "/home/ana/.config/systemd/user",
        "/home/ana/.config/autostart",
        "/home/ana/.local/bin",
        "/home/ana/.gitconfig",
        "/home/ana/dotfiles",
        "/home/ana/.opencode/bin",
        "/home/ana/.bun",
        "/home/ana/.nvm/versions/node/v22/bin",
        "/home/ana/go",
        "/home/ana/.config/nvim",
        "/home/ana/.vscode/extensions",
        "/home/ana/.oh-my-zsh",
        "/home/ana/tools",
        "/home/ana/tools/bin",
        "/srv/programs",
        "/srv/programs/deploy",
        "/home/ana/tools/bin/deploy",
    ] {
        let refused = at(path, true).unwrap_err();
        assert!(matches!(refused, MountProblem::RunLater { .. }), "{path}: {refused:?}");
        assert!(at(path, false).is_ok(), "{path}");
    }
    for path in ["/home/ana/.config/nvimx", "/home/ana/go/src/app", "/home/ana/tools/src", "/srv/programs/app/data"] {
        assert!(at(path, true).is_ok(), "{path}");
    }
}

#[test]
fn a_mount_inside_another_needs_a_place_there() {
    let mounts = |outer: &str, inner: &str| {
        let outer = MountRequest { target: Some("/work".into()), ..request(outer) };
        let inner = MountRequest { target: Some(inner.into()), ..request("/srv/app") };
        [[outer.clone(), inner.clone()], [inner, outer]].map(|both| {
            checked_mounts(&both, &protected(), |path| match path.to_str() {
                Some("/srv/a/app") => Err(io::ErrorKind::NotFound.into()),
                _ => Ok(path.to_owned()),
            })
        })
    };
    for refused in mounts("/srv/a", "/work/app") {
        assert!(
            matches!(&refused, Err(MountProblem::Nowhere { place, .. }) if place == Path::new("/srv/a/app")),
            "{refused:?}"
        );
    }
    for taken in mounts("/srv/b", "/work/app").into_iter().chain(mounts("/srv/a", "/works/app")) {
        assert_eq!(taken.unwrap().len(), 2);
    }
}

#[test]
fn places_inside_are_checked_as_well() {
    let at = |target: &str| {
        let request = MountRequest { path: "/srv/a".into(), target: Some(target.into()), is_writable: true };
        checked_mounts(&[request], &protected(), resolve(&[]))
    };
    assert!(at("/usr/share/a").unwrap()[0].is_writable(), "the container's own folders are not the machine's");
    for target in ["/home/opencode/notes", "/etc/ssl/certs", "/usr/local/share", "/agents"] {
        assert!(at(target).is_ok(), "{target}");
    }
    for target in [
        "/",
        "/proc",
        "/proc/1",
        "/sys",
        "/dev/shm",
        "/etc",
        "/etc/passwd",
        "/usr",
        "/usr/local",
        "/usr/local/bin",
        "/bin",
        "/lib",
        "/lib64",
        "/home",
        "/home/opencode",
        "/agent",
        "/agent/socket",
    ] {
        assert!(matches!(at(target), Err(MountProblem::Target { .. })), "{target}");
    }
    assert!(matches!(at("a"), Err(MountProblem::NotAbsolute { .. })));
    let twice = [request("/srv/a"), MountRequest { target: Some("/srv/a".into()), ..request("/srv/b") }];
    assert!(matches!(checked_mounts(&twice, &protected(), resolve(&[])), Err(MountProblem::Twice { .. })));
    let ours = CheckedMount::of_ours("/run/agent".into(), "/agent".into());
    assert!(!ours.is_writable() && ours.writable().is_writable());
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(std::ffi::OsString::from_vec(b"/srv/\xff".to_vec()));
    let request = MountRequest { path, target: None, is_writable: false };
    assert!(matches!(checked_mounts(&[request], &protected(), resolve(&[])), Err(MountProblem::NotText { .. })));
}

#[test]
fn the_home_folder_of_a_person_may_be_below_the_systems() {
    let protected = Protected {
        home: "/var/lib/containers/ana".into(),
        secrets: vec![],
        programs: vec![],
        sockets: vec![],
        places: vec![],
    };
    let mount = |path: &str| checked_mounts(&[request(path)], &protected, resolve(&[]));
    assert!(mount("/var/lib/containers/ana/work").is_ok());
    assert!(mount("/var/lib/containers/bob").is_err());
}

fn path() -> impl Strategy<Value = PathBuf> {
    let part = prop::sample::select(vec![
        "home",
        "ana",
        "bob",
        ".ssh",
        ".config",
        "gcloud",
        "work",
        "keys",
        "srv",
        "all",
        "portal",
        "state",
        "tmp",
        "engine",
        "docker.sock",
        "var",
        "run",
        "etc",
        "usr",
        "data",
        "kube",
        "x",
    ]);
    prop::collection::vec(part, 0..5).prop_map(|parts| Path::new("/").join(parts.iter().collect::<PathBuf>()))
}

proptest! {
    /// Whatever is let through shows nothing of what is protected, and is nothing of it.
    #[test]
    fn nothing_protected_is_ever_seen(paths in prop::collection::vec(path(), 1..4)) {
        let follow = resolve(&LINKS);
        let requests: Vec<_> =
            paths.iter().map(|path| MountRequest { path: path.clone(), target: None, is_writable: true }).collect();
        if let Ok(mounts) = checked_mounts(&requests, &protected(), resolve(&LINKS)) {
            prop_assert_eq!(mounts.len(), requests.len());
            for mount in mounts {
                let source = mount.source();
                prop_assert_eq!(source, follow(source).unwrap(), "links are followed");
                for secret in ["/home/ana/.ssh", "/home/ana/.config/gcloud", "/data/kube", "/srv/portal/state", "/srv/engine/docker.sock", "/run/docker.sock"] {
                    prop_assert!(!Path::new(secret).starts_with(source), "{} holds {}", source.display(), secret);
                }
                for whole in ["/home/ana/.ssh", "/data/kube", "/srv/portal/state", "/etc", "/usr", "/run"] {
                    prop_assert!(!source.starts_with(whole), "{} is in {}", source.display(), whole);
                }
                prop_assert!(!Path::new("/home/ana").starts_with(source));
            }
        }
    }
}
