//! What a certificate says of itself, for a person to look at.
//!
//! Owns the reading; must not decide anything by it. What makes no sense is left out: it comes from whoever answers.

use crate::Fingerprint;
use crate::der::{Der, tag};

/// The longest text that is taken from a certificate, in letters.
const LONGEST: usize = 200;
/// The most names that are taken.
const MOST_NAMES: usize = 20;

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
        let fields = fields(bytes).unwrap_or_default();
        Self {
            fingerprint: Fingerprint::of(bytes),
            subject: name_of(fields.subject),
            issuer: name_of(fields.issuer),
            is_self_signed: !fields.issuer.is_empty() && fields.issuer == fields.subject,
            names: fields.extensions.and_then(alternative_names).unwrap_or_default(),
            from_ms: fields.from.and_then(|(tag, text)| moment(tag, text)),
            until_ms: fields.until.and_then(|(tag, text)| moment(tag, text)),
        }
    }
}

#[derive(Default)]
struct Fields<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    from: Option<(u8, &'a [u8])>,
    until: Option<(u8, &'a [u8])>,
    extensions: Option<&'a [u8]>,
}

/// The parts of a certificate (RFC 5280, 4.1).
fn fields(bytes: &[u8]) -> Option<Fields<'_>> {
    const VERSION: u8 = 0xa0;
    const EXTENSIONS: u8 = 0xa3;
    let mut body = Der(bytes).inside(tag::SEQUENCE)?.inside(tag::SEQUENCE)?;
    let _version = body.next_if(VERSION);
    let _serial_number = body.next()?;
    let _algorithm = body.next()?;
    let issuer = body.next_if(tag::SEQUENCE)?;
    let mut validity = body.inside(tag::SEQUENCE)?;
    let (from, until) = (validity.next(), validity.next());
    let subject = body.next_if(tag::SEQUENCE)?;
    let _key = body.next()?;
    let mut extensions = None;
    while let Some((tag, content)) = body.next() {
        if tag == EXTENSIONS {
            extensions = Some(content);
        }
    }
    Some(Fields { issuer, subject, from, until, extensions })
}

/// A name in words: `CN=…, O=…`.
fn name_of(bytes: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut sets = Der(bytes);
    while let Some(mut set) = sets.inside(tag::SET) {
        while let Some(mut part) = set.inside(tag::SEQUENCE) {
            let (Some(kind), Some((tag, text))) = (part.next_if(tag::OBJECT_ID), part.next()) else { continue };
            let label = match kind {
                [0x55, 4, 3] => "CN",
                [0x55, 4, 6] => "C",
                [0x55, 4, 7] => "L",
                [0x55, 4, 8] => "ST",
                [0x55, 4, 10] => "O",
                [0x55, 4, 11] => "OU",
                _ => continue,
            };
            parts.push(format!("{label}={}", readable(tag, text)));
        }
    }
    shortened(&parts.join(", "))
}

fn readable(tag: u8, text: &[u8]) -> String {
    let text = if tag == tag::TEXT_16 {
        let letters: Vec<u16> = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&letters)
    } else {
        String::from_utf8_lossy(text).into_owned()
    };
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

/// The names and addresses that it is for (RFC 5280, 4.2.1.6).
fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
    const NAME: u8 = 0x82;
    const ADDRESS: u8 = 0x87;
    let mut extensions = Der(extensions).inside(tag::SEQUENCE)?;
    while let Some(mut extension) = extensions.inside(tag::SEQUENCE) {
        if extension.next_if(tag::OBJECT_ID) != Some(ALTERNATIVE_NAMES) {
            continue;
        }
        let _is_critical = extension.next_if(tag::BOOLEAN);
        let mut list = extension.inside(tag::OCTETS)?.inside(tag::SEQUENCE)?;
        let mut names = Vec::new();
        while let Some((kind, content)) = list.next()
            && names.len() < MOST_NAMES
        {
            match kind {
                NAME => names.push(readable(0, content)),
                ADDRESS => names.extend(address(content)),
                _ => {}
            }
        }
        return Some(names);
    }
    None
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(bytes).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string())
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ` in ms since the epoch; none before it.
fn moment(tag: u8, text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits = match tag {
        tag::TIME => 4,
        tag::UTC_TIME => 2,
        _ => return None,
    };
    let (year, rest) = text.split_at_checked(digits)?;
    let year: u64 = year.parse().ok()?;
    let year = match digits {
        4 => year,
        _ if year < 50 => 2000 + year,
        _ => 1900 + year,
    };
    let pair = |place: usize| rest.get(place * 2..place * 2 + 2)?.parse::<u64>().ok();
    let (month, day) = (pair(0)?, pair(1)?);
    if rest.len() != 10 || !(1..=12).contains(&month) || !(1..=31).contains(&day) || year < 1970 {
        return None;
    }
    // Days since the epoch: years begin in March, so that the day that leap years have more is their last one.
    let (years, months) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day - 1 - 719_468;
    Some((((days * 24 + pair(2)?) * 60 + pair(3)?) * 60 + pair(4)?) * 1000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Certificate, moment, tag};

    #[test]
    fn moments_are_read() {
        for (kind, text, seconds) in [
            (tag::UTC_TIME, "700101000000Z", Some(0)),
            (tag::UTC_TIME, "240229123456Z", Some(1_709_210_096)),
            (tag::UTC_TIME, "491231235959Z", Some(2_524_607_999)),
            (tag::TIME, "20500301000000Z", Some(2_529_705_600)),
            (tag::TIME, "99991231235959Z", Some(253_402_300_799)),
            (tag::UTC_TIME, "500101000000Z", None),
            (tag::UTC_TIME, "241301000000Z", None),
            (tag::UTC_TIME, "240229123456", None),
            (tag::UTC_TIME, "2402291234Z", None),
            (tag::TIME, "+0500301000000Z", None),
            (tag::OCTETS, "240229123456Z", None),
        ] {
            assert_eq!(moment(kind, text.as_bytes()), seconds.map(|seconds: u64| seconds * 1000), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let read = Certificate::read(&bytes);
            prop_assert!(read.names.len() <= super::MOST_NAMES);
        }
    }
}
