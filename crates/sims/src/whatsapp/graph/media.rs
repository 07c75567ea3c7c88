//! Media: upload, the two-step download, deletion, and the resumable upload of sample pictures.

use aws_lc_rs::digest;
use axum::body::Body;
use axum::response::Response;
use http::{StatusCode, header};
use serde_json::json;

use super::call::Call;
use super::check::Check;
use super::content::media_rule;
use super::error::GraphError;
use super::{Answer, authenticate};
use crate::whatsapp::callbacks::body::hex;
use crate::whatsapp::sim::{Sim, State};
use crate::whatsapp::world::{Media, MediaUrl, Phone, Upload};

/// Types the upload endpoint takes; anything else may only be sent as a document of a listed type.
const UPLOAD_TYPES: &[&str] = &[
    "audio/aac",
    "audio/mp4",
    "audio/mpeg",
    "audio/amr",
    "audio/ogg",
    "audio/opus",
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "text/plain",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/3gpp",
];

/// `POST /{phone}/media`.
pub fn upload(state: &mut State, phone: &Phone, call: &Call, now_ms: i64) -> Check<Answer> {
    if call.param("messaging_product").as_deref() != Some("whatsapp") {
        return Err(GraphError::new(
            100,
            "The parameter messaging_product is required.",
        ));
    }
    let file = call
        .files
        .get("file")
        .ok_or_else(|| GraphError::missing("file"))?;
    let mime = file
        .mime
        .clone()
        .filter(|mime| mime != "application/octet-stream")
        .or_else(|| call.param("type"))
        .unwrap_or_default();
    let bare = mime.split(';').next().unwrap_or("").trim().to_lowercase();
    if !UPLOAD_TYPES.contains(&bare.as_str()) {
        return Err(GraphError::new(
            100,
            format!(
                "Param file must be a file with one of the following types: {}. Received file of type '{mime}'.",
                UPLOAD_TYPES.join(", ")
            ),
        ));
    }
    let max = ["image", "video", "audio", "sticker", "document"]
        .iter()
        .find_map(|kind| media_rule(kind, &bare))
        .unwrap_or(0);
    if file.bytes.is_empty() || file.bytes.len() > max {
        return Err(GraphError::new(
            131_053,
            format!(
                "A file of {} bytes is not within 1 and {max} bytes",
                file.bytes.len()
            ),
        ));
    }
    let ttl_ms = match call.param("ttl_minutes").map(|text| text.parse::<i64>()) {
        None => state.world.limits.media_uploaded_ms,
        Some(Ok(minutes)) if (60..=43_200).contains(&minutes) => minutes * 60_000,
        Some(_) => return Err(GraphError::value("ttl_minutes", "must be 60 to 43200")),
    };
    let id = state.world.new_graph_id();
    let media = Media {
        id: id.clone(),
        phone_id: phone.id.clone(),
        mime,
        filename: file.filename.clone(),
        bytes: file.bytes.to_vec(),
        expires_ms: now_ms + ttl_ms,
        url: None,
        received: false,
    };
    state.world.media.insert(id.clone(), media);
    Ok(Answer::json(json!({"id": id})))
}

/// `GET` and `DELETE /{media_id}`.
pub fn by_id(state: &mut State, base_url: &str, call: &Call, now_ms: i64) -> Check<Answer> {
    let id = call.segment(0).to_owned();
    let unknown = || GraphError::unknown_object(&id, call.method.as_str());
    let asked_phone = call.param("phone_number_id");
    let media = state
        .world
        .media
        .get(&id)
        .filter(|media| media.expires_ms > now_ms)
        .filter(|media| {
            asked_phone
                .as_ref()
                .is_none_or(|phone| *phone == media.phone_id)
        })
        .ok_or_else(unknown)?;
    match call.method.as_str() {
        "DELETE" => {
            state.world.media.remove(&id);
            Ok(Answer::json(json!({"success": true})))
        }
        "GET" => {
            let (mime, size, sha256) = (
                media.mime.clone(),
                media.bytes.len(),
                hex(sha256(&media.bytes).as_ref()),
            );
            let url = issue_url(state, base_url, &id, now_ms).ok_or_else(unknown)?;
            Ok(Answer::json(json!({
                "url": url,
                "mime_type": mime,
                "sha256": sha256,
                "file_size": size,
                "id": id,
                "messaging_product": "whatsapp",
            })))
        }
        _ => Err(unknown()),
    }
}

pub fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

/// Hands out a fresh download URL; the ones before stop working.
pub fn issue_url(state: &mut State, base_url: &str, id: &str, now_ms: i64) -> Option<String> {
    let salt = state.world.new_graph_id();
    let expires_ms = now_ms + state.world.limits.media_url_ms;
    let media = state.world.media.get_mut(id)?;
    let hash = hex(&sha256(format!("{id}:{salt}").as_bytes()).as_ref()[..12]);
    media.url = Some(MediaUrl {
        hash: hash.clone(),
        expires_ms,
    });
    let ext = expires_ms.div_euclid(1000);
    Some(format!(
        "{base_url}/whatsapp_business/attachments/?mid={id}&ext={ext}&hash={hash}"
    ))
}

/// The second step of a download: the bytes, for the right token, while the URL lives.
pub fn download(sim: &Sim, call: &Call) -> Response {
    let mut state = sim.state();
    let now_ms = sim.clock.now_ms();
    let refusal = |status| {
        Response::builder()
            .status(status)
            .body(Body::empty())
            .expect("a bare status is a response")
    };
    let Ok(token) = authenticate(&state.world, call) else {
        return refusal(StatusCode::UNAUTHORIZED);
    };
    let id = call.query.get("mid").cloned().unwrap_or_default();
    let found = state.world.media.get(&id).filter(|media| {
        media.expires_ms > now_ms
            && media.url.as_ref().is_some_and(|url| {
                url.expires_ms > now_ms && Some(&url.hash) == call.query.get("hash")
            })
    });
    let Some(media) = found else {
        return refusal(StatusCode::NOT_FOUND);
    };
    let may = state
        .world
        .phones
        .get(&media.phone_id)
        .is_some_and(|phone| token.waba_ids.contains(&phone.waba_id));
    if !may {
        return refusal(StatusCode::UNAUTHORIZED);
    }
    let (mime, mut bytes, name) = (
        media.mime.clone(),
        media.bytes.clone(),
        media.filename.clone(),
    );
    if state.faults.corrupt_media > 0 {
        state.faults.corrupt_media -= 1;
        bytes.iter_mut().for_each(|byte| *byte ^= 0x55);
    }
    let mut response = Response::builder().header(header::CONTENT_TYPE, mime);
    if let Some(name) = name.filter(|name| name.is_ascii() && !name.contains(['"', '\r', '\n'])) {
        response = response.header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        );
    }
    response
        .body(Body::from(bytes))
        .unwrap_or_else(|_| refusal(StatusCode::INTERNAL_SERVER_ERROR))
}

/// `POST /{app}/uploads`: opens a resumable upload.
pub fn open_upload(state: &mut State, call: &Call) -> Check<Answer> {
    let length = call
        .param("file_length")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| GraphError::missing("file_length"))?;
    let mime = call
        .param("file_type")
        .ok_or_else(|| GraphError::missing("file_type"))?;
    let id = format!("upload:{}", state.world.new_graph_id());
    state.world.uploads.insert(
        id.clone(),
        Upload {
            length,
            mime,
            bytes: Vec::new(),
        },
    );
    Ok(Answer::json(json!({"id": id})))
}

/// `POST /upload:…` with a `file_offset` header, and `GET /upload:…`.
pub fn resume_upload(state: &mut State, call: &Call) -> Check<Answer> {
    let id = call.segment(0);
    let upload = state
        .world
        .uploads
        .get_mut(id)
        .ok_or_else(|| GraphError::unknown_object(id, call.method.as_str()))?;
    if call.method == http::Method::GET {
        return Ok(Answer::json(
            json!({"id": id, "file_offset": upload.bytes.len()}),
        ));
    }
    let offset: usize = call
        .headers
        .get("file_offset")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| GraphError::missing("file_offset"))?;
    if offset != upload.bytes.len() || offset + call.raw.len() > upload.length {
        return Err(GraphError::value(
            "file_offset",
            "does not continue the upload",
        ));
    }
    upload.bytes.extend_from_slice(&call.raw);
    let handle = hex(&sha256(&upload.bytes).as_ref()[..16]);
    Ok(Answer::json(json!({"h": format!("4::{handle}")})))
}
