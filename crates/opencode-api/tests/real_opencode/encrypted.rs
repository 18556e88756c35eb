//! The way to a server through TLS and below a path, and what is refused on it.

use std::path::PathBuf;
use std::time::Duration;

use opencode_api::{
    ApiError, BasePath, CertificateProblem, Client, Fingerprint, Identified, PermissionReply, Port, Scheme, Secret,
    ServerAddress, ServerEvent, Trust, UntrustedCertificate,
};
use testkit::{TlsAuthority, TlsFront, TlsIdentity};

use super::stage::{Stage, asked, event, idle};

const SOON: Duration = Duration::from_secs(20);

/// A client of what stands before the stage's server.
fn through(stage: &Stage, front: &TlsFront, host: &str, base: &str, trust: Trust) -> Client {
    let port = Port::new(front.port()).expect("a real port");
    let plain = ServerAddress::loopback(port, Some(Secret::new(stage.server.password())));
    let base = BasePath::parse(base).expect("a path");
    Client::new(ServerAddress { scheme: Scheme::Https, host: host.to_owned(), base, trust, ..plain })
}

async fn refused(client: &Client) -> UntrustedCertificate {
    let health = client.health(SOON).await;
    let events = client.events().await.map(drop);
    match (health, events) {
        (Err(ApiError::Certificate { untrusted, .. }), Err(ApiError::Certificate { untrusted: of_events, .. })) => {
            assert_eq!(untrusted, of_events, "whatever is asked");
            *untrusted
        }
        other => panic!("{other:?}"),
    }
}

fn pinned(identity: &TlsIdentity) -> Trust {
    Trust::Pinned(Fingerprint::of(identity.der()))
}

#[tokio::test]
async fn a_whole_turn_goes_through_tls_and_below_a_path() {
    let stage = Stage::new().await;
    let authority = TlsAuthority::new("Test authority");
    let front = TlsFront::start(stage.server.address(), "/opencode", &authority.signs(&["localhost"])).await;
    let trust = Trust::Ca(authority.file(&stage.world, "authority.pem"));
    let client = through(&stage, &front, "localhost", "/opencode/", trust);
    assert_eq!(client.identify(SOON).await.expect("it answers"), Identified::Locked);
    assert!(front.seen().iter().all(|head| !head.contains("authorization")), "it was asked without a password");

    let stage = Stage { client, ..stage };
    let mut events = stage.client.events().await.expect("events");
    let session = stage.create().await;
    stage.prompt(&session.id, "@bash echo over-tls\n@text Done.").await;
    let request = asked(&mut events).await;
    stage.answer(&request, PermissionReply::Once, None).await;
    let mut text = String::new();
    event(&mut events, "the text", |envelope| match envelope.event {
        ServerEvent::PartDelta { delta, .. } => {
            text.push_str(&delta);
            text.contains("Done.").then_some(())
        }
        _ => None,
    })
    .await;
    idle(&mut events, &session.id).await;
    assert_eq!(stage.client.sessions(&stage.directory, 10).await.expect("sessions").len(), 1);
    assert!(front.seen().iter().any(|head| head.starts_with("post /opencode/session/")), "{:?}", front.seen());

    // What is not below the path is not the server's.
    let trust = stage.client.address().trust.clone();
    let elsewhere = through(&stage, &front, "localhost", "/other", trust).health(SOON).await;
    assert!(matches!(elsewhere, Err(ApiError::NotFound { .. })), "{elsewhere:?}");
    drop(events);
    stage.end().await;
}

#[tokio::test]
async fn a_certificate_is_refused_with_what_is_wrong_and_sees_no_request() {
    let stage = Stage::new().await;
    let (authority, other) = (TlsAuthority::new("Test authority"), TlsAuthority::new("Another"));
    let front = TlsFront::start(stage.server.address(), "", &TlsIdentity::self_signed(&["localhost"])).await;
    let file = authority.file(&stage.world, "authority.pem");
    let client = || through(&stage, &front, "localhost", "", Trust::Ca(file.clone()));

    let alone = refused(&client()).await;
    assert_eq!(alone.problem, CertificateProblem::UnknownIssuer);
    let certificate = &alone.certificate;
    assert!(certificate.is_self_signed);
    assert_eq!(
        (certificate.subject.as_str(), certificate.issuer.as_str()),
        ("CN=localhost, O=A test", "CN=localhost, O=A test")
    );
    assert_eq!(certificate.names, ["localhost"]);
    assert_eq!((certificate.from_ms, certificate.until_ms), (Some(1_577_836_800_000), Some(7_226_582_400_000)));

    let identity = other.signs(&["localhost", "10.0.0.7"]);
    front.show(&identity);
    let unknown = refused(&client()).await;
    assert_eq!(unknown.problem, CertificateProblem::UnknownIssuer);
    assert_eq!(unknown.certificate.issuer, "CN=Another");
    assert!(!unknown.certificate.is_self_signed);
    assert_eq!(unknown.certificate.names, ["localhost", "10.0.0.7"]);
    assert_eq!(unknown.certificate.fingerprint, Fingerprint::of(identity.der()));

    front.show(&authority.signs_expired(&["localhost"]));
    let expired = refused(&client()).await;
    assert_eq!(expired.problem, CertificateProblem::Expired);
    assert_eq!(expired.certificate.until_ms, Some(1_582_934_400_000));

    front.show(&authority.signs_for_later(&["localhost"]));
    assert_eq!(refused(&client()).await.problem, CertificateProblem::NotYetValid);

    front.show(&authority.signs(&["build.example"]));
    let wrong = refused(&client()).await;
    assert_eq!(wrong.problem, CertificateProblem::WrongName { wanted: "localhost".to_owned() });
    assert_eq!(wrong.to_string(), "is for `build.example`, not for `localhost`");

    assert!(front.seen().is_empty(), "nothing was asked: {:?}", front.seen());
    front.show(&authority.signs(&["localhost"]));
    client().health(SOON).await.expect("the right one is taken");
    stage.end().await;
}

#[tokio::test]
async fn a_pinned_certificate_is_taken_and_any_other_is_not() {
    let stage = Stage::new().await;
    let authority = TlsAuthority::new("Test authority");
    // Whoever looked at it has seen its names and dates.
    for identity in [TlsIdentity::self_signed(&["build.example"]), authority.signs_expired(&[])] {
        let front = TlsFront::start(stage.server.address(), "", &identity).await;
        let client = through(&stage, &front, "127.0.0.1", "", pinned(&identity));
        client.health(SOON).await.expect("it is this one");
        let mut events = client.events().await.expect("events");

        let asked_before = front.seen().len();
        let changed = TlsIdentity::self_signed(&["127.0.0.1"]);
        front.show(&changed);
        let _broken = events.next().await;
        let refused = refused(&client).await;
        let trusted = Fingerprint::of(identity.der());
        assert_eq!(refused.problem, CertificateProblem::Changed { trusted });
        assert_eq!(refused.certificate.fingerprint, Fingerprint::of(changed.der()));
        assert!(refused.to_string().contains("has changed"));
        assert_eq!(front.seen().len(), asked_before, "nothing is sent to it");
        front.show(&identity);
        client.health(SOON).await.expect("it is back");
    }
    stage.end().await;
}

#[tokio::test]
async fn what_is_no_encrypted_opencode_is_told_apart() {
    let stage = Stage::new().await;
    let authority = TlsAuthority::new("Test authority");
    let identity = authority.signs(&["127.0.0.1"]);
    let front = TlsFront::start(stage.server.address(), "", &identity).await;
    let wrong_password = {
        let right = through(&stage, &front, "127.0.0.1", "", pinned(&identity));
        Client::new(ServerAddress { password: Some(Secret::new("wrong")), ..right.address().clone() })
    };
    let refused = wrong_password.health(SOON).await;
    assert!(matches!(refused, Err(ApiError::Unauthorized { .. })), "{refused:?}");

    // opencode itself, which speaks no TLS.
    let port = Port::new(stage.server.port()).expect("a real port");
    let plain = ServerAddress { scheme: Scheme::Https, ..ServerAddress::loopback(port, None) };
    let plain = Client::new(plain).health(SOON).await;
    assert!(matches!(&plain, Err(ApiError::Encryption { problem, .. }) if problem.contains("http://")), "{plain:?}");

    for (name, text) in
        [("none.pem", "# nothing\n"), ("broken.pem", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n")]
    {
        let file = stage.world.write(name, text);
        let client = through(&stage, &front, "127.0.0.1", "", Trust::Ca(file));
        let refused = client.health(SOON).await;
        assert!(matches!(&refused, Err(ApiError::Authorities { file, .. }) if file.ends_with(name)), "{refused:?}");
    }
    let gone = through(&stage, &front, "127.0.0.1", "", Trust::Ca(PathBuf::from("/does/not/exist.pem")));
    let refused = gone.health(SOON).await;
    assert!(
        matches!(&refused, Err(ApiError::Authorities { problem, .. }) if problem.contains("No such file")),
        "{refused:?}"
    );
    stage.end().await;
}
