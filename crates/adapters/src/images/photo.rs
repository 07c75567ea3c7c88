//! Decode, turn, encode.

use std::io::Cursor;

use bytes::Bytes;
use domain::limits::IMAGE_PIXELS_MAX;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits,
};

use super::{CleanImage, ImageError, check_pixels};

/// Hardly to be told from the original, at about its size.
const JPEG_QUALITY: u8 = 88;
/// Real profiles have a few hundred bytes to some kilobytes.
const PROFILE_BYTES_MAX: usize = 64 * 1024;
/// Room for the pixels of the largest picture, and for the decoder's own tables.
const DECODER_BYTES_MAX: u64 = IMAGE_PIXELS_MAX * 8 + 64 * 1024 * 1024;

pub(super) fn clean(bytes: &[u8], format: ImageFormat) -> Result<CleanImage, ImageError> {
    let decoder = open(bytes, format)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width, height)?;
    rewrite(decoder, format)
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
    picture.apply_orientation(orientation);
    let mut bytes = Vec::new();
    let mime = match format {
        ImageFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
            write(encoder, &picture, profile)?;
            "image/jpeg"
        }
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
