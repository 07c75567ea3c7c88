//! Decode, turn, encode.

use std::borrow::Cow;
use std::io::Cursor;

use bytes::Bytes;
use domain::limits::IMAGE_MEMORY_MAX;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits,
};

use super::turned::Turned;
use super::{CleanImage, ImageError, check_pixels, png};

/// Hardly to be told from the original, at about its size.
const JPEG_QUALITY: u8 = 88;
/// Real profiles have a few hundred bytes to some kilobytes.
const PROFILE_BYTES_MAX: usize = 64 * 1024;
/// Room for the decoder's own tables, beside the pixels.
const TABLES_BYTES_MAX: u64 = 16 * 1024 * 1024;
const DECODER_BYTES_MAX: u64 = IMAGE_MEMORY_MAX + TABLES_BYTES_MAX;

pub(super) fn clean(bytes: &[u8], format: ImageFormat) -> Result<CleanImage, ImageError> {
    let bare = bare(bytes, format)?;
    cost_of(&bare, format)?;
    rewrite(open(&bare, format)?, format)
}

fn bare(bytes: &[u8], format: ImageFormat) -> Result<Cow<'_, [u8]>, ImageError> {
    match format {
        ImageFormat::Png => png::bare(bytes).map(Cow::Owned),
        _ => Ok(Cow::Borrowed(bytes)),
    }
}

/// Bytes of memory that cleaning takes at its height: the pixels, what the decoder keeps beside
/// them, and the copy that turning makes.
pub(super) fn cost(bytes: &[u8], format: ImageFormat) -> Result<u64, ImageError> {
    cost_of(&bare(bytes, format)?, format)
}

fn cost_of(bare: &[u8], format: ImageFormat) -> Result<u64, ImageError> {
    let mut decoder = open(bare, format)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width, height)?;
    let pixels = u64::from(width) * u64::from(height);
    let raw = decoder.total_bytes();
    let beside = match format {
        // All coefficients of all colours are kept until the last pass, two bytes each.
        ImageFormat::Jpeg if is_progressive(bare) => raw * 2,
        ImageFormat::WebP => pixels * 4,
        _ => 0,
    };
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let copy = if is_turned_in_place(orientation) || format == ImageFormat::Jpeg {
        0
    } else {
        raw
    };
    let cost = raw + beside + copy;
    if cost > IMAGE_MEMORY_MAX {
        return Err(ImageError::TooManyPixels);
    }
    Ok(cost)
}

const fn is_turned_in_place(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::NoTransforms
            | Orientation::Rotate180
            | Orientation::FlipHorizontal
            | Orientation::FlipVertical
    )
}

/// Whether the picture comes in several passes. What cannot be walked counts as such: it is the
/// dearer kind.
fn is_progressive(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or(&[]);
    loop {
        match rest {
            // Fill bytes may stand before a marker.
            [0xff, 0xff, ..] => rest = &rest[1..],
            [0xff, 0xc0 | 0xc1, ..] => return false,
            [0xff, 0xda, ..] => return true,
            [0xff, 0xc2 | 0xc6 | 0xca | 0xce, ..] => return true,
            [0xff, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest = rest.get(2 + length..).unwrap_or(&[]);
            }
            _ => return true,
        }
    }
}

/// How a picture is meant to be turned; what cannot be read is not turned.
pub(super) fn orientation(bytes: &[u8], format: ImageFormat) -> Result<Orientation, ImageError> {
    Ok(open(bytes, format)?
        .orientation()
        .unwrap_or(Orientation::NoTransforms))
}

fn open(bytes: &[u8], format: ImageFormat) -> Result<impl ImageDecoder, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits);
    reader.into_decoder().map_err(refused)
}

fn refused(error: image::ImageError) -> ImageError {
    match error {
        image::ImageError::Limits(_) => ImageError::TooManyPixels,
        _ => ImageError::Damaged,
    }
}

fn rewrite(mut decoder: impl ImageDecoder, format: ImageFormat) -> Result<CleanImage, ImageError> {
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = profile(&mut decoder);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    let mut bytes = Vec::new();
    if format == ImageFormat::Jpeg {
        let (width, height) = write_jpeg(&mut bytes, picture, orientation, profile)?;
        return Ok(CleanImage {
            bytes: Bytes::from(bytes),
            mime: "image/jpeg",
            width,
            height,
        });
    }
    picture.apply_orientation(orientation);
    let mime = match format {
        ImageFormat::WebP => {
            write(WebPEncoder::new_lossless(&mut bytes), &picture, profile)?;
            "image/webp"
        }
        _ => {
            write(PngEncoder::new(&mut bytes), &picture, profile)?;
            "image/png"
        }
    };
    Ok(CleanImage {
        bytes: Bytes::from(bytes),
        mime,
        width: picture.width(),
        height: picture.height(),
    })
}

/// Photos of phones are large and lie on their side: they are turned while they are written.
fn write_jpeg(
    bytes: &mut Vec<u8>,
    mut picture: DynamicImage,
    orientation: Orientation,
    profile: Option<Vec<u8>>,
) -> Result<(u32, u32), ImageError> {
    let mut encoder = JpegEncoder::new_with_quality(bytes, JPEG_QUALITY);
    if is_turned_in_place(orientation) {
        picture.apply_orientation(orientation);
        write(encoder, &picture, profile)?;
        return Ok((picture.width(), picture.height()));
    }
    if let Some(profile) = profile {
        _ = encoder.set_icc_profile(profile);
    }
    let sides = (picture.height(), picture.width());
    let written = match &picture {
        DynamicImage::ImageLuma8(grey) => {
            Turned::new(grey, orientation).map(|view| encoder.encode_image(&view))
        }
        DynamicImage::ImageRgb8(colours) => {
            Turned::new(colours, orientation).map(|view| encoder.encode_image(&view))
        }
        // The decoder of this format gives no others.
        _ => None,
    };
    match written {
        Some(Ok(())) => Ok(sides),
        _ => Err(ImageError::Damaged),
    }
}

/// The colour profile, unless it belongs to colours that decoding has already left (CMYK).
fn profile(decoder: &mut impl ImageDecoder) -> Option<Vec<u8>> {
    if decoder.original_color_type() == ExtendedColorType::Cmyk8 {
        return None;
    }
    decoder
        .icc_profile()
        .ok()
        .flatten()
        .filter(|profile| profile.len() <= PROFILE_BYTES_MAX)
}

fn write(
    mut encoder: impl ImageEncoder,
    picture: &DynamicImage,
    profile: Option<Vec<u8>>,
) -> Result<(), ImageError> {
    if let Some(profile) = profile {
        // A format without profiles shows the picture a little paler; that is no failure.
        _ = encoder.set_icc_profile(profile);
    }
    picture
        .write_with_encoder(encoder)
        .map_err(|_| ImageError::Damaged)
}
