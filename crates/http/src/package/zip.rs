//! A ZIP file that is written while it is sent: entries are stored as they are, one behind the
//! other, and of those that are gone only their lines of the directory are kept.

/// From here on a number needs the long form.
const LONG: u64 = 0xffff_ffff;
const MANY: usize = 0xffff;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// 1 January 1980, midnight: the plainest moment a ZIP file knows. When something was said stands
/// inside.
const DAY: u16 = 0x21;
const VERSION: u16 = 45;

struct Line {
    path: String,
    crc: u32,
    bytes: u32,
    at: u64,
}

/// What was written so far.
#[derive(Default)]
pub struct Zip {
    lines: Vec<Line>,
    at: u64,
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend(number.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, number: u32) {
    out.extend(number.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, number: u64) {
    out.extend(number.to_le_bytes());
}

/// The short form of a number that may be too long for it.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn short_count(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// What stands the same before the bytes and in the directory.
fn same(line: &Line) -> Vec<u8> {
    let mut out = Vec::new();
    put16(&mut out, FLAGS);
    put16(&mut out, 0);
    put16(&mut out, 0);
    put16(&mut out, DAY);
    put32(&mut out, line.crc);
    put32(&mut out, line.bytes);
    put32(&mut out, line.bytes);
    put16(&mut out, short_count(line.path.len()));
    out
}

impl Zip {
    /// What comes before the bytes of an entry; the bytes must follow it, all of them. No entry is
    /// longer than a file of a message can be.
    #[must_use]
    pub fn begin(&mut self, path: String, crc: u32, bytes: u64) -> Vec<u8> {
        let line = Line {
            path,
            crc,
            bytes: short(bytes),
            at: self.at,
        };
        let mut out = b"PK\x03\x04".to_vec();
        put16(&mut out, VERSION);
        out.extend(same(&line));
        put16(&mut out, 0);
        out.extend(line.path.as_bytes());
        self.at += out.len() as u64 + bytes;
        self.lines.push(line);
        out
    }

    /// The directory, which ends the file.
    #[must_use]
    pub fn end(self) -> Vec<u8> {
        let mut out = Vec::new();
        for line in &self.lines {
            let is_far = line.at >= LONG;
            out.extend(b"PK\x01\x02");
            put16(&mut out, VERSION);
            put16(&mut out, VERSION);
            out.extend(same(line));
            put16(&mut out, if is_far { 12 } else { 0 });
            put16(&mut out, 0);
            put16(&mut out, 0);
            put16(&mut out, 0);
            put32(&mut out, 0);
            put32(&mut out, short(line.at));
            out.extend(line.path.as_bytes());
            if is_far {
                put16(&mut out, 1);
                put16(&mut out, 8);
                put64(&mut out, line.at);
            }
        }
        let (count, bytes) = (self.lines.len(), out.len() as u64);
        if count >= MANY || self.at + bytes >= LONG {
            let place = self.at + bytes;
            out.extend(long_end(count as u64, bytes, self.at, place));
        }
        out.extend(b"PK\x05\x06");
        put16(&mut out, 0);
        put16(&mut out, 0);
        put16(&mut out, short_count(count));
        put16(&mut out, short_count(count));
        put32(&mut out, short(bytes));
        put32(&mut out, short(self.at));
        put16(&mut out, 0);
        out
    }
}

/// The end in its long form, and where it lies.
fn long_end(count: u64, bytes: u64, at: u64, place: u64) -> Vec<u8> {
    let mut out = b"PK\x06\x06".to_vec();
    put64(&mut out, 44);
    put16(&mut out, VERSION);
    put16(&mut out, VERSION);
    put32(&mut out, 0);
    put32(&mut out, 0);
    put64(&mut out, count);
    put64(&mut out, count);
    put64(&mut out, bytes);
    put64(&mut out, at);
    out.extend(b"PK\x06\x07");
    put32(&mut out, 0);
    put64(&mut out, place);
    put32(&mut out, 1);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_one_is_the_file_that_everybody_writes() {
        let mut zip = Zip::default();
        let mut all = zip.begin("a.txt".to_owned(), crc32fast::hash(b"eins"), 4);
        all.extend(b"eins");
        let second = all.len();
        all.extend(zip.begin("b/c.txt".to_owned(), crc32fast::hash(b""), 0));
        let directory = all.len();
        all.extend(zip.end());
        let end = &all[all.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(end[10..12], 2_u16.to_le_bytes());
        assert_eq!(end[16..20], (directory as u32).to_le_bytes());
        let line = &all[directory + 46 + 5..];
        assert_eq!(&line[..4], b"PK\x01\x02");
        assert_eq!(line[42..46], (second as u32).to_le_bytes());
    }

    #[test]
    fn a_large_one_says_so_in_the_long_form() {
        let mut zip = Zip::default();
        let part = 3_u64 << 30;
        for name in ["a", "b", "c"] {
            _ = zip.begin(name.to_owned(), 0, part);
        }
        let at = zip.at;
        let end = zip.end();
        assert!(end.windows(4).any(|sign| sign == b"PK\x06\x06"));
        // The third begins behind what the short form can say.
        let far = end
            .windows(4)
            .rposition(|sign| sign == b"PK\x01\x02")
            .unwrap();
        assert_eq!(end[far + 42..far + 46], u32::MAX.to_le_bytes());
        assert_eq!(
            end[far + 47 + 4..far + 47 + 12],
            (2 * (part + 31)).to_le_bytes()
        );
        assert_eq!(at, 3 * (part + 31));
    }
}
