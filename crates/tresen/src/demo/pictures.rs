//! Product pictures, drawn here: leather on a table in the evening light. No photograph of a
//! stranger's thing, and nothing to load.

use image::codecs::jpeg::JpegEncoder;
use image::{ImageError, Rgb, RgbImage};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;
const QUALITY: u8 = 84;

/// What is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Picture {
    pub motif: Motif,
    pub colour: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Motif {
    Tote,
    Satchel,
    Wallet,
    Belt,
    /// A seam that has come open.
    Seam,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colour {
    Cognac,
    Brown,
    Black,
    Bordeaux,
    Olive,
}

impl Picture {
    /// `None` for a motif or a colour that nobody can draw.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (motif, colour) = text.split_once(' ')?;
        Some(Self {
            motif: match motif {
                "tote" => Motif::Tote,
                "satchel" => Motif::Satchel,
                "wallet" => Motif::Wallet,
                "belt" => Motif::Belt,
                "seam" => Motif::Seam,
                _ => return None,
            },
            colour: match colour {
                "cognac" => Colour::Cognac,
                "brown" => Colour::Brown,
                "black" => Colour::Black,
                "bordeaux" => Colour::Bordeaux,
                "olive" => Colour::Olive,
                _ => return None,
            },
        })
    }

    /// A word that a media id can carry.
    #[must_use]
    pub fn key(self) -> String {
        format!("{:?}-{:?}", self.motif, self.colour).to_lowercase()
    }

    /// Draws it as JPEG.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn jpeg(self) -> Result<Vec<u8>, ImageError> {
        let canvas = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
            let at = Point(
                (f64::from(x) - f64::from(WIDTH) / 2.0) / f64::from(HEIGHT) * 2.0,
                f64::from(y) / f64::from(HEIGHT) * 2.0 - 1.0,
            );
            let light = 1.06 - 0.16 * (at.0 + at.1).abs() + grain(x, y);
            Rgb(self.paint(at).map(|channel| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "the value is clamped to a byte's range"
                )]
                {
                    (channel * light).clamp(0.0, 255.0) as u8
                }
            }))
        });
        let mut bytes = Vec::new();
        canvas.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
        Ok(bytes)
    }

    fn paint(self, at: Point) -> Ink {
        let leather = self.colour.ink();
        let dark = shade(leather, 0.62);
        let thread = shade(leather, 1.75);
        let mut brush = Brush { at, ink: table(at) };
        match self.motif {
            Motif::Tote => tote(&mut brush, leather, dark, thread),
            Motif::Satchel => satchel(&mut brush, leather, dark, thread),
            Motif::Wallet => wallet(&mut brush, leather, dark, thread),
            Motif::Belt => belt(&mut brush, leather, dark, thread),
            Motif::Seam => seam(&mut brush, leather, dark, thread),
        }
        brush.ink
    }
}

impl Colour {
    const fn ink(self) -> Ink {
        match self {
            Self::Cognac => [168.0, 98.0, 48.0],
            Self::Brown => [92.0, 60.0, 42.0],
            Self::Black => [52.0, 50.0, 52.0],
            Self::Bordeaux => [112.0, 38.0, 46.0],
            Self::Olive => [98.0, 100.0, 58.0],
        }
    }
}

type Ink = [f64; 3];

const BRASS: Ink = [206.0, 172.0, 98.0];

/// The middle is 0, 0; the picture reaches from -1 to 1 from top to bottom.
#[derive(Clone, Copy)]
struct Point(f64, f64);

fn shade(ink: Ink, factor: f64) -> Ink {
    ink.map(|channel| (channel * factor).min(255.0))
}

/// A warm wall above a wooden table.
fn table(at: Point) -> Ink {
    let wall = [226.0, 217.0, 203.0];
    let wood = [176.0, 146.0, 112.0];
    let board = 1.0 + 0.03 * (at.1 * 90.0 + (at.0 * 3.0).sin() * 4.0).sin();
    if at.1 < 0.42 {
        shade(wall, 1.0 - 0.08 * (at.1 + 1.0) / 1.42)
    } else {
        shade(wood, board)
    }
}

/// A little unevenness, as every camera has it.
fn grain(x: u32, y: u32) -> f64 {
    let mixed =
        (x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263)).wrapping_mul(1_274_126_177);
    (f64::from(mixed >> 24) / 255.0 - 0.5) * 0.05
}

/// One pixel that shapes are laid upon.
struct Brush {
    at: Point,
    ink: Ink,
}

impl Brush {
    /// Lays ink where the distance is negative, with a soft edge.
    fn lay(&mut self, distance: f64, ink: Ink, softness: f64) {
        let cover = (0.5 - distance / softness).clamp(0.0, 1.0);
        for (below, above) in self.ink.iter_mut().zip(ink) {
            *below += (above - *below) * cover;
        }
    }

    fn shape(&mut self, distance: f64, ink: Ink) {
        self.lay(distance, ink, 0.006);
    }

    /// A shadow on the table.
    fn shadow(&mut self, middle: Point, half: Point) {
        let (x, y) = (
            (self.at.0 - middle.0) / half.0,
            (self.at.1 - middle.1) / half.1,
        );
        let depth = (1.0 - x.hypot(y)).clamp(0.0, 1.0) * 0.55;
        self.ink = shade(self.ink, 1.0 - depth);
    }

    /// Stitches along the edge of a shape.
    fn stitch(&mut self, distance: f64, inset: f64, thread: Ink) {
        let along = ((self.at.0 + self.at.1) * 34.0).fract().abs();
        if along < 0.62 {
            self.shape((distance + inset).abs() - 0.004, thread);
        }
    }

    /// A box with round corners whose sides lean outwards by `lean`.
    fn panel(&self, middle: Point, half: Point, radius: f64, lean: f64) -> f64 {
        let (x, y) = (self.at.0 - middle.0, self.at.1 - middle.1);
        let wide = half.0 + lean * y;
        let (dx, dy) = (x.abs() - wide + radius, y.abs() - half.1 + radius);
        dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
    }

    /// A band along an ellipse.
    fn ring(&self, middle: Point, half: Point, thickness: f64) -> f64 {
        let (x, y) = (
            (self.at.0 - middle.0) / half.0,
            (self.at.1 - middle.1) / half.1,
        );
        ((x.hypot(y) - 1.0) * half.0.min(half.1)).abs() - thickness
    }
}

fn tote(brush: &mut Brush, leather: Ink, dark: Ink, thread: Ink) {
    brush.shadow(Point(0.05, 0.74), Point(0.95, 0.2));
    let (back, front) = (
        brush.ring(Point(0.0, -0.2), Point(0.3, 0.52), 0.022),
        brush.ring(Point(0.0, -0.12), Point(0.34, 0.5), 0.026),
    );
    brush.shape(back, shade(dark, 0.85));
    let body = brush.panel(Point(0.0, 0.24), Point(0.62, 0.5), 0.08, 0.14);
    brush.shape(body, shade(leather, 1.0 - 0.2 * (brush.at.1 - 0.24)));
    if brush.at.1 < 0.05 {
        brush.shape(front, dark);
    }
    brush.stitch(body, 0.03, thread);
    for side in [-0.34, 0.34] {
        brush.shape(
            brush.panel(Point(side, 0.0), Point(0.05, 0.1), 0.02, 0.0),
            dark,
        );
        brush.shape(
            Point(brush.at.0 - side, brush.at.1 - 0.04).reach() - 0.018,
            BRASS,
        );
    }
    brush.shape(
        brush.panel(Point(0.0, 0.42), Point(0.13, 0.045), 0.01, 0.0),
        shade(leather, 0.86),
    );
}

fn satchel(brush: &mut Brush, leather: Ink, dark: Ink, thread: Ink) {
    brush.shadow(Point(0.05, 0.72), Point(1.05, 0.2));
    let strap = brush.ring(Point(0.0, -0.02), Point(0.78, 0.74), 0.024);
    brush.shape(strap, shade(dark, 0.9));
    let body = brush.panel(Point(0.0, 0.2), Point(0.76, 0.48), 0.07, 0.03);
    brush.shape(body, shade(leather, 0.9));
    let flap = brush.panel(Point(0.0, 0.0), Point(0.78, 0.32), 0.13, -0.03);
    brush.lay(flap - 0.012, shade(dark, 0.7), 0.05);
    brush.shape(flap, shade(leather, 1.08 - 0.22 * (brush.at.1 + 0.3)));
    brush.stitch(flap, 0.03, thread);
    brush.stitch(body, 0.03, thread);
    let handle = brush.panel(Point(0.0, -0.36), Point(0.2, 0.035), 0.03, 0.0);
    brush.shape(handle, dark);
    for side in [-0.36, 0.36] {
        let tongue = brush.panel(Point(side, 0.3), Point(0.055, 0.16), 0.03, 0.0);
        brush.shape(tongue, dark);
        let buckle = brush.panel(Point(side, 0.32), Point(0.075, 0.055), 0.015, 0.0);
        brush.shape(buckle.abs() - 0.012, BRASS);
    }
}

fn wallet(brush: &mut Brush, leather: Ink, dark: Ink, thread: Ink) {
    brush.shadow(Point(0.04, 0.56), Point(0.95, 0.22));
    let below = brush.panel(Point(0.03, 0.16), Point(0.66, 0.4), 0.06, 0.0);
    brush.shape(below, shade(dark, 0.85));
    let above = brush.panel(Point(0.0, 0.12), Point(0.66, 0.4), 0.06, 0.0);
    brush.shape(above, shade(leather, 1.05 - 0.18 * brush.at.1));
    brush.stitch(above, 0.035, thread);
    let strap = brush.panel(Point(0.5, 0.12), Point(0.2, 0.08), 0.06, 0.0);
    brush.shape(strap, dark);
    brush.shape(
        Point(brush.at.0 - 0.38, brush.at.1 - 0.12).reach() - 0.035,
        BRASS,
    );
}

fn belt(brush: &mut Brush, leather: Ink, dark: Ink, thread: Ink) {
    brush.shadow(Point(0.03, 0.45), Point(1.0, 0.5));
    for (half, tone) in [(0.62, 0.72), (0.48, 0.86), (0.34, 1.0)] {
        let coil = brush.ring(Point(0.0, 0.28), Point(half, half * 0.62), 0.055);
        brush.shape(coil, shade(leather, tone));
        brush.stitch(coil, 0.014, thread);
    }
    let tongue = brush.panel(Point(0.52, 0.28), Point(0.34, 0.075), 0.05, 0.0);
    brush.shape(tongue, dark);
    let buckle = brush.panel(Point(0.84, 0.28), Point(0.11, 0.13), 0.04, 0.0);
    brush.shape(buckle.abs() - 0.02, BRASS);
    brush.shape(
        brush.panel(Point(0.84, 0.28), Point(0.11, 0.013), 0.01, 0.0),
        BRASS,
    );
}

fn seam(brush: &mut Brush, leather: Ink, dark: Ink, thread: Ink) {
    let at = brush.at;
    let hide = 1.0 + 0.05 * ((at.0 * 41.0).sin() * (at.1 * 37.0).sin());
    brush.ink = shade(leather, hide * (1.05 - 0.2 * at.1));
    let line = at.1 - 0.08 - 0.1 * (at.0 * 1.6).sin();
    let gap = 0.1 * (1.0 - (at.0 / 0.62).powi(2)).max(0.0);
    brush.lay(line.abs() - 0.012 - gap, shade(dark, 0.32), 0.03);
    for side in [-1.0, 1.0] {
        let row = (line - side * (0.07 + gap)).abs() - 0.006;
        let torn = (at.0 * 2.4 + side).sin() > 0.86;
        if !torn && (at.0 * 17.0).fract().abs() < 0.6 {
            brush.shape(row, thread);
        }
    }
    let loose = (at.1 + 0.02 - 0.12 * (at.0 * 9.0).cos()).abs() - 0.006;
    if at.0.abs() < 0.24 {
        brush.shape(loose, thread);
    }
}

impl Point {
    fn reach(self) -> f64 {
        self.0.hypot(self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_motif_can_be_drawn_and_differs() {
        let mut seen = Vec::new();
        for motif in ["tote", "satchel", "wallet", "belt", "seam"] {
            let picture = Picture::parse(&format!("{motif} cognac")).unwrap();
            let bytes = picture.jpeg().unwrap();
            let read = image::load_from_memory(&bytes).unwrap();
            assert_eq!((read.width(), read.height()), (WIDTH, HEIGHT));
            assert!(bytes.len() < 120_000, "{motif}: {}", bytes.len());
            assert!(!seen.contains(&bytes));
            seen.push(bytes);
        }
    }

    #[test]
    fn keys_are_plain() {
        let picture = Picture::parse("satchel bordeaux").unwrap();
        assert_eq!(picture.key(), "satchel-bordeaux");
        assert_eq!(Picture::parse("satchel pink"), None);
    }
}
