//! Files: in which form one travels, and where it stands in the body. What does not fit its own
//! form travels as a document, which takes any type and the largest size.

use domain::channel::MediaKind;
use domain::delivery::FailureClass;
use domain::limits::FILE_NAME_CHARS_MAX;
use domain::{AttachmentId, Pii};
use ports::{Refusal, Upload};
use serde_json::{Map, Value, json};

use super::refuse;
use crate::whatsapp::capabilities::{STICKER_STILL_BYTES_MAX, WHATSAPP};
use crate::whatsapp::errors::own;

/// The file a plan needs.
pub(in super::super) struct FilePlan {
    pub(in super::super) attachment: AttachmentId,
    pub(super) wanted: MediaKind,
    pub(super) place: Place,
}

pub(in super::super) enum Place {
    /// The file is the message.
    Message { caption: Option<String> },
    /// The file is the header of a template.
    TemplateHeader,
}

/// A file the provider now keeps for us.
pub(in super::super) struct Uploaded {
    pub(in super::super) form: Form,
    pub(in super::super) media_id: String,
    pub(in super::super) name: Pii<String>,
}

/// How a file appears on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Form {
    Image,
    Video,
    Audio,
    Voice,
    Sticker,
    Document,
}

impl Form {
    const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio | Self::Voice => "audio",
            Self::Sticker => "sticker",
            Self::Document => "document",
        }
    }

    const fn of(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Image => Self::Image,
            MediaKind::Video => Self::Video,
            MediaKind::Audio => Self::Audio,
            MediaKind::Voice => Self::Voice,
            MediaKind::Sticker => Self::Sticker,
            MediaKind::File => Self::Document,
        }
    }
}

/// The best form in which this file fits and nothing of the message is lost: a recording or a
/// sticker with a caption goes as a document, because only that carries both.
///
/// # Errors
/// When it is too large for every form.
pub(in super::super) fn file_form(plan: &FilePlan, file: &Upload) -> Result<Form, Refusal> {
    let mime = essence(&file.mime);
    let (candidates, captioned) = match &plan.place {
        Place::Message { caption } => {
            let candidates = match plan.wanted {
                MediaKind::Voice => vec![MediaKind::Voice, MediaKind::Audio, MediaKind::File],
                kind => vec![kind, MediaKind::File],
            };
            (candidates, caption.is_some())
        }
        // The template fixed its form when it was approved; the type says which it must be.
        Place::TemplateHeader => (
            vec![MediaKind::Image, MediaKind::Video, MediaKind::File],
            false,
        ),
    };
    candidates
        .into_iter()
        .find(|kind| fits(*kind, &mime, file, captioned))
        .map(Form::of)
        .ok_or_else(|| refuse(own::FILE_TOO_LARGE, FailureClass::Request))
}

fn fits(kind: MediaKind, mime: &str, file: &Upload, captioned: bool) -> bool {
    let still_too_large = kind == MediaKind::Sticker
        && file.bytes.len() > STICKER_STILL_BYTES_MAX
        && !is_animated_webp(&file.bytes);
    !still_too_large
        && WHATSAPP
            .media_rule(kind, mime)
            .is_some_and(|rule| file.bytes.len() <= rule.max_bytes && (rule.caption || !captioned))
}

/// The type without parameters, in lower case.
pub(in super::super) fn essence(mime: &str) -> String {
    let bare = mime.split(';').next().unwrap_or("").trim();
    if bare.is_empty() {
        "application/octet-stream".to_owned()
    } else {
        bare.to_ascii_lowercase()
    }
}

/// An extended WebP says in its flags whether it moves.
fn is_animated_webp(bytes: &[u8]) -> bool {
    const ANIMATION: u8 = 0b10;
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & ANIMATION != 0)
}

/// A name as it may be shown: one line, no path.
pub(in super::super) fn shown_name(name: &Pii<String>) -> String {
    let last = name.expose().rsplit(['/', '\\']).next().unwrap_or("");
    let clean: String = last
        .chars()
        .filter(|character| !character.is_control() && *character != '"')
        .take(FILE_NAME_CHARS_MAX)
        .collect();
    if clean.trim().is_empty() {
        "file".to_owned()
    } else {
        clean
    }
}

impl FilePlan {
    pub(super) fn place_into(
        self,
        body: &mut Map<String, Value>,
        uploaded: &Uploaded,
    ) -> Result<(), Refusal> {
        let word = uploaded.form.word();
        let mut object = Map::new();
        object.insert("id".into(), uploaded.media_id.as_str().into());
        if uploaded.form == Form::Document {
            object.insert("filename".into(), shown_name(&uploaded.name).into());
        }
        match self.place {
            Place::Message { caption } => {
                if let Some(caption) = caption {
                    object.insert("caption".into(), caption.into());
                }
                if uploaded.form == Form::Voice {
                    object.insert("voice".into(), true.into());
                }
                body.insert("type".into(), word.into());
                body.insert(word.into(), Value::Object(object));
                Ok(())
            }
            Place::TemplateHeader => {
                let components = body
                    .get_mut("template")
                    .and_then(|template| template.get_mut("components"))
                    .and_then(Value::as_array_mut)
                    .ok_or_else(|| refuse(own::TEMPLATE_UNFIT, FailureClass::Template))?;
                let header = json!({
                    "type": "header",
                    "parameters": [{"type": word, word: object}],
                });
                components.insert(0, header);
                Ok(())
            }
        }
    }
}
