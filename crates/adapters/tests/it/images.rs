//! Pictures with something hidden in them.

use std::io::Cursor;

use adapters::images::{CleanImage, ImageError, Images, clean, sniff};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

const CANARY: &[u8] = b"canary: Leipzig, 51.34 N";

/// 32 × 16, red on the left and blue on the right.
fn two_colours() -> RgbImage {
    RgbImage::from_fn(32, 16, |x, _| {
        if x < 16 {
            Rgb([220, 20, 20])
        } else {
            Rgb([20, 20, 220])
        }
    })
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(two_colours())
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

/// TIFF data with an orientation and the canary as the camera's name.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend_from_slice(&[0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend_from_slice(&[0x10, 1, 2, 0, CANARY.len() as u8, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend_from_slice(&[0, 0, 0, 0]);
    exif.extend_from_slice(CANARY);
    exif
}

fn jpeg_with_exif(orientation: u8) -> Vec<u8> {
    let plain = encoded(ImageFormat::Jpeg);
    let payload = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &payload, &plain[2..]].concat()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn cleaned(bytes: &[u8]) -> CleanImage {
    assert!(contains(bytes, CANARY), "the test hides nothing");
    let image = clean(bytes).unwrap();
    assert!(!contains(&image.bytes, CANARY), "the canary came through");
    assert_eq!(sniff(&image.bytes), Some(image.mime));
    image
}

fn pixel(image: &CleanImage, x: u32, y: u32) -> &'static str {
    let picture = image::load_from_memory(&image.bytes).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (image.width, image.height));
    let Rgb([red, _, blue]) = *picture.get_pixel(x, y);
    if red > blue { "red" } else { "blue" }
}

// Case: FI07
#[test]
fn a_photo_loses_its_story_and_stands_upright() {
    let upright = cleaned(&jpeg_with_exif(1));
    assert_eq!(
        (upright.mime, upright.width, upright.height),
        ("image/jpeg", 32, 16)
    );
    assert_eq!(
        (pixel(&upright, 2, 8), pixel(&upright, 29, 8)),
        ("red", "blue")
    );
    // Taken with the phone on its side: left becomes top.
    let turned = cleaned(&jpeg_with_exif(6));
    assert_eq!((turned.width, turned.height), (16, 32));
    assert_eq!(
        (pixel(&turned, 8, 2), pixel(&turned, 8, 29)),
        ("red", "blue")
    );
    let upside_down = cleaned(&jpeg_with_exif(3));
    assert_eq!(
        (pixel(&upside_down, 2, 8), pixel(&upside_down, 29, 8)),
        ("blue", "red")
    );
}

// Case: FI07
#[test]
fn a_png_loses_its_texts() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 32, 16);
    encoder.set_color(png::ColorType::Rgb);
    let canary = String::from_utf8(CANARY.to_vec()).unwrap();
    encoder.add_text_chunk("Author".to_owned(), canary).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(two_colours().as_raw()).unwrap();
    writer.finish().unwrap();
    let image = cleaned(&bytes);
    assert_eq!(
        (image.mime, image.width, image.height),
        ("image/png", 32, 16)
    );
    assert_eq!(
        (pixel(&image, 0, 0), pixel(&image, 31, 15)),
        ("red", "blue")
    );
}

/// Two frames, a loop, and in between a comment and another program's data.
fn gif_with_secrets() -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        encoder
            .set_repeat(image::codecs::gif::Repeat::Infinite)
            .unwrap();
        for _ in 0..2 {
            let frame = DynamicImage::from(two_colours()).to_rgba8();
            encoder.encode_frame(image::Frame::new(frame)).unwrap();
        }
    }
    let mut hidden = vec![0x21, 0xfe, CANARY.len() as u8];
    hidden.extend_from_slice(CANARY);
    hidden.push(0);
    hidden.extend_from_slice(b"\x21\xff\x0bXMP DataXMP");
    hidden.push(CANARY.len() as u8);
    hidden.extend_from_slice(CANARY);
    hidden.push(0);
    let end = bytes.len() - 1;
    bytes.splice(end..end, hidden);
    // And something behind the end.
    bytes.extend_from_slice(CANARY);
    bytes
}

fn frames(bytes: &[u8]) -> usize {
    use image::AnimationDecoder as _;
    match sniff(bytes) {
        Some("image/gif") => image::codecs::gif::GifDecoder::new(Cursor::new(bytes))
            .unwrap()
            .into_frames()
            .collect_frames()
            .unwrap()
            .len(),
        _ => image::codecs::webp::WebPDecoder::new(Cursor::new(bytes))
            .unwrap()
            .into_frames()
            .collect_frames()
            .unwrap()
            .len(),
    }
}

#[test]
fn a_gif_keeps_its_frames_and_loop_only() {
    let image = cleaned(&gif_with_secrets());
    assert_eq!(
        (image.mime, image.width, image.height),
        ("image/gif", 32, 16)
    );
    assert_eq!(frames(&image.bytes), 2);
    assert!(contains(&image.bytes, b"NETSCAPE2.0"));
    assert_eq!(
        clean(&image.bytes).unwrap(),
        image,
        "cleaning twice is cleaning once"
    );
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
    chunk.extend_from_slice(body);
    if body.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

/// The extended form around plain chunks.
fn webp(flags: u8, chunks: &[Vec<u8>]) -> Vec<u8> {
    let extended = [flags, 0, 0, 0, 31, 0, 0, 15, 0, 0];
    let body = [chunk(b"VP8X", &extended), chunks.concat()].concat();
    let length = u32::try_from(body.len() + 4).unwrap().to_le_bytes();
    [b"RIFF".as_slice(), &length, b"WEBP", &body].concat()
}

/// The chunk that holds the pixels.
fn webp_pixels() -> Vec<u8> {
    encoded(ImageFormat::WebP)[12..].to_vec()
}

#[test]
fn a_webp_keeps_its_pixels_only() {
    let secrets = [
        webp_pixels(),
        chunk(b"EXIF", &exif(1)),
        chunk(b"XMP ", CANARY),
        chunk(b"NOTE", CANARY),
    ];
    let image = cleaned(&webp(0x08 | 0x04, &secrets));
    assert_eq!(
        (image.mime, image.width, image.height),
        ("image/webp", 32, 16)
    );
    assert_eq!(
        (pixel(&image, 0, 0), pixel(&image, 31, 15)),
        ("red", "blue")
    );
    assert!(
        contains(&image.bytes, &webp_pixels()),
        "the pixels were written anew"
    );
}

#[test]
fn a_turned_webp_is_turned_for_good() {
    let image = cleaned(&webp(0x08, &[webp_pixels(), chunk(b"EXIF", &exif(6))]));
    assert_eq!(
        (image.mime, image.width, image.height),
        ("image/webp", 16, 32)
    );
    assert_eq!((pixel(&image, 8, 2), pixel(&image, 8, 29)), ("red", "blue"));
}

#[test]
fn an_animated_webp_keeps_its_frames() {
    let frame = |secret: &[u8]| {
        let head = [0, 0, 0, 0, 0, 0, 31, 0, 0, 15, 0, 0, 100, 0, 0, 0];
        let body = [&head[..], &webp_pixels(), &chunk(b"NOTE", secret)].concat();
        chunk(b"ANMF", &body)
    };
    let chunks = [
        chunk(b"ANIM", &[0; 6]),
        frame(CANARY),
        frame(CANARY),
        chunk(b"EXIF", &exif(6)),
    ];
    let image = cleaned(&webp(0x08 | 0x02, &chunks));
    assert_eq!((image.width, image.height), (32, 16));
    assert_eq!(frames(&image.bytes), 2);
}

// Case: FI02
#[test]
fn bombs_are_refused_before_they_are_opened() {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 60_000, 60_000);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, &[0; 8]).unwrap();
    drop(writer);
    assert_eq!(clean(&png), Err(ImageError::TooManyPixels));
    let mut gif = b"GIF89a".to_vec();
    gif.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0]);
    assert_eq!(clean(&gif), Err(ImageError::TooManyPixels));
    let mut large = webp(0, &[webp_pixels()]);
    large[24..30].copy_from_slice(&[0xff; 6]);
    assert!(clean(&large).is_err());
}

/// A PNG of one colour, as small as it gets.
fn plain_png(sides: (u32, u32), depth: png::BitDepth) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, sides.0, sides.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    let row = vec![
        0;
        sides.0 as usize
            * if depth == png::BitDepth::Sixteen {
                6
            } else {
                3
            }
    ];
    let mut stream = writer.stream_writer().unwrap();
    for _ in 0..sides.1 {
        std::io::Write::write_all(&mut stream, &row).unwrap();
    }
    stream.finish().unwrap();
    writer.finish().unwrap();
    bytes
}

// Case: FI02
#[test]
fn memory_counts_and_not_only_pixels() {
    // 30 million pixels are a large photo, and twice as much with two bytes a colour.
    let deep = plain_png((6_000, 5_000), png::BitDepth::Sixteen);
    assert!(deep.len() < 1_000_000, "it is a bomb: {}", deep.len());
    assert_eq!(clean(&deep), Err(ImageError::TooManyPixels));
    let plain = plain_png((3_000, 2_000), png::BitDepth::Eight);
    assert_eq!(clean(&plain).unwrap().width, 3_000);
}

// Case: FI02
#[test]
fn what_a_png_says_beside_its_picture_is_not_even_inflated() {
    let picture = plain_png((32, 16), png::BitDepth::Eight);
    let chunk = |name: &[u8; 4], body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        // The checksum is wrong, and nobody looks: the chunk goes before the decoder comes.
        [&length, &name[..], body, &[0; 4]].concat()
    };
    let after_head = 8 + 25;
    for name in [b"zTXt", b"iTXt", b"tEXt", b"tIME", b"fdAT", b"prVt"] {
        let odd = chunk(name, &[0x78; 40_000]);
        let file = [&picture[..after_head], &odd, &picture[after_head..]].concat();
        let image = clean(&file).unwrap();
        assert_eq!((image.width, image.height), (32, 16));
    }
    let profile = chunk(b"iCCP", &[0x78; 200_000]);
    let file = [&picture[..after_head], &profile, &picture[after_head..]].concat();
    assert!(clean(&file).is_ok(), "no honest profile is so large");
}

// Case: FI02
#[test]
fn animations_have_an_end() {
    let head = b"GIF89a\x10\0\x10\0\0\0\0";
    let frame = [0x2c, 0, 0, 0, 0, 16, 0, 16, 0, 0, 2, 1, 0, 0];
    let gif = |frames: usize| [&head[..], &frame.repeat(frames), &[0x3b]].concat();
    assert!(clean(&gif(1_000)).is_ok());
    assert_eq!(clean(&gif(1_001)), Err(ImageError::TooManyPixels));
    let large = [0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 1, 0, 0];
    let gif = [&head[..], &large, &[0x3b]].concat();
    assert_eq!(clean(&gif), Err(ImageError::TooManyPixels));
    let frame = |side: u8| {
        let head = [0, 0, 0, 0, 0, 0, 0, side, 0, 0, side, 0, 100, 0, 0, 0];
        chunk(b"ANMF", &[&head[..], &webp_pixels()].concat())
    };
    let animation = |side, count| {
        let frames = vec![frame(side); count];
        webp(0x02, &[vec![chunk(b"ANIM", &[0; 6])], frames].concat())
    };
    assert!(clean(&animation(0, 1_000)).is_ok());
    assert_eq!(clean(&animation(0, 1_001)), Err(ImageError::TooManyPixels));
    assert_eq!(clean(&animation(0xff, 1)), Err(ImageError::TooManyPixels));
}

#[test]
fn what_is_no_picture_is_no_picture() {
    for other in [
        &b""[..],
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<html>\xff\xd8\xff",
        b"%PDF-1.7",
    ] {
        assert_eq!(clean(other), Err(ImageError::Unsupported));
    }
}

// Case: FI10
/// Every cut of a file is an error or a picture, never a panic.
#[test]
fn cut_files_are_damaged_and_not_dangerous() {
    let files = [
        jpeg_with_exif(6),
        encoded(ImageFormat::Png),
        gif_with_secrets(),
        webp(0x08, &[webp_pixels(), chunk(b"EXIF", &exif(1))]),
    ];
    for file in files {
        let mut refused = 0;
        for end in 0..file.len() {
            match clean(&file[..end]) {
                Ok(image) => assert!(!contains(&image.bytes, CANARY)),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > file.len() / 4, "{refused} of {}", file.len());
    }
}

#[tokio::test]
async fn pictures_are_cleaned_off_the_runtime() {
    let images = Images::new(1);
    let (one, two) = tokio::join!(
        images.clean(jpeg_with_exif(1).into()),
        images.clean(gif_with_secrets().into()),
    );
    assert_eq!(one.unwrap().mime, "image/jpeg");
    assert_eq!(two.unwrap().mime, "image/gif");
}
