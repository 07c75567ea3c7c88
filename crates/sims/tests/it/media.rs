//! Media: upload, two-step download, expiry, ownership.

use base64::Engine;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::harness::{ANNA, PHONE, Stage, TOKEN, answer, code, message_id};

async fn upload(stage: &Stage, mime: &str, bytes: Vec<u8>) -> crate::harness::Answer {
    let part = Part::bytes(bytes)
        .file_name("datei")
        .mime_str(mime)
        .expect("a MIME type");
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", mime.to_owned())
        .part("file", part);
    let request = stage
        .request("POST", &format!("/v25.0/{PHONE}/media"))
        .multipart(form);
    answer(request.send().await.expect("an answer")).await
}

/// Fetches the path of a download URL, with the token or without.
async fn fetch(stage: &Stage, url: &str, with_token: bool) -> (u16, Vec<u8>) {
    let path = url
        .strip_prefix(stage.url())
        .expect("URLs lead to the simulator");
    let token = if with_token { TOKEN } else { "nobody" };
    let request = stage.request_as(token, "GET", path);
    let response = request.send().await.expect("an answer");
    (
        response.status().as_u16(),
        response.bytes().await.expect("bytes").to_vec(),
    )
}

#[tokio::test]
async fn uploaded_bytes_come_back_in_two_steps() {
    let stage = Stage::open().await;
    let (status, uploaded) = upload(&stage, "image/png", vec![1, 2, 3]).await;
    assert_eq!(status, 200, "{uploaded}");
    let id = uploaded["id"].as_str().expect("an id");
    let (_, shown) = stage.graph("GET", id, None).await;
    assert_eq!(shown["file_size"], 3);
    assert_eq!(
        shown["sha256"],
        "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"
    );
    let url = shown["url"].as_str().expect("a URL").to_owned();
    assert_eq!(fetch(&stage, &url, true).await, (200, vec![1, 2, 3]));
    let (status, deleted) = stage.graph("DELETE", id, None).await;
    assert_eq!((status, deleted), (200, json!({"success": true})));
    assert_eq!(code(&stage.graph("GET", id, None).await), 100);
    assert_eq!(fetch(&stage, &url, true).await.0, 404);
}

#[tokio::test]
async fn downloads_need_the_token_and_a_live_url() {
    let stage = Stage::open().await;
    let reply = stage
        .sim("inbound", json!({"from": ANNA, "type": "voice"}))
        .await;
    let id = reply["media_id"].as_str().expect("an id");
    let (_, shown) = stage.graph("GET", id, None).await;
    let url = shown["url"].as_str().expect("a URL").to_owned();
    assert_eq!(fetch(&stage, &url, false).await.0, 401);
    assert_eq!(fetch(&stage, &url, true).await.0, 200);
    stage.sim("clock", json!({"advance_ms": 5 * 60_000})).await;
    assert_eq!(fetch(&stage, &url, true).await.0, 404);
    let (_, again) = stage.graph("GET", id, None).await;
    let fresh = again["url"].as_str().expect("a URL").to_owned();
    assert_ne!(fresh, url);
    assert_eq!(fetch(&stage, &fresh, true).await.0, 200);
    stage.sim("faults", json!({"expire_media": true})).await;
    assert_eq!(fetch(&stage, &fresh, true).await.0, 404);
}

#[tokio::test]
async fn received_media_dies_after_seven_days_uploaded_after_thirty() {
    let stage = Stage::open().await;
    let reply = stage
        .sim("inbound", json!({"from": ANNA, "type": "document"}))
        .await;
    let received = reply["media_id"].as_str().expect("an id").to_owned();
    let (_, answer) = upload(&stage, "image/png", vec![9]).await;
    let uploaded = answer["id"].as_str().expect("an id").to_owned();
    let day = 24 * 3_600_000_i64;
    stage.sim("clock", json!({"advance_ms": 7 * day})).await;
    assert_eq!(code(&stage.graph("GET", &received, None).await), 100);
    assert_eq!(stage.graph("GET", &uploaded, None).await.0, 200);
    stage.sim("clock", json!({"advance_ms": 23 * day})).await;
    assert_eq!(code(&stage.graph("GET", &uploaded, None).await), 100);
}

#[tokio::test]
async fn callbacks_name_the_hash_of_what_is_downloaded() {
    let stage = Stage::open().await;
    let placed = stage.sim("media?kind=sticker", json!(null)).await;
    assert_eq!(
        placed["mime_type"], "application/json",
        "a body is taken as it is"
    );
    let response = stage
        .request("POST", "/_sim/media?kind=sticker")
        .send()
        .await
        .expect("answer");
    let (_, placed) = answer(response).await;
    assert_eq!(placed["mime_type"], "image/webp");
    stage
        .sim(
            "inbound",
            json!({"from": ANNA, "type": "sticker", "media_id": placed["id"], "with_url": true}),
        )
        .await;
    stage.flush().await;
    let sticker = stage.receiver.items("messages").remove(0)["sticker"].clone();
    let url = sticker["url"].as_str().expect("a URL");
    let (_, bytes) = fetch(&stage, url, true).await;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
    let base64 = base64::engine::general_purpose::STANDARD.encode(digest.as_ref());
    assert_eq!(sticker["sha256"], json!(base64));
    stage.sim("faults", json!({"corrupt_media": 1})).await;
    assert_ne!(fetch(&stage, url, true).await.1, bytes);
    assert_eq!(fetch(&stage, url, true).await.1, bytes);
}

#[tokio::test]
async fn uploads_and_uses_are_checked() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    assert_eq!(
        code(&upload(&stage, "application/x-msdownload", vec![1]).await),
        100
    );
    let too_large = vec![0; 5 * 1024 * 1024 + 1];
    assert_eq!(
        code(&upload(&stage, "image/jpeg", too_large).await),
        131_053
    );
    let unknown = json!({"to": ANNA, "type": "image", "image": {"id": "123"}});
    assert_eq!(code(&stage.send(unknown).await), 100);
    let (_, pdf) = upload(&stage, "application/pdf", vec![1]).await;
    // A wrong kind is taken and fails afterwards.
    let wrong = stage
        .send(json!({"to": ANNA, "type": "image", "image": {"id": pdf["id"]}}))
        .await;
    message_id(&wrong);
    let dead =
        json!({"to": ANNA, "type": "image", "image": {"link": "https://bild.invalid/a.jpg"}});
    message_id(&stage.send(dead).await);
    stage.flush().await;
    let failed = stage.receiver.items("statuses");
    assert_eq!(failed.len(), 2);
    assert!(
        failed
            .iter()
            .all(|status| status["errors"][0]["code"] == 131_053)
    );
}
