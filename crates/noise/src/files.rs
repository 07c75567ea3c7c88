//! Files and what is said about them.

use adapters::images;
use http_edge::noise;

use crate::{halves, text};

/// A picture that is cleaned is a picture of the kind it claims, within its bounds, and cleaning it
/// again finds nothing more.
pub fn picture(bytes: &[u8]) {
    let Ok(clean) = images::clean(bytes) else {
        return;
    };
    assert!(clean.width > 0 && clean.height > 0);
    let pixels = u64::from(clean.width) * u64::from(clean.height);
    assert!(pixels <= domain::limits::IMAGE_PIXELS_MAX);
    assert_eq!(images::sniff(&clean.bytes), Some(clean.mime));
    let again = images::clean(&clean.bytes).expect("what we wrote can be read");
    assert_eq!((again.width, again.height), (clean.width, clean.height));
    assert_eq!(again.mime, clean.mime);
}

/// A file's name: nothing of a path, one line, and a header that can carry it.
pub fn file_name(bytes: &[u8]) {
    let raw = text(bytes);
    if let Some(name) = app::clean_name(&raw) {
        assert!(!name.contains(['/', '\\', '\r', '\n', '\0']));
        assert!(!name.starts_with('.') && !domain::naming::is_blank(&name));
        assert!(name.chars().count() <= domain::limits::FILE_NAME_CHARS_MAX);
        assert_eq!(app::clean_name(&name).as_deref(), Some(name.as_str()));
    }
    // The header must hold for what was never cleaned as well.
    for shown in [true, false] {
        let header = noise::disposition(&raw, shown);
        assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        assert_eq!(header.matches('"').count(), 2, "{header}");
        // A name brings no semicolon of its own: not every reader knows what is quoted.
        assert_eq!(header.matches(';').count(), 2, "{header}");
    }
}

/// A declared type is plain, or it is none.
pub fn media_type(bytes: &[u8]) {
    if let Some(mime) = app::plain_mime(&text(bytes)) {
        assert_eq!(mime.matches('/').count(), 1);
        assert!(
            mime.bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b';')
        );
        assert!(!mime.bytes().any(|byte| byte.is_ascii_uppercase()));
    }
}

/// A form: a content type, a zero byte, a body. A file in it is never longer than the body.
pub fn form(input: &[u8]) {
    let (mime, body) = halves(input);
    if let Some(length) = noise::form(&text(mime), body) {
        assert!(length <= body.len());
    }
}

/// A range of a file of some length lies inside the file.
pub fn range(input: &[u8]) {
    let (value, length) = halves(input);
    let length = length
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    if let Some((from, end)) = noise::range(value, length) {
        assert!(from < end && end <= length, "{from}..{end} of {length}");
    }
}
