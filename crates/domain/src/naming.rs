//! Names that others chose: shown as one line, without signs that nobody sees or that turn the
//! line around.

/// Signs that turn the direction of what follows, wherever that is.
const fn turns(c: char) -> bool {
    matches!(
        c,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Signs without any width. Some join letters or pictures, so they are fine between others.
const fn unseen(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Signs that separate nothing and join nothing: they only hide.
const fn hides(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{00ad}')
}

/// Whether anything of it can be seen.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || turns(c) || unseen(c))
}

/// A sign that steers machines and that nobody can see or type: any control sign but the end of a
/// line and the tab.
#[must_use]
pub fn steers(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// One line of at most so many characters, without control signs, hidden signs and turns.
/// `None` when nothing is left to be seen.
#[must_use]
pub fn plain_line(text: &str, chars_max: usize) -> Option<String> {
    let mut line = String::new();
    let visible = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !turns(*c) && !hides(*c));
    for c in visible {
        if c != ' ' || !line.is_empty() && !line.ends_with(' ') {
            line.push(c);
        }
    }
    let line: String = line.chars().take(chars_max).collect();
    let line = line.trim_end();
    (!is_blank(line)).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_tabs_are_no_steering() {
        assert!(!"Guten Tag,\r\n\tArtikel: 3 ✓".chars().any(steers));
        for c in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}'] {
            assert!(steers(c), "{c:?}");
        }
    }

    // Case: FI01, IN05
    #[test]
    fn names_are_one_visible_line() {
        let plain = |text: &str| plain_line(text, 20);
        assert_eq!(
            plain("  Aylin\r\nAdmin \t Desk ").as_deref(),
            Some("Aylin Admin Desk")
        );
        assert_eq!(
            plain("a\u{202e}b\u{2066}c\u{061c}d\u{200b}e\0f").as_deref(),
            Some("abcdef")
        );
        // A family and a word of Persian keep what joins and separates them.
        for joined in [
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{0645}\u{06cc}\u{200c}",
        ] {
            assert_eq!(plain(joined).as_deref(), Some(joined));
        }
        for blank in [
            "",
            " \n",
            "\u{200d}\u{200c}",
            "\u{3164}",
            "\u{202e}\u{200b}",
        ] {
            assert_eq!(plain(blank), None, "{blank:?}");
            assert!(is_blank(blank), "{blank:?}");
        }
        assert_eq!(plain(&"x".repeat(50)).map(|line| line.len()), Some(20));
        assert!(!is_blank("A"));
    }
}
