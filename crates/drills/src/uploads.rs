//! Pictures that teammates bring, and customers who watch: what costs a server memory.

use std::io::Cursor;
use std::sync::OnceLock;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;

use crate::client::{Told, Who};
use crate::dice::Dice;
use crate::error::{Result, failed};
use crate::round::Round;
use crate::watch::{Socket, open};

const WIDTH: u32 = 2_400;
const HEIGHT: u32 = 1_800;

/// A picture of a few megabytes; noise, so that nothing of it can be packed.
fn noise() -> &'static [u8] {
    static NOISE: OnceLock<Vec<u8>> = OnceLock::new();
    NOISE.get_or_init(|| {
        let mut dice = Dice::new(1);
        let picture = RgbImage::from_fn(WIDTH, HEIGHT, |_, _| {
            let [red, green, blue, ..] = dice.roll().to_be_bytes();
            Rgb([red, green, blue])
        });
        let mut bytes = Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, ImageFormat::Jpeg)
            .expect("a picture can be written into memory");
        bytes.into_inner()
    })
}

/// A teammate brings a picture.
pub async fn picture(round: &Round<'_>, number: usize) -> Told {
    let path = format!("/api/v1/attachments?name=picture-{number}.jpg");
    let who = round.teammate(number);
    round.client.bring(&path, &who, "image/jpeg", noise()).await
}

/// Customers who came, wrote nothing and watch.
///
/// # Errors
/// When they are not let in.
pub async fn watchers(round: &Round<'_>, count: u64) -> Result<Vec<Socket>> {
    let mut sockets = Vec::new();
    for number in 0..count {
        let address = format!("203.0.{}.{}", 113 + number / 2_500, 1 + number / 10 % 250);
        let stranger = Who::Stranger {
            address: address.clone(),
        };
        let entry = json!({ "entry": round.place.people.slug, "locale": "de" });
        let asked =
            round
                .client
                .call_for_cookie("POST", "/chat/v1/sessions", &stranger, Some(&entry));
        let (told, cookie) = asked.await;
        told.good("arriving")?;
        let cookie = cookie.ok_or_else(|| failed("arriving", "there is no cookie"))?;
        let who = Who::Visitor { cookie, address };
        sockets.push(open(&round.client.base, &who, None).await?);
    }
    Ok(sockets)
}
