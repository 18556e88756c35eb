//! What follows from certificates that are trusted and not, case by case.

use std::sync::Arc;

use opencode_api::{BasePath, Certificate, CertificateProblem, Fingerprint, Scheme, Trust, UntrustedCertificate};

use super::tables::{Eyes, attaches, here, process};
use crate::discovery::{Attachment, DiscoveryEvent, Endpoint, Found};
use crate::effect::Effect;
use crate::event::{Event, RunId};
use crate::{InstanceId, InstanceState, Kind, Port, Role, Source};

fn secure(host: &str, base: &str) -> Endpoint {
    let endpoint = Endpoint::new(host, Port::new(8443).unwrap());
    endpoint.behind(Scheme::Https, host, BasePath::parse(base).unwrap())
}

fn added(endpoint: Endpoint, trust: Trust) -> Found {
    let id = Some(InstanceId::from("cccccccc"));
    Found { endpoint: Some(endpoint), id, trust, is_verified: true, ..Found::by(Source::Added) }
}

fn pin(text: &str) -> Trust {
    Trust::Pinned(Fingerprint::of(text.as_bytes()))
}

impl Eyes {
    fn trusts(&mut self, trust: Trust) -> Vec<Attachment> {
        attaches(&self.see(Source::Added, &[added(secure("build", "/opencode"), trust)])).into_iter().cloned().collect()
    }

    fn shows_untrusted(&mut self) -> Vec<Effect> {
        let at = RunId { instance: self.only().id.clone(), run: self.only().run };
        let problem = CertificateProblem::UnknownIssuer;
        let certificate = Arc::new(UntrustedCertificate { certificate: Certificate::read(b""), problem });
        self.happens(Event::Discovery(DiscoveryEvent::Untrusted { at, certificate, reason: "untrusted".to_owned() }))
    }

    fn is_untrusted(&self) -> bool {
        matches!(self.only().state, InstanceState::Unreachable { certificate: Some(_), .. })
    }
}

#[test]
fn what_is_trusted_reaches_whoever_knocks_and_the_instance() {
    let mut eyes = Eyes::new();
    let attachments = eyes.trusts(pin("a"));
    assert_eq!(attachments[0].trust, pin("a"));
    assert_eq!(attachments[0].endpoints, [secure("build", "/opencode")]);
    let instance = eyes.only();
    assert_eq!((&instance.way.trust, instance.is_overheard()), (&pin("a"), false));
    assert_eq!(instance.url().as_deref(), Some("https://build:8443/opencode"));
    assert!(eyes.trusts(pin("a")).is_empty(), "once");
}

#[test]
fn a_certificate_that_is_not_trusted_waits_for_a_person() {
    let mut eyes = Eyes::new();
    eyes.trusts(Trust::System);
    assert!(attaches(&eyes.shows_untrusted()).is_empty(), "whoever knocks goes on to");
    assert!(eyes.is_untrusted());
    let attachments = eyes.trusts(pin("a"));
    assert_eq!(attachments[0].trust, pin("a"));
    assert!(eyes.is_untrusted(), "until it is seen that it is this one");
    eyes.answers();
    assert_eq!(eyes.only().state, InstanceState::Ready);
}

#[test]
fn a_certificate_that_changes_ends_what_was_ready() {
    let mut eyes = Eyes::new();
    eyes.trusts(pin("a"));
    eyes.answers();
    let effects = eyes.shows_untrusted();
    assert!(eyes.is_untrusted());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Disconnect { .. })), "nothing is sent there any more");
    assert_eq!(attaches(&effects).len(), 1);
    assert!(attaches(&eyes.shows_untrusted()).is_empty(), "it is knocked at by one");
    // It is silent now: that is said, and not that it is untrusted.
    let at = RunId { instance: eyes.only().id.clone(), run: eyes.only().run };
    eyes.happens(Event::Unanswered { at, reason: "silent".to_owned() });
    assert!(!eyes.is_untrusted());
    assert!(eyes.only().state.word() == "unreachable" || eyes.only().state.word() == "degraded");
}

#[test]
fn another_trust_is_tried_whatever_the_state_is() {
    let mut eyes = Eyes::new();
    eyes.trusts(pin("a"));
    eyes.answers();
    assert_eq!(eyes.trusts(pin("b"))[0].trust, pin("b"), "what was trusted before is not used on");
}

#[test]
fn what_stands_before_a_server_is_not_the_server() {
    let mut eyes = Eyes::new();
    eyes.see(Source::Process, &[process(42, Role::Serve, &["127.0.0.1:8443"])]);
    eyes.see(Source::Added, &[added(secure("127.0.0.1", ""), Trust::System)]);
    let kinds: Vec<&Kind> = eyes.core.state.instances.values().map(|instance| &instance.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&&Kind::Remote));
    // The plain address is the process's own.
    let mut eyes = Eyes::new();
    eyes.see(Source::Process, &[process(42, Role::Serve, &["127.0.0.1:8443"])]);
    eyes.see(Source::Added, &[added(here(8443), Trust::System)]);
    assert!(eyes.only().process().is_some());
}
