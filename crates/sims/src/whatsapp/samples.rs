//! Files a user may send when a test brings none: small, and valid for the decoders that read them.

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

/// A generated file and its type.
pub struct Sample {
    pub mime: &'static str,
    pub filename: &'static str,
    pub bytes: Vec<u8>,
}

/// The sample for a message type; `seed` varies the content so that hashes differ.
pub fn for_kind(kind: &str, seed: u32) -> Option<Sample> {
    Some(match kind {
        "image" => Sample {
            mime: "image/jpeg",
            filename: "foto.jpg",
            bytes: picture(640, 480, seed, ImageFormat::Jpeg),
        },
        "sticker" => Sample {
            mime: "image/webp",
            filename: "sticker.webp",
            bytes: picture(512, 512, seed, ImageFormat::WebP),
        },
        "audio" | "voice" => Sample {
            mime: "audio/ogg; codecs=opus",
            filename: "sprachnachricht.ogg",
            bytes: silent_voice_note(seed),
        },
        "video" => Sample {
            mime: "video/mp4",
            filename: "video.mp4",
            bytes: empty_mp4(seed),
        },
        "document" => Sample {
            mime: "application/pdf",
            filename: "dokument.pdf",
            bytes: one_page_pdf(seed),
        },
        _ => return None,
    })
}

fn picture(width: u32, height: u32, seed: u32, format: ImageFormat) -> Vec<u8> {
    let [_, red, green, blue] = seed.wrapping_mul(2_654_435_761).to_be_bytes();
    let image = RgbaImage::from_fn(width, height, |x, y| {
        let stripe = if (x / 32 + y / 32) % 2 == 0 { 0 } else { 64 };
        Rgba([
            red.saturating_add(stripe),
            green.saturating_add(stripe),
            blue,
            255,
        ])
    });
    let image = match format {
        ImageFormat::Jpeg => DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(image).to_rgb8()),
        _ => DynamicImage::ImageRgba8(image),
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    image
        .write_to(&mut bytes, format)
        .expect("a plain picture encodes into memory");
    bytes.into_inner()
}

/// A PDF of one page with one line of text; offsets are computed, so strict readers open it.
fn one_page_pdf(seed: u32) -> Vec<u8> {
    let content = format!("BT /F1 24 Tf 72 720 Td (Dokument {seed}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut text = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(text.len());
        text.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = text.len();
    text.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for offset in offsets {
        text.push_str(&format!("{offset:010} 00000 n \n"));
    }
    text.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    text.into_bytes()
}

/// One second of silence as Opus in Ogg (RFC 7845): fifty frames of 20 ms.
fn silent_voice_note(seed: u32) -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    head.extend([1, 1]);
    head.extend(312_u16.to_le_bytes());
    head.extend(48_000_u32.to_le_bytes());
    head.extend([0, 0, 0]);
    let vendor = format!("sim {seed}");
    let mut tags = b"OpusTags".to_vec();
    tags.extend(u32::try_from(vendor.len()).unwrap_or(0).to_le_bytes());
    tags.extend(vendor.as_bytes());
    tags.extend(0_u32.to_le_bytes());
    // A full-band CELT frame that decodes to silence.
    let frame: &[u8] = &[0xf8, 0xff, 0xfe];
    let frames = vec![frame; 50];
    let mut bytes = ogg_page(0x02, 0, seed, 0, &[&head]);
    bytes.extend(ogg_page(0x00, 0, seed, 1, &[&tags]));
    bytes.extend(ogg_page(0x04, 50 * 960, seed, 2, &frames));
    bytes
}

fn ogg_page(flags: u8, granule: u64, serial: u32, sequence: u32, packets: &[&[u8]]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend(serial.to_le_bytes());
    page.extend(sequence.to_le_bytes());
    page.extend([0; 4]);
    page.push(u8::try_from(packets.len()).expect("samples have fewer than 256 packets a page"));
    for packet in packets {
        page.push(u8::try_from(packet.len()).expect("sample packets are shorter than 255 bytes"));
    }
    for packet in packets {
        page.extend(*packet);
    }
    let checksum = ogg_checksum(&page);
    page[22..26].copy_from_slice(&checksum.to_le_bytes());
    page
}

/// CRC-32 with polynomial 0x04c11db7, not reflected, as RFC 3533 asks.
fn ogg_checksum(page: &[u8]) -> u32 {
    page.iter().fold(0_u32, |mut crc, byte| {
        crc ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            crc = if crc & 0x8000_0000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x04c1_1db7
            };
        }
        crc
    })
}

/// An MP4 container that is recognised as such but holds no track.
fn empty_mp4(seed: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut add = |kind: &[u8; 4], payload: &[u8]| {
        bytes.extend(u32::try_from(payload.len() + 8).unwrap_or(8).to_be_bytes());
        bytes.extend(kind);
        bytes.extend(payload);
    };
    add(b"ftyp", b"isom\0\0\x02\0isomiso2mp41");
    add(b"free", &seed.to_be_bytes());
    add(b"mdat", &[]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{for_kind, ogg_checksum};

    #[test]
    fn pictures_decode_to_their_size() {
        for (kind, size) in [("image", (640, 480)), ("sticker", (512, 512))] {
            let sample = for_kind(kind, 7).expect(kind);
            let decoded = image::load_from_memory(&sample.bytes).expect(kind);
            assert_eq!((decoded.width(), decoded.height()), size);
        }
    }

    #[test]
    fn every_ogg_page_has_a_right_checksum() {
        let bytes = for_kind("voice", 3).expect("voice").bytes;
        let starts: Vec<usize> = (0..bytes.len() - 4)
            .filter(|at| &bytes[*at..at + 4] == b"OggS")
            .collect();
        assert_eq!(starts.len(), 3);
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(bytes.len());
            let mut page = bytes[*start..end].to_vec();
            let stored = u32::from_le_bytes(page[22..26].try_into().expect("four bytes"));
            page[22..26].fill(0);
            assert_eq!(ogg_checksum(&page), stored);
        }
    }

    #[test]
    fn seeds_change_the_bytes() {
        for kind in ["image", "sticker", "voice", "video", "document"] {
            let of = |seed| for_kind(kind, seed).expect(kind).bytes;
            assert_ne!(of(1), of(2), "{kind}");
        }
        assert!(for_kind("text", 1).is_none());
    }
}
