//! What a certificate says of itself, for a person to look at.
//!
//! Owns what of it is shown and how; must not decide anything by it. It comes from whoever answers: of one that makes no sense only the fingerprint is known.

use std::net::{Ipv4Addr, Ipv6Addr};

use x509_parser::asn1_rs::{Any, Oid, Tag};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::{
    OID_X509_COMMON_NAME, OID_X509_COUNTRY_NAME, OID_X509_LOCALITY_NAME, OID_X509_ORGANIZATION_NAME,
    OID_X509_ORGANIZATIONAL_UNIT, OID_X509_STATE_OR_PROVINCE_NAME,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

use crate::Fingerprint;

/// The longest text that is taken from a certificate, in letters.
const LONGEST: usize = 200;
/// The most names that are taken.
const MOST_NAMES: usize = 20;

/// The parts of a name that are shown, and how each is called.
const PARTS: &[(Oid<'_>, &str)] = &[
    (OID_X509_COMMON_NAME, "CN"),
    (OID_X509_COUNTRY_NAME, "C"),
    (OID_X509_LOCALITY_NAME, "L"),
    (OID_X509_STATE_OR_PROVINCE_NAME, "ST"),
    (OID_X509_ORGANIZATION_NAME, "O"),
    (OID_X509_ORGANIZATIONAL_UNIT, "OU"),
];

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its SHA-256.
    pub fingerprint: Fingerprint,
    /// Who it is for, `CN=build.example, O=Example`; empty if it does not say.
    pub subject: String,
    /// Who signed it, in the same way.
    pub issuer: String,
    /// Whether it is signed by nobody but itself.
    pub is_self_signed: bool,
    /// The names and IP addresses that it is for.
    pub names: Vec<String>,
    /// From when on it holds, in ms since the epoch; none if that makes no sense.
    pub from_ms: Option<u64>,
    /// Until when it holds.
    pub until_ms: Option<u64>,
}

impl Certificate {
    /// Reads a certificate as it goes over the wire.
    pub fn read(bytes: &[u8]) -> Self {
        let fingerprint = Fingerprint::of(bytes);
        let Ok((_, read)) = X509Certificate::from_der(bytes) else { return Self::of_nobody(fingerprint) };
        let (subject, issuer) = (read.subject(), read.issuer());
        let has_issuer = issuer.iter_attributes().next().is_some();
        Self {
            fingerprint,
            subject: words_of(subject),
            issuer: words_of(issuer),
            is_self_signed: has_issuer && issuer.as_raw() == subject.as_raw(),
            names: names_of(&read),
            from_ms: ms_of(read.validity().not_before),
            until_ms: ms_of(read.validity().not_after),
        }
    }

    fn of_nobody(fingerprint: Fingerprint) -> Self {
        let (subject, issuer, names) = <(String, String, Vec<String>)>::default();
        Self { fingerprint, subject, issuer, is_self_signed: false, names, from_ms: None, until_ms: None }
    }
}

/// A name in words: `CN=…, O=…`.
fn words_of(name: &X509Name<'_>) -> String {
    let parts = name.iter_attributes().filter_map(|part| {
        let (_, label) = PARTS.iter().find(|(id, _)| id == part.attr_type())?;
        Some(format!("{label}={}", readable(&text_of(part.attr_value()))))
    });
    shortened(&parts.collect::<Vec<_>>().join(", "))
}

/// A text in whichever way it is written. Nothing refuses a certificate for a letter that is wrong.
fn text_of(value: &Any<'_>) -> String {
    let bytes = value.as_bytes();
    if value.tag() == Tag::BmpString {
        let letters: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&letters);
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn readable(text: &str) -> String {
    // Nothing in it may change what stands around it, or the direction that it is read in.
    let is_harmless = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    shortened(&text.chars().filter(is_harmless).collect::<String>())
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The names and addresses that it is for.
fn names_of(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return Vec::new() };
    let shown = names.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(readable(name)),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    });
    shown.take(MOST_NAMES).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).to_string())
}

/// In ms since the epoch; none before it.
fn ms_of(time: ASN1Time) -> Option<u64> {
    u64::try_from(time.timestamp()).ok().map(|seconds| seconds * 1000)
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
