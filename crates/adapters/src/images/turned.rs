//! A picture seen from another side, without a second copy of its pixels.

use image::metadata::Orientation;
use image::{GenericImageView, ImageBuffer, Pixel};

/// A quarter of a turn, and perhaps a mirror: width and height change places.
pub(super) struct Turned<'a, P: Pixel> {
    picture: &'a ImageBuffer<P, Vec<P::Subpixel>>,
    from_right: bool,
    from_below: bool,
}

impl<'a, P: Pixel> Turned<'a, P> {
    /// `None` for what changes no sides.
    pub(super) fn new(
        picture: &'a ImageBuffer<P, Vec<P::Subpixel>>,
        orientation: Orientation,
    ) -> Option<Self> {
        let (from_right, from_below) = match orientation {
            Orientation::Rotate90 => (false, true),
            Orientation::Rotate270 => (true, false),
            Orientation::Rotate90FlipH => (false, false),
            Orientation::Rotate270FlipH => (true, true),
            _ => return None,
        };
        Some(Self {
            picture,
            from_right,
            from_below,
        })
    }
}

impl<P: Pixel> GenericImageView for Turned<'_, P> {
    type Pixel = P;

    fn dimensions(&self) -> (u32, u32) {
        (self.picture.height(), self.picture.width())
    }

    fn get_pixel(&self, x: u32, y: u32) -> P {
        let (width, height) = self.picture.dimensions();
        let across = if self.from_right { width - 1 - y } else { y };
        let down = if self.from_below { height - 1 - x } else { x };
        *self.picture.get_pixel(across, down)
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbImage};

    use super::*;

    #[test]
    fn a_view_shows_what_turning_would_make() {
        let picture = RgbImage::from_fn(5, 3, |x, y| image::Rgb([x as u8, y as u8, 7]));
        for orientation in [
            Orientation::Rotate90,
            Orientation::Rotate270,
            Orientation::Rotate90FlipH,
            Orientation::Rotate270FlipH,
        ] {
            let mut turned = DynamicImage::from(picture.clone());
            turned.apply_orientation(orientation);
            let view = Turned::new(&picture, orientation).unwrap();
            assert_eq!(view.dimensions(), (turned.width(), turned.height()));
            let same = view
                .pixels()
                .all(|(x, y, pixel)| turned.to_rgb8().get_pixel(x, y) == &pixel);
            assert!(same, "{orientation:?}");
        }
        assert!(Turned::new(&picture, Orientation::Rotate180).is_none());
    }
}
