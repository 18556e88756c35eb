//! Servers elsewhere, behind TLS and a base path, with certificates of all sorts before the real opencode.

use std::sync::Arc;

use fleet::{
    AddAddress, AddressFound, CertificateProblem, Fingerprint, FleetError, Instance, InstanceId, InstanceState, Keep,
    Kind, Overhearing, PermissionReply, SessionStatus, Trust,
};
use testkit::{RealServer, TlsAuthority, TlsFront, TlsIdentity, World, no_process_left};

use crate::support::{Ground, PATIENCE, folders, open};

/// A fleet here, a server elsewhere, and what stands before it.
struct Distance {
    ground: Ground,
    elsewhere: World,
    server: RealServer,
    front: TlsFront,
}

impl Distance {
    async fn new(base: &str, identity: &TlsIdentity) -> Self {
        let (ground, elsewhere) = (Ground::new().await, World::with_project("elsewhere"));
        let server = RealServer::start(&elsewhere, &ground.model).await;
        let front = TlsFront::start(server.address(), base, identity).await;
        Self { ground, elsewhere, server, front }
    }

    fn address(&self, host: &str, trust: Option<Trust>) -> AddAddress {
        AddAddress {
            url: self.front.url(host),
            name: None,
            user: None,
            password: Some(self.server.password().to_owned()),
            keep: Keep::File,
            trust,
            overhearing: Overhearing::Refused,
        }
    }

    async fn add(&self, host: &str, trust: Option<Trust>) -> InstanceId {
        self.ground.fleet.add_address(self.address(host, trust)).await.unwrap()
    }

    async fn ready(&self, id: &InstanceId) -> Arc<Instance> {
        self.ground.wait_for(id, &InstanceState::Ready).await
    }

    /// What is wrong with the certificate that it shows, once it is `wanted`.
    async fn untrusted(&self, id: &InstanceId, wanted: impl Fn(&CertificateProblem) -> bool) -> Fingerprint {
        let is_so = |instance: &Instance| problem_of(instance).is_some_and(&wanted);
        let instance = self.ground.wait(id, is_so).await;
        match &instance.state {
            InstanceState::Unreachable { certificate: Some(shown), .. } => shown.certificate.fingerprint,
            state => panic!("{state:?}"),
        }
    }

    async fn trust(&self, id: &InstanceId, trust: Trust) {
        self.ground.fleet.trust_certificate(id, trust).await.unwrap();
    }

    async fn end(self) {
        let Self { ground, elsewhere, server, front } = self;
        ground.end().await;
        drop((front, server));
        no_process_left(&elsewhere).await;
    }
}

fn problem_of(instance: &Instance) -> Option<&CertificateProblem> {
    match &instance.state {
        InstanceState::Unreachable { certificate, .. } => certificate.as_ref().map(|shown| &shown.problem),
        _ => None,
    }
}

fn of(identity: &TlsIdentity) -> Fingerprint {
    Fingerprint::of(identity.der())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_elsewhere_is_like_one_here() {
    let authority = TlsAuthority::new("Test authority");
    let mut distance = Distance::new("/opencode", &authority.signs(&["localhost"])).await;
    let file = authority.file(&distance.elsewhere, "authority.pem");
    let id = distance.add("localhost", Some(Trust::Ca(file.clone()))).await;
    let ready = distance.ready(&id).await;
    assert_eq!((&ready.kind, ready.is_secured), (&Kind::Remote, Some(true)));
    assert_eq!(ready.directory, distance.elsewhere.project(), "it says itself what it serves");
    assert_eq!(ready.url(), Some(distance.front.url("localhost")));
    assert_eq!(ready.version.as_deref(), Some("1.18.33"));

    let session = distance.ground.prompt(&id, "@bash echo far-away > made.txt\n@text Done.").await;
    let request = distance.ground.request(&id).await;
    distance.ground.fleet.reply_permission(&id, &request, PermissionReply::Once, None).await.unwrap();
    let is_over = |instance: &Instance| {
        let session = instance.sessions.get(&session);
        session.is_some_and(|session| session.status == SessionStatus::Idle) && instance.waiting() == 0
    };
    distance.ground.wait(&id, is_over).await;
    testkit::until("the agent has written there", PATIENCE, async || {
        std::fs::read_to_string(distance.elsewhere.project().join("made.txt")).is_ok_and(|text| text == "far-away\n")
    })
    .await;
    let asked = distance.front.seen();
    assert!(asked.iter().any(|head| head.contains(" /opencode/global/event ")), "{asked:?}");

    // The next start knows the address, its path, its authority and its password.
    let fleet = open(&distance.ground.world).await;
    let before = std::mem::replace(&mut distance.ground.fleet, fleet);
    before.shut_down(fleet::AtQuit::Keep).await;
    let is_known = async || distance.ground.fleet.instance(&id).is_ok();
    testkit::until("it is known again", PATIENCE, is_known).await;
    let again = distance.ready(&id).await;
    assert_eq!((again.way.trust.clone(), again.url()), (Trust::Ca(file), ready.url()));
    let list = std::fs::read_to_string(folders(&distance.ground.world).config.join("addresses.json")).unwrap();
    assert!(!list.contains(distance.server.password()), "{list}");
    distance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_trusts_waits_for_a_person_and_hears_no_password() {
    let identity = TlsIdentity::self_signed(&["build.example"]);
    let distance = Distance::new("", &identity).await;
    let url = distance.front.url("127.0.0.1");
    let looked = distance.ground.fleet.check_address(&url, None).await.unwrap();
    let AddressFound::Untrusted(shown) = looked.found else { panic!("{looked:?}") };
    assert_eq!(shown.certificate.fingerprint, of(&identity));
    assert!(!looked.is_overheard);

    let id = distance.add("127.0.0.1", None).await;
    let fingerprint = distance.untrusted(&id, |problem| *problem == CertificateProblem::UnknownIssuer).await;
    assert_eq!(fingerprint, of(&identity));
    let state = distance.ground.fleet.instance(&id).unwrap().state.clone();
    assert!(matches!(&state, InstanceState::Unreachable { reason, .. } if reason.contains("nobody but itself")));
    assert!(distance.front.seen().is_empty(), "nothing was sent there: {:?}", distance.front.seen());

    // One that it does not show changes nothing for the better.
    distance.trust(&id, Trust::Pinned(Fingerprint::of(b"another"))).await;
    distance.untrusted(&id, |problem| matches!(problem, CertificateProblem::Changed { .. })).await;
    distance.trust(&id, Trust::Pinned(fingerprint)).await;
    distance.ready(&id).await;
    let looked = distance.ground.fleet.check_address(&url, None).await.unwrap();
    assert!(matches!(looked.found, AddressFound::Locked), "{looked:?}");
    distance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_changes_is_refused_until_it_is_trusted_or_back() {
    let (first, second) = (TlsIdentity::self_signed(&["127.0.0.1"]), TlsIdentity::self_signed(&["127.0.0.1"]));
    let distance = Distance::new("/far/away", &first).await;
    let id = distance.add("127.0.0.1", Some(Trust::Pinned(of(&first)))).await;
    distance.ready(&id).await;

    distance.front.show(&second);
    let is_change = |problem: &CertificateProblem| *problem == CertificateProblem::Changed { trusted: of(&first) };
    assert_eq!(distance.untrusted(&id, is_change).await, of(&second));
    assert_eq!(distance.front.seen_since_shown(), [""; 0], "nothing is sent to it");

    distance.front.show(&first);
    distance.ready(&id).await;
    distance.front.show(&second);
    distance.untrusted(&id, is_change).await;
    distance.trust(&id, Trust::Pinned(of(&second))).await;
    distance.ready(&id).await;
    // What was trusted before is not any more.
    distance.front.show(&first);
    distance
        .untrusted(&id, |problem| matches!(problem, CertificateProblem::Changed { trusted } if *trusted == of(&second)))
        .await;
    distance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_is_asked_for_name_and_time_and_a_wrong_password_is_said() {
    let authority = TlsAuthority::new("Test authority");
    let distance = Distance::new("", &authority.signs_expired(&["127.0.0.1"])).await;
    let file = authority.file(&distance.elsewhere, "authority.pem");
    let add = AddAddress { password: None, ..distance.address("127.0.0.1", Some(Trust::Ca(file.clone()))) };
    let id = distance.ground.fleet.add_address(add).await.unwrap();
    distance.untrusted(&id, |problem| *problem == CertificateProblem::Expired).await;

    distance.front.show(&authority.signs(&["build.example"]));
    // Asked again at once.
    distance.trust(&id, Trust::System).await;
    distance.untrusted(&id, |problem| *problem == CertificateProblem::UnknownIssuer).await;
    distance.trust(&id, Trust::Ca(file)).await;
    let is_name = |problem: &CertificateProblem| matches!(problem, CertificateProblem::WrongName { wanted } if wanted == "127.0.0.1");
    distance.untrusted(&id, is_name).await;

    distance.front.show(&authority.signs(&["127.0.0.1"]));
    distance.ground.wait_for(&id, &InstanceState::Locked).await;
    let unlock = async |password: &str| {
        let credentials = fleet::Credentials::new(None, password);
        distance.ground.fleet.unlock(&id, credentials, Keep::No, Overhearing::Refused).await
    };
    let wrong = unlock("guessed").await;
    assert!(matches!(wrong, Err(FleetError::WrongPassword { .. })), "{wrong:?}");
    unlock(distance.server.password()).await.unwrap();
    assert_eq!(distance.ground.fleet.instance(&id).unwrap().state, InstanceState::Ready);

    let nowhere = Trust::Ca("/does/not/exist.pem".into());
    let refused = distance.ground.fleet.trust_certificate(&id, nowhere).await;
    assert!(refused.unwrap_err().to_string().contains("/does/not/exist.pem"));
    let nonsense = Trust::Ca(distance.elsewhere.write("nonsense.pem", "nonsense"));
    let refused = distance.ground.fleet.trust_certificate(&id, nonsense).await;
    assert!(refused.unwrap_err().to_string().contains("nonsense.pem"));
    assert_eq!(distance.ground.fleet.instance(&id).unwrap().state, InstanceState::Ready, "it is as it was");
    distance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_goes_where_it_can_be_read_unless_a_person_says_so() {
    let ground = Ground::new().await;
    let add = |overhearing| AddAddress {
        url: "http://build.invalid:4096".to_owned(),
        name: None,
        user: None,
        password: Some("s3cret".to_owned()),
        keep: Keep::File,
        trust: None,
        overhearing,
    };
    let refused = ground.fleet.add_address(add(Overhearing::Refused)).await;
    assert!(
        matches!(&refused, Err(FleetError::Overheard { url }) if url == "http://build.invalid:4096"),
        "{refused:?}"
    );
    assert!(ground.fleet.state().instances.is_empty());
    assert!(!folders(&ground.world).config.join("passwords.json").exists(), "it is not kept, either");
    let id = ground.fleet.add_address(add(Overhearing::Accepted)).await.unwrap();
    assert!(ground.fleet.instance(&id).unwrap().is_overheard());

    let trust = Some(Trust::Pinned(Fingerprint::of(b"")));
    let add = AddAddress { trust, ..add(Overhearing::Accepted) };
    assert!(matches!(ground.fleet.add_address(add).await, Err(FleetError::Address(_))), "it shows no certificate");
    ground.end().await;
}
