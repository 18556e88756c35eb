//! What an engine may do wrong, played by a small one of our own.

use std::{
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use launch::{
    LaunchError,
    docker::{ContainerState, Engine, address},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixListener,
    task::JoinHandle,
};

/// What the engine does with a call.
#[derive(Clone, Copy)]
enum Answer {
    Says(u16, &'static str),
    Silence,
    Cut,
    Raw(&'static [u8]),
}

/// An engine that knows its version and answers every other call alike.
struct FakeEngine {
    folder: TempDir,
    task: JoinHandle<()>,
}

impl FakeEngine {
    fn new(answer: Answer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket(folder.path())).unwrap();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 8192];
                    let read = stream.read(&mut request).await.unwrap_or(0);
                    let asks_version = request[..read].windows(9).any(|part| part == b"/version ");
                    let answer = if asks_version { Answer::Says(200, r#"{"ApiVersion":"1.41"}"#) } else { answer };
                    let _: io::Result<()> = async {
                        match answer {
                            Answer::Says(status, body) => {
                                let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
                                stream.write_all(head.as_bytes()).await
                            }
                            Answer::Silence => std::future::pending().await,
                            Answer::Cut => stream.shutdown().await,
                            Answer::Raw(bytes) => stream.write_all(bytes).await,
                        }
                    }
                    .await;
                });
            }
        });
        Self { folder, task }
    }

    fn address(&self) -> String {
        format!("unix://{}", socket(self.folder.path()).display())
    }

    async fn connect(&self) -> Engine {
        Engine::connect(&self.address(), Duration::from_secs(1)).await.unwrap()
    }
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("docker.sock")
}

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
    let fake = FakeEngine::new(Answer::Says(304, ""));
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

#[test]
fn the_address_is_the_users_or_the_first_socket_that_is_there() {
    let world = tempfile::tempdir().unwrap();
    let (home, runtime) = (world.path().join("home"), world.path().join("run"));
    assert_eq!(address(Some("tcp://other:2375"), &home, Some(&runtime)), "tcp://other:2375");
    let usual = "/var/run/docker.sock";
    if Path::new(usual).exists() {
        assert_eq!(address(None, &home, Some(&runtime)), format!("unix://{usual}"));
        return;
    }
    assert_eq!(address(Some(""), &home, None), format!("unix://{usual}"), "none at all: the usual one is named");
    std::fs::create_dir_all(home.join(".docker/run")).unwrap();
    std::fs::write(home.join(".docker/run/docker.sock"), "").unwrap();
    assert_eq!(
        address(None, &home, Some(&runtime)),
        format!("unix://{}", home.join(".docker/run/docker.sock").display())
    );
    std::fs::create_dir_all(&runtime).unwrap();
    std::fs::write(runtime.join("docker.sock"), "").unwrap();
    assert_eq!(address(None, &home, Some(&runtime)), format!("unix://{}", runtime.join("docker.sock").display()));
}
