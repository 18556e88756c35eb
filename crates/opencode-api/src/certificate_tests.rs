//! What is read from certificates, good ones and senseless ones.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use rcgen::string::BmpString;
use rcgen::{CertificateParams, CertifiedIssuer, DistinguishedName, DnType, DnValue, KeyPair, date_time_ymd};

use super::{Certificate, LONGEST, MOST_NAMES};

/// A good one, as it goes over the wire.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let good = params(&["build.example".to_owned()], &[(DnType::CommonName, "build.example".into())]);
    good.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
});

/// For these names, with this subject, signed by itself.
fn params(names: &[String], subject: &[(DnType, DnValue)]) -> CertificateParams {
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in subject {
        params.distinguished_name.push(kind.clone(), value.clone());
    }
    params
}

fn read(params: &CertificateParams) -> Certificate {
    let key = KeyPair::generate().unwrap();
    Certificate::read(params.self_signed(&key).unwrap().der())
}

fn named(value: &str) -> Certificate {
    read(&params(&[], &[(DnType::CommonName, value.into())]))
}

#[test]
fn it_says_who_it_is_for_and_who_signed_it() {
    let subject = [
        (DnType::CountryName, "DE".into()),
        (DnType::StateOrProvinceName, "Berlin".into()),
        (DnType::LocalityName, "Mitte".into()),
        (DnType::OrganizationName, DnValue::BmpString(BmpString::try_from("Ünion").unwrap())),
        (DnType::OrganizationalUnitName, "Build".into()),
        (DnType::CommonName, "build.example".into()),
    ];
    let names = ["build.example", "*.build.example", "127.0.0.1", "::1"].map(str::to_owned);
    let itself = params(&names, &subject);
    let (key, authority_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let certificate = itself.self_signed(&key).unwrap();
    let shown = Certificate::read(certificate.der());
    assert_eq!(shown.subject, "C=DE, ST=Berlin, L=Mitte, O=Ünion, OU=Build, CN=build.example");
    assert_eq!((&shown.issuer, shown.is_self_signed), (&shown.subject, true));
    assert_eq!(shown.names, names);
    assert_eq!(shown.fingerprint, crate::Fingerprint::of(certificate.der()));

    let authority = params(&[], &[(DnType::CommonName, "Authority".into())]);
    let authority = CertifiedIssuer::self_signed(authority, authority_key).unwrap();
    let shown = Certificate::read(itself.signed_by(&key, &authority).unwrap().der());
    assert_eq!((shown.issuer.as_str(), shown.is_self_signed), ("CN=Authority", false));

    let nobody = read(&params(&[], &[]));
    assert_eq!((nobody.subject.as_str(), nobody.issuer.as_str(), nobody.is_self_signed), ("", "", false));
    assert!(nobody.names.is_empty(), "{nobody:?}");
}

#[test]
fn moments_are_read() {
    for (date, seconds) in [
        (date_time_ymd(1969, 12, 31), None),
        (date_time_ymd(1970, 1, 1), Some(0)),
        (date_time_ymd(2024, 2, 29), Some(1_709_164_800)),
        (date_time_ymd(2049, 12, 31), Some(2_524_521_600)),
        (date_time_ymd(2050, 3, 1), Some(2_529_705_600)),
        (date_time_ymd(9999, 12, 31), Some(253_402_214_400_u64)),
    ] {
        let mut params = params(&[], &[]);
        (params.not_before, params.not_after) = (date, date);
        let shown = read(&params);
        let expected = seconds.map(|seconds| seconds * 1000);
        assert_eq!((shown.from_ms, shown.until_ms), (expected, expected), "{date}");
    }
}

#[test]
fn nothing_in_it_changes_what_stands_around_it() {
    assert_eq!(named("a\u{202e}b\nc\u{200b}\u{2066}d").subject, "CN=abcd");
    let long = named(&"ü".repeat(10_000)).subject;
    assert!(long.chars().count() == LONGEST + 1 && long.ends_with('…'), "{long}");
    let many: Vec<String> = (0..100).map(|number| format!("n{number}.example")).collect();
    assert_eq!(read(&params(&many, &[])).names, many[..MOST_NAMES]);
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let read = Certificate::read(&bytes);
        prop_assert!(read.names.is_empty(), "{read:?}");
    }

    /// One that somebody has changed in places, and one that is cut off.
    #[test]
    fn a_broken_one_makes_nothing_panic(
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..8),
        length in any::<Index>(),
    ) {
        let mut bytes = WHOLE.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        prop_assert_eq!(Certificate::read(&bytes).fingerprint, crate::Fingerprint::of(&bytes));
        let read = Certificate::read(&WHOLE[..length.index(WHOLE.len())]);
        prop_assert_eq!((read.subject.as_str(), read.names.len(), read.from_ms), ("", 0, None));
    }
}
