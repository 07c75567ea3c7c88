//! Heads that hyper would take although two machines on the way may read them in two ways: a line
//! that ends without a carriage return, and a body whose length is said twice. hyper hides both,
//! so they are looked for in the bytes before it sees them.
//!
//! Only as much of a request is understood here as is needed to know where the next head begins.
//! What offends is made unreadable in place, and hyper answers 400 and closes.

/// Long enough for the lines that matter, with room for blanks.
const LINE_MAX: usize = 64;
/// A sign that may stand nowhere in a head.
const UNREADABLE: u8 = 0;

/// Where in the stream of one socket the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before or in a head.
    Head,
    /// So many bytes of a body are still to come.
    Body(u64),
    /// Behind the last head: a chunked body, or another protocol.
    Rest,
}

/// Follows what one peer sends.
pub(super) struct Strict {
    place: Place,
    line: [u8; LINE_MAX],
    /// Bytes of the line so far, also those that found no room.
    line_bytes: usize,
    /// Whether a line of this head was seen.
    begun: bool,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

impl Strict {
    pub(super) const fn new() -> Self {
        Self {
            place: Place::Head,
            line: [0; LINE_MAX],
            line_bytes: 0,
            begun: false,
            length: None,
            chunked: false,
            upgrade: false,
        }
    }

    /// Looks at the next bytes, and makes unreadable what has two readings.
    pub(super) fn look(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            match self.place {
                Place::Rest => return,
                Place::Body(left) => {
                    let here = (bytes.len() - at) as u64;
                    if here < left {
                        self.place = Place::Body(left - here);
                        return;
                    }
                    // At most what is left of the slice.
                    at += usize::try_from(left).unwrap_or(usize::MAX);
                    self.begin();
                }
                Place::Head => at = self.look_at_line(bytes, at),
            }
        }
    }

    fn begin(&mut self) {
        *self = Self::new();
    }

    /// One line, or the part of it that is here. Answers where the next one begins.
    fn look_at_line(&mut self, bytes: &mut [u8], from: usize) -> usize {
        let rest = &bytes[from..];
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            self.keep(&bytes[from..]);
            return bytes.len();
        };
        let last = from + end;
        self.keep(&bytes[from..last]);
        if !self.line_takes_an_end() || !self.take_line() {
            bytes[last] = UNREADABLE;
            self.place = Place::Rest;
        }
        last + 1
    }

    fn keep(&mut self, part: &[u8]) {
        let from = self.line_bytes.min(LINE_MAX);
        let room = part.len().min(LINE_MAX - from);
        self.line[from..from + room].copy_from_slice(&part[..room]);
        self.line_bytes += part.len();
        if part.len() > room
            && let Some(last) = part.last()
        {
            // What a long line ends with still counts.
            self.line[LINE_MAX - 1] = *last;
        }
    }

    /// Whether a carriage return stands before the line's end.
    fn line_takes_an_end(&self) -> bool {
        let kept = self.line_bytes.min(LINE_MAX);
        kept > 0 && self.line[kept - 1] == b'\r'
    }

    /// A whole line. `false` when this head has two readings.
    fn take_line(&mut self) -> bool {
        let kept = self.line_bytes.min(LINE_MAX);
        let is_long = self.line_bytes > LINE_MAX;
        let line = self.line;
        let text = &line[..kept - 1];
        self.line_bytes = 0;
        if text.is_empty() {
            // Empty lines before a head are no head.
            return !self.begun || self.end_head();
        }
        self.begun = true;
        let Some(colon) = text.iter().position(|byte| *byte == b':') else {
            return true;
        };
        let (name, value) = (&text[..colon], text[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
            let said_before = self.length.is_some();
            self.length = length;
            return !is_long && !said_before && length.is_some();
        }
        self.chunked |= name.eq_ignore_ascii_case(b"transfer-encoding");
        self.upgrade |= name.eq_ignore_ascii_case(b"upgrade");
        true
    }

    /// Behind the head's last line.
    fn end_head(&mut self) -> bool {
        let (length, chunked, upgrade) = (self.length, self.chunked, self.upgrade);
        self.begin();
        if chunked || upgrade {
            self.place = Place::Rest;
        } else if let Some(length) = length {
            self.place = Place::Body(length);
        }
        !(chunked && length.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What hyper sees of it, whatever the pieces are in which it comes.
    fn seen(text: &str) -> String {
        let whole = in_pieces(text, text.len().max(1));
        for size in [1, 2, 3, 7, 64] {
            assert_eq!(in_pieces(text, size), whole, "in pieces of {size}");
        }
        whole
    }

    fn in_pieces(text: &str, size: usize) -> String {
        let mut strict = Strict::new();
        let mut bytes = text.as_bytes().to_vec();
        for piece in bytes.chunks_mut(size) {
            strict.look(piece);
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn plain_requests_pass_as_they_are() {
        let long = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
            "y".repeat(500)
        );
        for text in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            // Bodies may hold what they like, and the next head begins behind them.
            "POST / HTTP/1.1\r\ncontent-LENGTH:  5 \r\n\r\na\nb\ncGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
            "GET /live HTTP/1.1\r\nUpgrade: websocket\r\n\r\nframes\nof any kind",
            &long,
        ] {
            assert_eq!(seen(text), text);
        }
    }

    // Case: PR01
    #[test]
    fn what_has_two_readings_becomes_unreadable() {
        let long = format!("GET / HTTP/1.1\r\nX: {}\nHost: a\r\n\r\n", "y".repeat(500));
        let padded = format!(
            "POST / HTTP/1.1\r\nContent-Length: {}5\r\n\r\n",
            " ".repeat(99)
        );
        for text in [
            "GET / HTTP/1.1\nHost: a\n\n",
            "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            // Behind a body as well as at the beginning.
            "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\naGET / HTTP/1.1\nHost: a\r\n\r\n",
            &long,
            &padded,
        ] {
            let seen = seen(text);
            assert!(seen.contains('\0'), "{text:?} {seen:?}");
        }
    }
}
