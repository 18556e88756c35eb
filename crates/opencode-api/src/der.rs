//! The encoding that certificates are written in, as far as reading one needs it.
//!
//! Must not know what the values mean. Nothing here panics: a certificate comes from whoever answers.

/// What a value is, by its first byte.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const TEXT_16: u8 = 0x1e;
    pub(crate) const OBJECT_ID: u8 = 0x06;
    pub(crate) const OCTETS: u8 = 0x04;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const TIME: u8 = 0x18;
}

/// Reads one value after the other.
#[derive(Clone, Copy)]
pub(crate) struct Der<'a>(pub(crate) &'a [u8]);

impl<'a> Der<'a> {
    /// The next value's tag and content; none at the end, or if it makes no sense.
    pub(crate) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            // Longer than 2^24 bytes no certificate is.
            let count = usize::from(first & 0x7f);
            if !(1..=3).contains(&count) {
                return None;
            }
            let (bytes, after) = rest.split_at_checked(count)?;
            rest = after;
            bytes.iter().fold(0, |length, &byte| length << 8 | usize::from(byte))
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The next value if it has this tag; otherwise nothing is read.
    pub(crate) fn next_if(&mut self, tag: u8) -> Option<&'a [u8]> {
        let before = *self;
        match self.next() {
            Some((found, content)) if found == tag => Some(content),
            _ => {
                *self = before;
                None
            }
        }
    }

    /// What is in the next value, if it has this tag.
    pub(crate) fn inside(&mut self, tag: u8) -> Option<Self> {
        self.next_if(tag).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Der, tag};

    #[test]
    fn reads_short_and_long_values() {
        let mut long = vec![tag::OCTETS, 0x82, 1, 0];
        long.extend([7; 256]);
        long.extend([tag::BOOLEAN, 1, 0xff]);
        let mut der = Der(&long);
        assert_eq!(der.next_if(tag::SEQUENCE), None);
        assert_eq!(der.next_if(tag::OCTETS).map(<[u8]>::len), Some(256));
        assert_eq!(der.next(), Some((tag::BOOLEAN, &[0xff][..])));
        assert_eq!(der.next(), None);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut der = Der(&bytes);
            while der.next().is_some() {}
        }
    }
}
