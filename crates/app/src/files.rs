//! Files: taken in, cleaned, sealed, handed out.

use adapters::images::{ImageError, sniff};
use bytes::Bytes;
use domain::access::{Access, Actor};
use domain::channel::MediaKind;
use domain::naming::{is_blank, plain_line};
use domain::{AttachmentId, ContactId, Pii, limits};
use store::{AttachmentState, NewAttachment, StoredAttachment, Unit};

use crate::file_reader::FileReader;
use crate::{App, AppError, Once};

/// Who brings a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploader {
    Teammate(domain::TeammateId),
    Contact(ContactId),
}

impl Uploader {
    pub(crate) const fn bytes(self) -> [u8; 16] {
        match self {
            Self::Teammate(id) => id.bytes(),
            Self::Contact(id) => id.bytes(),
        }
    }
}

pub struct UploadInput {
    pub name: Option<Pii<String>>,
    /// What the sender says it is. The bytes have the last word where they speak.
    pub mime: Option<String>,
    /// Recorded as a voice note.
    pub voice: bool,
    pub bytes: Bytes,
}

/// A file as it is handed out.
pub struct FileContent {
    pub attachment: StoredAttachment,
    pub reader: FileReader,
}

/// A file after cleaning: what it really is, without what it tells about its maker.
pub(crate) struct CleanFile {
    pub(crate) bytes: Bytes,
    pub(crate) mime: String,
    pub(crate) kind: MediaKind,
    pub(crate) dimensions: Option<(u32, u32)>,
}

/// Types a browser may show or play inside a page; everything else is only downloaded.
const SHOWN_TYPES: [&str; 15] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
    "video/3gpp",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/amr",
    "audio/ogg",
    "audio/webm",
    "audio/wav",
];

/// A plain MIME type: letters, digits and the few signs a type may carry, no parameters.
#[must_use]
pub fn plain_mime(declared: &str) -> Option<String> {
    let mime = declared.split(';').next()?.trim().to_ascii_lowercase();
    let part = |text: &str| {
        !text.is_empty()
            && text.len() <= 80
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-._".contains(&b))
    };
    let (kind, sub) = mime.split_once('/')?;
    (part(kind) && part(sub)).then_some(mime)
}

/// Without folders, control characters or tricks of direction, and not too long.
#[must_use]
pub fn clean_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = plain_line(last, limits::FILE_NAME_CHARS_MAX)?;
    let name = name.trim_start_matches(['.', ' ']).to_owned();
    (!is_blank(&name)).then_some(name)
}

impl App {
    pub(crate) async fn clean_file(
        &self,
        bytes: Bytes,
        declared: Option<&str>,
        voice: bool,
    ) -> Result<CleanFile, AppError> {
        let declared = declared.and_then(plain_mime);
        match self.images.clean(bytes.clone()).await {
            Ok(image) => {
                return Ok(CleanFile {
                    bytes: image.bytes,
                    mime: image.mime.to_owned(),
                    kind: MediaKind::Image,
                    dimensions: Some((image.width, image.height)),
                });
            }
            Err(ImageError::TooManyPixels) => return Err(AppError::invalid("file", "file-pixels")),
            Err(ImageError::Damaged) => return Err(AppError::invalid("file", "file-damaged")),
            Err(ImageError::Unsupported) => {}
        }
        let found = sniff(&bytes);
        // Sound and picture share containers: where the bytes say "video" and the sender recorded
        // sound, the sender is right about what is inside.
        let mime = match (found, declared.as_deref()) {
            (Some("video/webm"), Some("audio/webm")) => "audio/webm".to_owned(),
            (Some("video/mp4" | "audio/m4a"), Some("audio/mp4")) => "audio/mp4".to_owned(),
            (Some("audio/x-wav"), _) => "audio/wav".to_owned(),
            (Some(found), _) => found.to_owned(),
            // Text has no marks, so the sender's word counts, but only for what is never shown.
            (None, Some(declared))
                if !SHOWN_TYPES.contains(&declared) && !declared.starts_with("image/") =>
            {
                declared.to_owned()
            }
            (None, _) => "application/octet-stream".to_owned(),
        };
        let kind = match MediaKind::of_mime(&mime) {
            MediaKind::Audio if voice => MediaKind::Voice,
            _ if !SHOWN_TYPES.contains(&mime.as_str()) => MediaKind::File,
            kind => kind,
        };
        Ok(CleanFile {
            bytes,
            mime,
            kind,
            dimensions: None,
        })
    }

    /// Whether somebody may bring a file of so many bytes now.
    ///
    /// # Errors
    /// [`AppError::StorageFull`] while the disk is nearly full: messages must still fit on it.
    /// [`AppError::Conflict`] when too much was uploaded and not sent.
    pub async fn upload_room(&self, uploader: Uploader, bytes: usize) -> Result<(), AppError> {
        let space = self.blobs.space().await?;
        let reserve = (space.total / 100 * limits::DISK_RESERVE_PERCENT)
            .clamp(limits::DISK_RESERVE_MIN, limits::DISK_RESERVE_MAX)
            .saturating_add(bytes as u64);
        if space.free < reserve {
            tracing::warn!("a file was refused: the disk is nearly full");
            return Err(AppError::StorageFull);
        }
        let (files_max, bytes_max) = match uploader {
            Uploader::Teammate(_) => limits::UNSENT_OF_TEAMMATE_MAX,
            Uploader::Contact(_) => limits::UNSENT_OF_CONTACT_MAX,
        };
        let (files, held) = self.store.unsent_uploads(uploader.bytes()).await?;
        let size = i64::try_from(bytes).unwrap_or(i64::MAX);
        if files >= files_max || held.saturating_add(size) > bytes_max {
            return Err(AppError::Conflict("unsent_files"));
        }
        Ok(())
    }

    /// Takes a file in. It belongs to nobody's conversation until it is sent.
    ///
    /// # Errors
    /// [`AppError::TooLarge`], [`AppError::Invalid`] for bombs and damaged pictures.
    pub async fn upload(
        &self,
        uploader: Uploader,
        input: UploadInput,
        once: Option<&Once>,
    ) -> Result<StoredAttachment, AppError> {
        if let Some(made) = self.made_before(once, "attachment").await? {
            let id = AttachmentId::from_bytes(made);
            return self
                .store
                .lookup_attachment(id)
                .await?
                .ok_or(AppError::NotFound);
        }
        let max_bytes = match uploader {
            Uploader::Teammate(_) => limits::ATTACHMENT_MAX,
            Uploader::Contact(_) => limits::CHAT_ATTACHMENT_MAX,
        };
        if input.bytes.len() > max_bytes {
            return Err(AppError::TooLarge { max_bytes });
        }
        if input.bytes.is_empty() {
            return Err(AppError::invalid("file", "file-empty"));
        }
        self.upload_room(uploader, input.bytes.len()).await?;
        let file = self
            .clean_file(input.bytes, input.mime.as_deref(), input.voice)
            .await?;
        let id = AttachmentId::from_bytes(self.fresh());
        let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
        let secret = self.keep_file(id, file.bytes).await?;
        let new = NewAttachment {
            id,
            place: None,
            position: 0,
            kind: file.kind,
            state: AttachmentState::Stored,
            size,
            name: input
                .name
                .and_then(|name| clean_name(name.expose()).map(Pii::new)),
            mime: file.mime,
            dimensions: file.dimensions,
            reference: None,
            sha256: None,
            uploader: Some(uploader.bytes()),
            secret: Some(secret),
            now: self.now(),
        };
        let mut unit = Unit::new();
        self.claim(&mut unit, once, "attachment", id.bytes());
        self.store.add_attachment(&mut unit, &new).await?;
        self.store.commit(unit).await?;
        self.store
            .lookup_attachment(id)
            .await?
            .ok_or(AppError::NotFound)
    }

    /// Hands a file out to who may read the conversation it is part of. A file that is part of
    /// none yet is only for who brought it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody else.
    pub async fn file(&self, access: &Access, id: AttachmentId) -> Result<FileContent, AppError> {
        let attachment = self
            .store
            .lookup_attachment(id)
            .await?
            .ok_or(AppError::NotFound)?;
        let allowed = match (access.actor(), attachment.contact) {
            (Actor::Contact(contact), Some(owner)) => contact == owner,
            (Actor::Contact(contact), None) => attachment.uploader == Some(contact.bytes()),
            (Actor::Teammate(_) | Actor::Token { .. } | Actor::House, Some(_)) => true,
            (actor, None) => actor
                .teammate()
                .is_some_and(|id| attachment.uploader == Some(id.bytes())),
        };
        if !allowed || attachment.state != AttachmentState::Stored {
            return Err(AppError::NotFound);
        }
        if let Some(contact) = attachment.contact {
            self.not_restricted_for(access, contact).await?;
            self.store
                .log_read(access, contact, "attachment", self.now())
                .await?;
        }
        let reader = self.open_file(&attachment).await?;
        Ok(FileContent { attachment, reader })
    }

    /// Whether a browser may show this type inside a page.
    #[must_use]
    pub fn may_be_shown(mime: &str) -> bool {
        SHOWN_TYPES.contains(&mime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case: FI01
    #[test]
    fn names_lose_folders_and_tricks() {
        assert_eq!(clean_name("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(
            clean_name("C:\\temp\\rechnung.pdf").as_deref(),
            Some("rechnung.pdf")
        );
        assert_eq!(
            clean_name("foto\u{202e}gpj.exe").as_deref(),
            Some("fotogpj.exe")
        );
        assert_eq!(
            clean_name("\u{200b}rech\u{061c}nung\u{202e}.pdf").as_deref(),
            Some("rechnung.pdf")
        );
        assert_eq!(clean_name("a\r\nb.pdf").as_deref(), Some("a b.pdf"));
        assert_eq!(clean_name("...").as_deref(), None);
        assert_eq!(clean_name("\u{200b}\u{200d}").as_deref(), None);
        assert_eq!(clean_name(".htaccess").as_deref(), Some("htaccess"));
    }

    // Case: XS05
    #[test]
    fn types_are_plain_or_nothing() {
        assert_eq!(
            plain_mime("Text/CSV; charset=utf-8").as_deref(),
            Some("text/csv")
        );
        assert_eq!(plain_mime("text/html\r\nx: y"), None);
        assert_eq!(plain_mime("text"), None);
    }
}
