//! Text broken into lines. A line breaks behind a blank; a word that is longer than a line breaks
//! where the line ends. A sign that no font of ours has is written as its number, `[U+1F64F]`, and
//! copied as itself.

use crate::face::{Face, FaceName, Faces};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) face: FaceName,
    pub(crate) size: f32,
    /// From one line to the next.
    pub(crate) leading: f32,
    pub(crate) ink: [f32; 3],
}

/// What is drawn for one sign.
pub(crate) struct Drawn {
    pub(crate) glyphs: Vec<u16>,
    /// The sign itself, where what is drawn only names it.
    pub(crate) stands_for: Option<char>,
}

#[derive(Default)]
pub(crate) struct Line(pub(crate) Vec<Drawn>);

struct Sign {
    drawn: Drawn,
    width: f32,
    is_blank: bool,
}

/// Always at least one line.
pub(crate) fn broken(text: &str, style: Style, width: f32, faces: &Faces) -> Vec<Line> {
    let face = faces.get(style.face);
    let mut lines = Vec::new();
    for part in text.split(['\n', '\u{2028}', '\u{2029}']) {
        let signs: Vec<Sign> = part
            .chars()
            .filter(|sign| *sign != '\r')
            .map(|sign| measured(sign, face, style.size))
            .collect();
        break_part(signs, width, &mut lines);
    }
    lines
}

fn measured(sign: char, face: &Face, size: f32) -> Sign {
    let shown = if sign == '\t' { ' ' } else { sign };
    let (glyphs, stands_for) = match face.glyph(shown) {
        Some(glyph) => (vec![glyph], None),
        None => {
            let number = format!("[U+{:04X}]", u32::from(sign));
            let glyphs = number.chars().filter_map(|part| face.glyph(part));
            (glyphs.collect(), Some(sign))
        }
    };
    let wide: f32 = glyphs.iter().map(|glyph| face.width(*glyph)).sum();
    Sign {
        drawn: Drawn { glyphs, stands_for },
        width: wide * size / 1000.0,
        is_blank: shown == ' ',
    }
}

fn break_part(signs: Vec<Sign>, width: f32, lines: &mut Vec<Line>) {
    let mut line: Vec<Sign> = Vec::new();
    let mut used = 0.0;
    for sign in signs {
        // A blank may stand beyond the end: nobody sees it, and it is copied.
        if used + sign.width > width && !sign.is_blank && !line.is_empty() {
            let rest = match line.iter().rposition(|before| before.is_blank) {
                Some(blank) => line.split_off(blank + 1),
                None => Vec::new(),
            };
            lines.push(finished(line));
            used = rest.iter().map(|sign| sign.width).sum();
            line = rest;
        }
        used += sign.width;
        line.push(sign);
    }
    lines.push(finished(line));
}

fn finished(signs: Vec<Sign>) -> Line {
    Line(signs.into_iter().map(|sign| sign.drawn).collect())
}
