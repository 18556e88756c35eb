//! A real Docker engine behind TLS, and one whose socket is not for everybody.

use std::{fs, net::Ipv4Addr, time::Duration};

use launch::{
    Environment, LaunchError,
    docker::{Engine, engines},
};
use testkit::{DockerEngine, TlsAuthority, TlsFront, World};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, UnixStream},
};

#[tokio::test]
async fn an_engine_behind_tls_is_used_if_its_certificate_is_right_needs_docker() {
    let Some(plain) = DockerEngine::find().await else { return };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let upstream = listener.local_addr().unwrap();
    let socket = plain.socket().to_owned();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await.ok() });
        }
    });
    let (world, authority) = (World::new(), TlsAuthority::new("ours"));
    let front = TlsFront::start(upstream, "", &authority.signs(&["127.0.0.1"])).await;
    let folder = world.home().join("certs");
    fs::create_dir(&folder).unwrap();
    fs::copy(authority.file(&world, "ours.pem"), folder.join("ca.pem")).unwrap();
    // The front asks nobody for a certificate; Docker keeps one all the same.
    for name in ["cert.pem", "key.pem"] {
        fs::write(folder.join(name), "").unwrap();
    }
    let mut environment = Environment::default();
    environment.set("DOCKER_HOST", format!("tcp://127.0.0.1:{}", front.port()));
    environment.set("DOCKER_TLS_VERIFY", "1");
    environment.set("DOCKER_CERT_PATH", folder.as_os_str());
    let connect = async || {
        let found = engines(&environment, &world.home());
        Engine::connect_to(&found[0], Duration::from_secs(20)).await
    };
    let engine = connect().await.unwrap();
    assert!(engine.is_local() && engine.version().await.is_ok());

    for wrong in [
        authority.signs(&["other.example"]),
        authority.signs_expired(&["127.0.0.1"]),
        TlsAuthority::new("theirs").signs(&["127.0.0.1"]),
    ] {
        front.show(&wrong);
        let error = connect().await.unwrap_err();
        assert!(matches!(error, LaunchError::EngineTls { .. }), "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    fs::remove_file(folder.join("ca.pem")).unwrap();
    let error = connect().await.unwrap_err();
    assert!(matches!(error, LaunchError::EngineUnusable { .. }), "{error:?}");
}

/// Root may open every socket, so the thread that asks becomes somebody else.
#[cfg(target_os = "linux")]
#[test]
fn a_socket_of_others_is_told_with_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    fs::set_permissions(world.root(), fs::Permissions::from_mode(0o755)).unwrap();
    let socket = world.root().join("d.sock");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o600)).unwrap();
    let asking = std::thread::spawn(move || {
        if rustix::process::geteuid().is_root() {
            rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(65534)).unwrap();
        } else {
            fs::set_permissions(&socket, fs::Permissions::from_mode(0o000)).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let address = format!("unix://{}", socket.display());
        runtime.block_on(Engine::connect(&address, Duration::from_secs(5))).unwrap_err()
    });
    let error = asking.join().unwrap();
    assert!(matches!(error, LaunchError::EnginePermission { .. }), "{error:?}");
    assert!(error.to_string().contains("usermod -aG docker"), "{error}");
}
