//! Server-sent events, cut out of a stream of bytes.
//!
//! Our own rather than a library's, because ours must go on after bytes that are not UTF-8
//! and after an event that is too long. Only `data` fields matter; opencode sends nothing else.

use std::collections::VecDeque;

/// The largest event taken. A turn's diff may have 10 MB.
const MAX_FRAME_BYTES: usize = 32 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One event of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Its data, lines joined by a newline.
    Data(Vec<u8>),
    /// It was larger than we take, and was skipped.
    TooLong,
}

/// Takes bytes as they come, gives events.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    ready: VecDeque<Frame>,
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    too_long: bool,
    after_carriage_return: bool,
    begun: bool,
}

impl FrameDecoder {
    /// Takes the next bytes, cut anywhere.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_carriage_return) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.append(bytes);
                return;
            };
            self.append(&bytes[..end]);
            self.after_carriage_return = bytes[end] == b'\r';
            self.end_line();
            bytes = &bytes[end + 1..];
        }
    }

    /// The next event, if one is complete.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.ready.pop_front()
    }

    fn append(&mut self, bytes: &[u8]) {
        let held = self.line.len() + self.data.as_ref().map_or(0, Vec::len);
        if held + bytes.len() > MAX_FRAME_BYTES {
            self.too_long = true;
        }
        if self.too_long {
            // One byte is kept, to tell an empty line from one that was dropped.
            self.data = None;
            self.line.truncate(1);
            if self.line.is_empty() {
                self.line.extend(bytes.first());
            }
        } else {
            self.line.extend_from_slice(bytes);
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let mut field = line.as_slice();
        if !std::mem::replace(&mut self.begun, true) {
            field = field.strip_prefix(BYTE_ORDER_MARK).unwrap_or(field);
        }
        if field.is_empty() {
            self.end_frame();
        } else if !self.too_long
            && let Some(value) = data_of(field)
        {
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
    }

    fn end_frame(&mut self) {
        let data = self.data.take();
        if std::mem::take(&mut self.too_long) {
            self.ready.push_back(Frame::TooLong);
        } else if let Some(data) = data {
            self.ready.push_back(Frame::Data(data));
        }
    }
}

/// The value of a `data` field; none for comments and other fields.
fn data_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"data")?;
    if rest.is_empty() {
        return Some(rest);
    }
    let value = rest.strip_prefix(b":")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Frame, FrameDecoder, MAX_FRAME_BYTES};

    fn frames(chunks: &[&[u8]]) -> Vec<Frame> {
        let mut decoder = FrameDecoder::default();
        for chunk in chunks {
            decoder.push(chunk);
        }
        std::iter::from_fn(|| decoder.next_frame()).collect()
    }

    fn check(input: &[u8], expected: &[&[u8]]) {
        let expected: Vec<_> = expected.iter().map(|data| Frame::Data(data.to_vec())).collect();
        assert_eq!(frames(&[input]), expected, "{:?}", String::from_utf8_lossy(input));
    }

    #[test]
    fn cuts_events() {
        check(b"data: a\n\n", &[b"a"]);
        check(b"data: a\r\n\r\ndata:b\r\rdata\n\n", &[b"a", b"b", b""]);
        check(b"data: a\ndata:  b\n\n", &[b"a\n b"]);
        check(b": heartbeat\n\nevent: x\nid: 1\nretry: 5\ndata: a\n\n", &[b"a"]);
        check(b"\xEF\xBB\xBFdata: a\n\n", &[b"a"]);
        check(b"database: no\n\n\n\ndata: unfinished\n", &[]);
        check(b"data: \xFF\xFE\n\ndata: a\n\n", &[b"\xFF\xFE", b"a"]);
    }

    #[test]
    fn skips_what_is_too_long_and_goes_on() {
        let long = vec![b'x'; MAX_FRAME_BYTES / 2 + 1];
        let frames = frames(&[b"data: ", &long, &long, b"\ndata: more\n\ndata: a\n\n"]);
        assert_eq!(frames, [Frame::TooLong, Frame::Data(b"a".to_vec())]);
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(
            bytes in prop::collection::vec(prop_oneof![
                Just(b'\n'), Just(b'\r'), Just(b':'), Just(b' '), Just(b'd'), any::<u8>()
            ], 0..200),
            words in prop::collection::vec(prop::sample::select(vec![
                "data: x", "data:", "\n", "\r\n", "\r", ": c", "\u{FEFF}",
            ]), 0..40),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            for input in [bytes, words.concat().into_bytes()] {
                let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
                at.push(0);
                at.push(input.len());
                at.sort_unstable();
                let chunks: Vec<&[u8]> = at.windows(2).map(|pair| &input[pair[0]..pair[1]]).collect();
                prop_assert_eq!(frames(&chunks), frames(&[&input]));
            }
        }
    }
}
