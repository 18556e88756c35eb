//! What an engine may do wrong, played by a small one of our own.

use std::time::{Duration, Instant};

use launch::{
    LaunchError,
    docker::{ContainerState, Engine, ImageError, ImageName, News, RegistryCredentials},
};

use super::fake_engine::{Answer, FakeEngine, socket};

/// What an engine says of its version.
const VERSION: (&str, &str, Answer) = ("GET", "/version", Answer::Says(200, r#"{"ApiVersion":"1.41"}"#));

/// A status and a text of the engine, and what they are.
type Case = (u16, &'static str, fn(&ImageError) -> bool);

async fn state(body: &'static str) -> Result<ContainerState, LaunchError> {
    let engine = FakeEngine::new(Answer::Says(200, body));
    engine.connect().await.state("abc").await
}

#[tokio::test]
async fn every_state_of_a_container_is_understood() {
    for (body, expected) in [
        (r#"{"State":{"Status":"running","Running":true}}"#, ContainerState::Running),
        (r#"{"State":{"Status":"paused","Running":true}}"#, ContainerState::Paused),
        (r#"{"State":{"Status":"restarting"}}"#, ContainerState::Restarting),
        (r#"{"State":{"Status":"created"}}"#, ContainerState::Created),
        (
            r#"{"State":{"Status":"exited","ExitCode":3,"OOMKilled":false}}"#,
            ContainerState::Exited { code: 3, out_of_memory: false, message: None },
        ),
        (
            r#"{"State":{"Status":"exited","ExitCode":137,"OOMKilled":true}}"#,
            ContainerState::Exited { code: 137, out_of_memory: true, message: None },
        ),
        (r#"{"State":{"Status":"dead","ExitCode":1}}"#, ContainerState::Dead),
        (r#"{"State":{"Status":"removing"}}"#, ContainerState::Removing),
    ] {
        assert_eq!(state(body).await.unwrap(), expected, "{body}");
    }
    for body in ["{}", "[]", "not json", r#"{"State":{"Status":"levitating"}}"#, r#"{"State":{"ExitCode":"x"}}"#] {
        assert!(matches!(state(body).await, Err(LaunchError::EngineAnswer { .. })), "{body}: {:?}", state(body).await);
    }
}

#[tokio::test]
async fn no_such_container_is_not_a_fault_of_the_engine() {
    let fake = FakeEngine::new(Answer::Says(404, r#"{"message":"No such container: abc"}"#));
    let engine = fake.connect().await;
    assert_eq!(engine.state("abc").await.unwrap(), ContainerState::Gone);
    assert!(matches!(engine.start("abc").await, Err(LaunchError::ContainerGone { container }) if container == "abc"));
    assert!(matches!(engine.stop("abc", Duration::ZERO).await, Err(LaunchError::ContainerGone { .. })));
}

#[tokio::test]
async fn what_is_done_already_is_well() {
    let calls = [VERSION, ("GET", "/containers/abc/json", Answer::Says(200, "{}"))];
    let fake = FakeEngine::answering(&calls, Answer::Says(304, ""));
    let engine = fake.connect().await;
    engine.start("abc").await.unwrap();
    engine.stop("abc", Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn a_refusal_keeps_its_words() {
    let fake = FakeEngine::new(Answer::Says(500, r#"{"message":"driver failed"}"#));
    let error = fake.connect().await.start("abc").await.unwrap_err();
    assert!(
        matches!(&error, LaunchError::EngineRefused { status: 500, message } if message == "driver failed"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_silent_engine_is_not_waited_for() {
    let fake = FakeEngine::new(Answer::Silence);
    let engine = fake.connect().await;
    let start = Instant::now();
    assert!(matches!(engine.state("abc").await, Err(LaunchError::EngineTimeout { .. })));
    assert!(matches!(engine.stop("abc", Duration::from_secs(1)).await, Err(LaunchError::EngineTimeout { .. })));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_broken_connection_means_unreachable() {
    for answer in
        [Answer::Cut, Answer::Raw(b"garbage\r\n\r\n"), Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")]
    {
        let fake = FakeEngine::new(answer);
        let error = fake.connect().await.state("abc").await.unwrap_err();
        assert!(matches!(error, LaunchError::EngineUnreachable { .. }), "{error:?}");
    }
    let fake = FakeEngine::new(Answer::Silence);
    let engine = fake.connect().await;
    drop(fake);
    assert!(matches!(engine.state("abc").await, Err(LaunchError::EngineUnreachable { .. })), "it has been stopped");
}

#[tokio::test]
async fn no_engine_is_told_with_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("unix://{}", socket(folder.path()).display());
    for address in [missing.as_str(), "tcp://127.0.0.1:1"] {
        let error = Engine::connect(address, Duration::from_secs(1)).await.unwrap_err();
        assert!(
            matches!(error, LaunchError::EngineUnreachable { .. }) && error.to_string().contains(address),
            "{error:?}"
        );
    }
    // A file where the socket should be: what an engine that died leaves.
    drop(std::os::unix::net::UnixListener::bind(socket(folder.path())).unwrap());
    assert!(matches!(
        Engine::connect(&missing, Duration::from_secs(1)).await,
        Err(LaunchError::EngineUnreachable { .. })
    ));
    for address in ["ssh://host", "npipe:////./pipe/docker_engine", "nonsense", ""] {
        assert!(
            matches!(Engine::connect(address, Duration::from_secs(1)).await, Err(LaunchError::EngineAddress { .. })),
            "{address}"
        );
    }
}

#[tokio::test]
async fn the_version_of_the_interface_decides() {
    let connect = async |version: &'static str| {
        let fake = FakeEngine::with_version(version, Answer::Silence);
        Engine::connect(&fake.address(), Duration::from_secs(1)).await
    };
    for version in [r#"{"ApiVersion":"1.41"}"#, r#"{"ApiVersion":"1.53"}"#, r#"{"ApiVersion":"1.99","Version":"99.0"}"#]
    {
        connect(version).await.unwrap_or_else(|error| panic!("{version}: {error}"));
    }
    let old = connect(r#"{"ApiVersion":"1.40"}"#).await.unwrap_err();
    assert!(matches!(&old, LaunchError::EngineTooOld { api, .. } if api == "1.40"), "{old:?}");
    for version in ["{}", r#"{"ApiVersion":"2.0"}"#, r#"{"ApiVersion":""}"#, "[]", "hello"] {
        let error = connect(version).await.unwrap_err();
        assert!(matches!(error, LaunchError::EngineAnswer { .. }), "{version}: {error:?}");
    }
}

#[tokio::test]
async fn answers_that_are_not_understood_are_told_or_left_out() {
    let says = |body: &'static str| FakeEngine::new(Answer::Says(200, body));
    for body in ["{", "{}", "\"x\""] {
        let fake = says(body);
        let engine = fake.connect().await;
        assert!(matches!(engine.containers().await, Err(LaunchError::EngineAnswer { .. })), "{body}");
        assert!(matches!(engine.networks().await, Err(LaunchError::EngineAnswer { .. })), "{body}");
    }
    for body in ["{}", "[]", "{"] {
        let fake = says(body);
        let engine = fake.connect().await;
        assert!(matches!(engine.inspect("abc").await, Err(LaunchError::EngineAnswer { .. })), "{body}");
        assert!(
            matches!(engine.image("abc").await, Err(ImageError::Engine(LaunchError::EngineAnswer { .. }))),
            "{body}"
        );
    }
    // One entry that makes no sense does not hide the others.
    let fake = says(
        r#"[{},{"Id":"a","State":""},{"Id":"b","State":"running","Names":["/x/y","/b"],"Ports":[{"PrivatePort":1,"Type":"tcp","IP":"?","PublicPort":2}]}]"#,
    );
    let listed = fake.connect().await.containers().await.unwrap();
    assert_eq!(listed.iter().map(|seen| (seen.id.as_str(), seen.name.as_str())).collect::<Vec<_>>(), [("b", "b")]);
    assert_eq!(listed[0].ports, []);
}

#[tokio::test]
async fn watching_an_engine_that_is_silent_or_breaks_off_ends() {
    for answer in [Answer::Silence, Answer::Cut, Answer::Raw(b"garbage\r\n\r\n"), Answer::Says(200, "garbage")] {
        let fake = FakeEngine::new(answer);
        let mut watch = fake.connect().await.watch(Duration::from_hours(1), News::default());
        let end = tokio::time::timeout(crate::PATIENCE, watch.next()).await.expect("it is told in time");
        assert!(matches!(end, Some(Err(_))), "{end:?}");
        assert!(watch.next().await.is_none());
    }
}

#[tokio::test]
async fn an_engine_that_does_not_tell_what_was_missed_is_watched_all_the_same() {
    let refusal = r#"{"message":"`since` time (2.0) cannot be after `until` time (1.0)"}"#;
    for missed in [Answer::Says(400, refusal), Answer::Silence, Answer::Cut] {
        let calls = [
            ("GET", "/version", Answer::Says(200, r#"{"ApiVersion":"1.41"}"#)),
            ("GET", "until=", missed),
            ("GET", "/events", Answer::Quiet),
            ("GET", "/info", Answer::Says(200, "{}")),
        ];
        let fake = FakeEngine::answering(&calls, Answer::Says(200, "[]"));
        let engine = fake.connect().await;
        let news = News::default();
        for has_missed in [false, true, true] {
            let mut watch = engine.watch(Duration::from_hours(1), news.clone());
            let told = tokio::time::timeout(crate::PATIENCE, watch.next()).await.expect("it is told in time");
            assert_eq!(told.unwrap().unwrap(), [], "nothing is lost");
            assert_eq!(watch.may_have_missed(), has_missed);
        }
    }
}

#[tokio::test]
async fn what_an_engine_says_of_a_failed_pull_is_understood() {
    use ImageError as E;
    let image = ImageName::parse("registry.example/team/opencode:1").unwrap();
    let cases: [Case; 12] = [
        (200, r#"{"errorDetail":{"message":"write /var/lib/docker/tmp/x: no space left on device"}}"#, |e| {
            matches!(e, E::NoSpace { .. })
        }),
        (500, r#"{"message":"write /var/lib/docker/tmp/x: no space left on device"}"#, |e| {
            matches!(e, E::NoSpace { .. })
        }),
        (
            200,
            r#"{"errorDetail":{"message":"no matching manifest for linux/arm64/v8 in the manifest list entries"}}"#,
            |e| matches!(e, E::NoVariant { .. }),
        ),
        (200, r#"{"errorDetail":{"message":"unexpected EOF"}}"#, |e| matches!(e, E::Cut { .. })),
        (
            200,
            r#"{"errorDetail":{"message":"read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer"}}"#,
            |e| matches!(e, E::Cut { .. }),
        ),
        (
            404,
            r#"{"message":"pull access denied for x, repository does not exist or may require 'docker login'"}"#,
            |e| matches!(e, E::NotFound { .. }),
        ),
        (404, r#"{"message":"manifest for x:1 not found: manifest unknown"}"#, |e| matches!(e, E::NotFound { .. })),
        (500, r#"{"message":"Get https://registry.example/v2/: unauthorized: incorrect username or password"}"#, |e| {
            matches!(e, E::Denied { .. })
        }),
        (
            500,
            r#"{"message":"Get https://registry.example/v2/: dial tcp: lookup registry.example: no such host"}"#,
            |e| matches!(e, E::Registry { .. }),
        ),
        (
            500,
            r#"{"message":"Get https://registry.example/v2/: x509: certificate signed by unknown authority"}"#,
            |e| matches!(e, E::Registry { .. }),
        ),
        (
            500,
            r#"{"message":"something else"}"#,
            |e| matches!(e, E::Pull { message, .. } if message == "something else"),
        ),
        // The engine ends its answer well, but the image is not there.
        (200, r#"{"status":"Pulling from team/opencode","id":"1"}"#, |e| matches!(e, E::Cut { .. } | E::Engine(_))),
    ];
    for (status, body, is_right) in cases {
        let fake = FakeEngine::new(Answer::Says(status, body));
        let engine = fake.connect().await;
        let error = engine.pull(&image, &RegistryCredentials::none()).finish().await.unwrap_err();
        assert!(is_right(&error), "{body}: {error:?}");
        assert!(error.to_string().contains("registry.example") || matches!(error, E::Engine(_)), "{error}");
    }
}
