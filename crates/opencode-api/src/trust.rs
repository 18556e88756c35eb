//! Which certificate of a server is good enough.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ring::digest::{SHA256, digest};
use thiserror::Error;

/// Which certificate of a server is good enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// One that the system trusts, for the server's name, at this time.
    #[default]
    System,
    /// One that an authority in this file signed, for the server's name, at this time. The system's own are not asked.
    Ca(PathBuf),
    /// Exactly this one, which a person has looked at. Its names, its signer and its dates do not matter then: what they
    /// guard against is another certificate, and any other is refused. The server still proves that it has its key.
    Pinned(Fingerprint),
}

/// The SHA-256 of a certificate as it goes over the wire. Written as pairs of digits between colons.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

/// Not a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is no SHA-256 fingerprint; write its 64 hexadecimal digits, with or without colons")]
pub struct NoFingerprint {
    /// What is in its place.
    pub text: String,
}

impl Fingerprint {
    /// Of a certificate.
    pub fn of(certificate: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, certificate).as_ref());
        Self(bytes)
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NoFingerprint { text: text.chars().take(100).collect() };
        // As programs write it: `sha256:…`, `SHA256 Fingerprint=…`.
        let digits = text.trim().rsplit_once('=').map_or(text.trim(), |(_, digits)| digits);
        let digits = match digits.split_at_checked(7) {
            Some((label, rest)) if label.eq_ignore_ascii_case("sha256:") => rest,
            _ => digits,
        };
        let digits: Vec<char> = digits.chars().filter(|letter| !matches!(letter, ':' | ' ')).collect();
        if digits.len() != 64 {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let digit = |letter: char| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            *byte = digit(pair[0]).zip(digit(pair[1])).map(|(high, low)| high * 16 + low).ok_or_else(wrong)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn is_read_in_every_way_that_programs_write_it() {
        let of_nothing = Fingerprint::of(b"");
        let text = of_nothing.to_string();
        assert!(text.starts_with("E3:B0:C4:42:98:FC") && text.len() == 95, "{text}");
        let bare = text.replace(':', "").to_ascii_lowercase();
        for text in
            [&text, &bare, &format!("sha256:{bare}"), &format!("SHA256 Fingerprint={text}"), &format!(" {text} ")]
        {
            assert_eq!(text.parse::<Fingerprint>(), Ok(of_nothing), "{text}");
        }
        for text in ["", "E3", &bare[1..], &format!("{bare}0"), &bare.replace('e', "g"), "sha256:é"] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
