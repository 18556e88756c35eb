//! What is typed about the place of an instance, by tables.

use bridge::messages::{DockerPlaceView, MountView, NetworkView, PlaceView, ProfileView, SshPlaceView};
use clap::Parser as _;

use super::Asked;
use crate::arguments::{Arguments, Command};

fn container() -> DockerPlaceView {
    DockerPlaceView {
        engine: Some("colima".to_owned()),
        image: Some("mine:1".to_owned()),
        memory_mib: Some(1_024),
        cpu_percent: Some(200),
        mounts: vec![MountView { path: "/data".to_owned(), target: None, is_writable: false }],
        passes_git: true,
        passes_variables: vec!["LANG".to_owned()],
        ..DockerPlaceView::default()
    }
}

fn ssh(host: &str, stays: bool) -> PlaceView {
    PlaceView::Ssh(SshPlaceView { host: host.to_owned(), stays })
}

/// The place that becomes of this one, or what was said instead.
fn over(typed: &[&str], known: PlaceView) -> Result<PlaceView, String> {
    let all = [&["portal", "start", "."], typed].concat();
    let parsed = Arguments::try_parse_from(all).map_err(|error| error.to_string())?;
    let Command::Start(start) = parsed.command else { panic!("{typed:?} is no `portal start`") };
    let known = ProfileView { place: known, ..ProfileView::default() };
    let given = start.profile.over(&known).map_err(|trouble| format!("{trouble:?}"))?;
    Ok(given.unwrap_or(known).place)
}

#[test]
fn an_image_that_is_got_again_is_a_containers() {
    let known = PlaceView::Docker(container());
    assert_eq!(over(&["--pull"], known.clone()), Ok(known));
    let refused = over(&["--pull"], PlaceView::Process).unwrap_err();
    assert!(refused.contains("`--pull` is about a container; give `--docker`, too"), "{refused}");
    assert!(over(&["--pull", "--ssh", "build"], PlaceView::Process).is_err());
}

#[test]
fn a_container_is_described_in_full() {
    let cwd = std::env::current_dir().unwrap();
    let typed = "--docker --image img:2 --engine lab --memory 2g --cpus 1.5 --pids 99 --network off --user 7:8 \
                 --mount ~/data --mount sub:/in --mount /a:/b:rw --mount /c:ro --pass auth --pass git --pass ssh-agent \
                 --pass LANG --pass _X1";
    let typed: Vec<&str> = typed.split_whitespace().collect();
    let mount = |path: &str, target: Option<&str>, is_writable| MountView {
        path: path.to_owned(),
        target: target.map(ToOwned::to_owned),
        is_writable,
    };
    let expected = DockerPlaceView {
        engine: Some("lab".to_owned()),
        image: Some("img:2".to_owned()),
        memory_mib: Some(2_048),
        cpu_percent: Some(150),
        pids: Some(99),
        network: NetworkView::Off,
        mounts: vec![
            mount("~/data", None, false),
            mount(cwd.join("sub").to_str().unwrap(), Some("/in"), false),
            mount("/a", Some("/b"), true),
            mount("/c", None, false),
        ],
        user: Some("7:8".to_owned()),
        passes_auth: true,
        passes_git: true,
        passes_ssh_agent: true,
        passes_variables: vec!["LANG".to_owned(), "_X1".to_owned()],
    };
    assert_eq!(over(&typed, PlaceView::Process), Ok(PlaceView::Docker(expected)));
}

#[test]
fn what_is_not_typed_stays_and_what_is_empty_is_taken_back() {
    let known = || PlaceView::Docker(container());
    let check = |typed: &[&str], expected: DockerPlaceView| {
        assert_eq!(over(typed, known()), Ok(PlaceView::Docker(expected)), "{typed:?}");
    };
    check(&[], container());
    check(&["--docker"], container());
    check(&["--memory", "512"], DockerPlaceView { memory_mib: Some(512), ..container() });
    check(&["--memory", "0", "--cpus", "0"], DockerPlaceView { memory_mib: None, cpu_percent: None, ..container() });
    let user = Some("7:8".to_owned());
    check(&["--user", "7:8"], DockerPlaceView { user, ..container() });
    check(&["--user", ""], DockerPlaceView { user: None, ..container() });
    check(&["--image", "", "--mount", "none"], DockerPlaceView { image: None, mounts: Vec::new(), ..container() });
    let named = NetworkView::Named { name: "lab".to_owned() };
    check(&["--network", "lab"], DockerPlaceView { network: named, ..container() });
    check(&["--network", "none"], DockerPlaceView { network: NetworkView::Off, ..container() });
    let passes =
        |passes_auth| DockerPlaceView { passes_auth, passes_git: false, passes_variables: Vec::new(), ..container() };
    check(&["--pass", "auth"], passes(true));
    check(&["--pass", "none"], passes(false));
}

#[test]
fn another_machine_is_named_by_its_host() {
    assert_eq!(over(&["--ssh", "me@build"], PlaceView::Process), Ok(ssh("me@build", false)));
    assert_eq!(over(&["--ssh", "build", "--stays"], PlaceView::Process), Ok(ssh("build", true)));
    assert_eq!(over(&["--ssh", "build", "--stays"], ssh("build", false)), Ok(ssh("build", true)));
    assert_eq!(over(&["--ssh", "build", "--stays=no"], ssh("build", true)), Ok(ssh("build", false)));
    assert_eq!(over(&["--ssh", "build"], ssh("build", true)), Ok(ssh("build", true)));
    assert_eq!(over(&["--engine", ""], PlaceView::Docker(container())), Ok(PlaceView::Docker(container())));
    assert_eq!(over(&["--ssh", "build"], ssh("build", true)), Ok(ssh("build", true)));
    assert_eq!(over(&["--ssh", "build", "--group", "x"], ssh("build", true)), Ok(ssh("build", true)));
}

#[test]
fn a_binary_of_another_machine_stays_as_it_was_typed() {
    for (typed, expected) in
        [(&["--ssh", "build", "--binary", "bin/opencode"][..], "bin/opencode"), (&["--binary", "/a/b"], "/a/b")]
    {
        let all = [&["portal", "start", "."], typed].concat();
        let Ok(Arguments { command: Command::Start(start) }) = Arguments::try_parse_from(all) else {
            panic!("{typed:?} is no `portal start`")
        };
        let given = start.profile.over(&ProfileView::default()).map_err(|trouble| format!("{trouble:?}")).unwrap();
        assert_eq!(given.and_then(|profile| profile.binary).as_deref(), Some(expected));
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_do() {
    for (typed, said) in [
        (&["--image", "x"][..], "`--image` is about a container; give `--docker`, too"),
        (&["--pass", "git"], "`--pass` is about a container"),
        (&["--stays"], "give `--ssh HOST`, too"),
        (&["--docker", "--ssh", "h"], "cannot be used with"),
        (&["--ssh", "h", "--network", "off"], "cannot be used with"),
        (&["--docker", "--stays"], "cannot be used with"),
        (&["--ssh", "build", "--stays=never"], "give `yes` or `no`"),
        (&["--all", "--docker"], "cannot be used with"),
        (&["--ssh=-oProxyCommand=x"], "is no host"),
        (&["--ssh="], "is no host"),
        (&["--docker", "--cpus", "many"], "number of cores"),
        (&["--docker", "--cpus", "-1"], "unexpected argument"),
        (&["--docker", "--cpus", "NaN"], "number of cores"),
        (&["--docker", "--cpus", "0.001"], "0.01 cores at least"),
        (&["--docker", "--memory", "much"], "MiB"),
        (&["--docker", "--memory", "99999999g"], "too much"),
        (&["--docker", "--user", "ada"], "give numbers"),
        (&["--docker", "--user", "1:"], "give numbers"),
        (&["--docker", "--user", "1000"], "give numbers, `UID:GID`"),
        (&["--docker", "--user", "+1:2"], "give numbers"),
        (&["--docker", "--user", ":"], "give numbers"),
        (&["--docker", "--user", "1:4294967296"], "give numbers"),
        (&["--docker", "--pass", "A=b"], "by its name alone"),
        (&["--docker", "--pass", "1x"], "the name of a variable"),
        (&["--docker", "--mount", "a:b:c:rw"], "is not understood"),
        (&["--docker", "--mount", ":/x"], "is not understood"),
        (&["--docker", "--mount", "/x:in"], "does not begin with `/`"),
        (&["--docker", "--binary", "/bin/opencode"], "`--binary` is about a process"),
        (&["--docker", "--hostname", "0.0.0.0"], "`--hostname` is about a process"),
        (&["--ssh", "h", "--hostname", "0.0.0.0"], "`--hostname` is about a process"),
    ] {
        let refused = over(typed, PlaceView::Process).unwrap_err();
        assert!(refused.contains(said), "{typed:?}: {refused}");
    }
}

#[test]
fn the_instance_that_is_meant_is_of_the_kind_that_was_asked_for() {
    let check = |typed: &[&str], asked: Asked<'_>, meant: [bool; 3]| {
        let all = [&["portal", "start", "."], typed].concat();
        let Ok(Arguments { command: Command::Start(start) }) = Arguments::try_parse_from(all) else {
            panic!("{typed:?} is no `portal start`")
        };
        let place = &start.profile.place;
        assert_eq!(place.asked(), asked, "{typed:?}");
        let places = [PlaceView::Process, PlaceView::Docker(container()), ssh("build", false)];
        assert_eq!(places.map(|known| place.can_mean(&known)), meant, "{typed:?}");
    };
    check(&[], Asked::Anything, [true, true, false]);
    check(&["--docker"], Asked::Container, [false, true, false]);
    check(&["--cpus", "1"], Asked::Container, [false, true, false]);
    check(&["--docker", "--engine", "colima"], Asked::Container, [false, true, false]);
    check(&["--docker", "--engine", "other"], Asked::Container, [false, false, false]);
    check(&["--docker", "--engine", ""], Asked::Container, [false, true, false]);
    check(&["--ssh", "build"], Asked::Host("build"), [false, false, true]);
    check(&["--ssh", "other"], Asked::Host("other"), [false, false, false]);
}
