//! The fonts: which sign is which glyph, and how wide it is. They are our own files, made of
//! Atkinson Hyperlegible with Latin letters only, so nothing here reads a stranger's bytes.

use std::collections::BTreeMap;

/// Which of the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaceName {
    Text,
    Bold,
    Code,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a font does not say what it must")]
pub struct FaceError;

pub(crate) struct Face {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static [u8],
    pub(crate) is_monospaced: bool,
    pub(crate) weight: u16,
    pub(crate) bounds: [f32; 4],
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
    pub(crate) capitals: f32,
    glyphs: BTreeMap<char, u16>,
    /// In thousandths of the size, by glyph.
    widths: Vec<f32>,
}

pub(crate) struct Faces([Face; 3]);

impl Faces {
    pub(crate) fn load() -> Result<Self, FaceError> {
        let text = include_bytes!("../fonts/text-regular.ttf");
        let bold = include_bytes!("../fonts/text-bold.ttf");
        let code = include_bytes!("../fonts/code-regular.ttf");
        Ok(Self([
            Face::read("PAPERA+AtkinsonHyperlegibleNext-Regular", text, 400)?,
            Face::read("PAPERB+AtkinsonHyperlegibleNext-SemiBold", bold, 650)?,
            Face::read("PAPERC+AtkinsonHyperlegibleMono-Regular", code, 400)?,
        ]))
    }

    pub(crate) const fn get(&self, name: FaceName) -> &Face {
        &self.0[name as usize]
    }
}

impl Face {
    fn read(name: &'static str, bytes: &'static [u8], weight: u16) -> Result<Self, FaceError> {
        let file = Tables(bytes);
        Self::parse(&file, name, bytes, weight).ok_or(FaceError)
    }

    fn parse(file: &Tables, name: &'static str, bytes: &'static [u8], weight: u16) -> Option<Self> {
        let head = file.table(b"head")?;
        let units = f32::from(unsigned(head, 18)?);
        let scaled = |value: i16| f32::from(value) * 1000.0 / units;
        let hhea = file.table(b"hhea")?;
        let hmtx = file.table(b"hmtx")?;
        let count = unsigned(hhea, 34)?;
        let widths = (0..usize::from(count))
            .map(|place| Some(f32::from(unsigned(hmtx, place * 4)?) * 1000.0 / units))
            .collect::<Option<Vec<f32>>>()?;
        let os2 = file.table(b"OS/2")?;
        let bounds = [36, 38, 40, 42].map(|at| signed(head, at).map_or(0.0, scaled));
        Some(Self {
            name,
            bytes,
            is_monospaced: widths.windows(2).skip(1).all(|two| two[0] == two[1]),
            weight,
            bounds,
            ascent: scaled(signed(hhea, 4)?),
            descent: scaled(signed(hhea, 6)?),
            capitals: scaled(signed(os2, 88)?),
            glyphs: glyphs(file.table(b"cmap")?)?,
            widths,
        })
    }

    pub(crate) fn glyph(&self, sign: char) -> Option<u16> {
        self.glyphs.get(&sign).copied()
    }

    /// In thousandths of the size.
    pub(crate) fn width(&self, glyph: u16) -> f32 {
        let own = self.widths.get(usize::from(glyph));
        own.or(self.widths.last()).copied().unwrap_or(0.0)
    }

    /// Every sign of this glyph's, the first of which it is copied as.
    pub(crate) fn signs(&self) -> impl Iterator<Item = (char, u16)> + '_ {
        self.glyphs.iter().map(|(sign, glyph)| (*sign, *glyph))
    }
}

struct Tables(&'static [u8]);

impl Tables {
    fn table(&self, tag: &[u8; 4]) -> Option<&'static [u8]> {
        let count = usize::from(unsigned(self.0, 4)?);
        let entry = (0..count)
            .map(|place| 12 + place * 16)
            .find(|at| self.0.get(*at..at + 4) == Some(tag))?;
        let start = long(self.0, entry + 8)?;
        self.0.get(start..start + long(self.0, entry + 12)?)
    }
}

/// The table of signs in format 4, which is the one our fonts have.
fn glyphs(cmap: &[u8]) -> Option<BTreeMap<char, u16>> {
    let count = usize::from(unsigned(cmap, 2)?);
    let table = (0..count)
        .filter_map(|place| long(cmap, 8 + place * 8))
        .find(|start| unsigned(cmap, *start) == Some(4))?;
    let part = cmap.get(table..)?;
    let segments = usize::from(unsigned(part, 6)?) / 2;
    let mut glyphs = BTreeMap::new();
    for segment in 0..segments {
        let end = unsigned(part, 14 + segment * 2)?;
        let start = unsigned(part, 16 + (segments + segment) * 2)?;
        let delta = unsigned(part, 16 + (2 * segments + segment) * 2)?;
        let offset_at = 16 + (3 * segments + segment) * 2;
        let offset = usize::from(unsigned(part, offset_at)?);
        for code in start..=end {
            let glyph = if offset == 0 {
                code.wrapping_add(delta)
            } else {
                let at = offset_at + offset + usize::from(code - start) * 2;
                match unsigned(part, at) {
                    Some(0) | None => 0,
                    Some(listed) => listed.wrapping_add(delta),
                }
            };
            if let (Some(sign), true) = (char::from_u32(u32::from(code)), glyph != 0) {
                glyphs.insert(sign, glyph);
            }
        }
    }
    Some(glyphs)
}

fn unsigned(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes([two[0], two[1]]))
}

fn signed(bytes: &[u8], at: usize) -> Option<i16> {
    unsigned(bytes, at).map(u16::cast_signed)
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at + 4)?;
    usize::try_from(u32::from_be_bytes([four[0], four[1], four[2], four[3]])).ok()
}
