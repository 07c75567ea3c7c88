//! Files that people send: a photograph that tells where it was taken, and a picture that is a
//! bomb.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};

/// A small PNG.
///
/// # Panics
/// Never: the picture is in memory and small.
#[must_use]
pub fn plain_png(side: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(side, side, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 90])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("a small picture can be written");
    bytes.into_inner()
}

/// A JPEG with an EXIF block: a camera's name (given by the caller) and a place.
///
/// # Panics
/// Never: the picture is in memory and small.
#[must_use]
pub fn photo_with_place(camera: &str) -> Vec<u8> {
    let picture = RgbImage::from_fn(64, 48, |x, y| {
        image::Rgb([(x * 4) as u8, (y * 5) as u8, 90])
    });
    let mut plain = Cursor::new(Vec::new());
    picture
        .write_to(&mut plain, ImageFormat::Jpeg)
        .expect("a small picture can be written");
    let plain = plain.into_inner();
    let exif = exif(camera);
    let length = u16::try_from(exif.len() + 2).expect("a small block");
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    bytes
}

/// Little-endian TIFF: IFD0 with Make, Orientation and a GPS IFD with latitude and longitude.
fn exif(camera: &str) -> Vec<u8> {
    let mut make = camera.as_bytes().to_vec();
    make.push(0);
    let ifd0 = 8u32;
    let gps = ifd0 + 2 + 3 * 12 + 4;
    let after = gps + 2 + 4 * 12 + 4;
    let make_at = after;
    let latitude_at = make_at + u32::try_from(make.len()).expect("short");
    let longitude_at = latitude_at + 24;
    let mut tiff = b"II*\0".to_vec();
    tiff.extend(ifd0.to_le_bytes());
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = tag.to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes
    };
    tiff.extend(3u16.to_le_bytes());
    tiff.extend(entry(
        0x010f,
        2,
        u32::try_from(make.len()).expect("short"),
        make_at,
    ));
    tiff.extend(entry(0x0112, 3, 1, 1));
    tiff.extend(entry(0x8825, 4, 1, gps));
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(4u16.to_le_bytes());
    tiff.extend(entry(1, 2, 2, u32::from(b'N')));
    tiff.extend(entry(2, 5, 3, latitude_at));
    tiff.extend(entry(3, 2, 2, u32::from(b'E')));
    tiff.extend(entry(4, 5, 3, longitude_at));
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(make);
    for number in [51u32, 1, 20, 1, 25, 1, 12u32, 1, 22, 1, 40, 1] {
        tiff.extend(number.to_le_bytes());
    }
    let mut block = b"Exif\0\0".to_vec();
    block.extend(tiff);
    block
}

/// A small PNG that says it has more pixels than anybody may decode.
#[must_use]
pub fn bomb_png() -> Vec<u8> {
    png_that_claims(60_000, 60_000)
}

/// A small PNG that says it has so many pixels.
#[must_use]
pub fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = plain_png(8);
    // The header's width and height; its checksum is not what a bomb is refused for, so it is
    // made right as well.
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}
