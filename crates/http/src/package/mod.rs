//! The copy of what is kept about somebody (Art. 15 and 20 GDPR): a ZIP file with pages for
//! reading, the same as JSON, and the files, made while it is sent.

mod markup;
mod overview;
mod talk;
mod zip;

pub use overview::{closed, plain};

use std::fmt::Write as _;
use std::sync::Arc;
use std::task::Poll;

use app::{App, AppError, Export, ExportProgress, ExportState, FileReader};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::access::Access;
use i18n::Language;
use store::{StoredAttachment, TimelineItem};
use tokio::sync::mpsc;
use vault::Hasher;

use crate::dto::{MyDataDto, Shown};
use crate::files::{Outgoing, disposition};
use markup::Page;
use talk::{FileNames, Talk};
use zip::Zip;

/// Pieces that are made before the peer has taken the ones before.
const AHEAD: usize = 4;
const CHANNEL_KEY: &str = "package-channel-";

type Piece = Result<Bytes, AppError>;

/// Makes the copy piece by piece; each piece waits until there is room for it.
struct Maker {
    app: App,
    access: Access,
    export: Export,
    to: mpsc::Sender<Piece>,
    zip: Zip,
    /// A line for each file: its digest and its name.
    manifest: String,
    files: usize,
}

/// Nobody takes it any more.
struct Gone;

enum Stop {
    Gone,
    Failed(AppError),
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl Maker {
    async fn give(&self, bytes: impl Into<Bytes>) -> Result<(), Gone> {
        self.to.send(Ok(bytes.into())).await.map_err(|_| Gone)
    }

    fn note(&mut self, path: &str, digest: [u8; 32]) {
        for byte in digest {
            // Writing to a String cannot fail.
            _ = write!(self.manifest, "{byte:02x}");
        }
        _ = writeln!(self.manifest, "  {path}");
    }

    async fn entry(&mut self, path: String, bytes: Vec<u8>) -> Result<(), Gone> {
        self.note(&path, vault::digest(&bytes));
        let head = self
            .zip
            .begin(path, crc32fast::hash(&bytes), bytes.len() as u64);
        self.give(head).await?;
        self.give(bytes).await
    }

    async fn make(mut self) -> Result<(), Stop> {
        let language = self.export.language;
        let data = self.app.export_facts(&self.access, &self.export).await?;
        let told = MyDataDto::of(&data, language, Shown::Whole);
        self.overview(&told, language).await?;
        let talks = data.conversations.iter().enumerate().map(|(place, one)| {
            let kind = one.conversation.channel_kind.as_str();
            let channel = i18n::text(language, &format!("{CHANNEL_KEY}{kind}"), &[]);
            let id = one.conversation.id;
            let number = place + 1;
            (
                id,
                Talk {
                    number,
                    channel,
                    id: id.to_string(),
                },
            )
        });
        for (id, talk) in talks.collect::<Vec<_>>() {
            self.conversation(id, &talk).await?;
        }
        let contact = self.export.contact;
        if let Some(proof) = self.app.export_proof(&self.access, contact).await? {
            self.entry("consents/proof.zip".to_owned(), proof).await?;
        }
        self.seal().await
    }

    async fn overview(&mut self, told: &MyDataDto, language: Language) -> Result<(), Stop> {
        let company = [("company", told.controller.company.as_str())];
        let mut page = Page::new(language, &i18n::text(language, "package-title", &company));
        let made = page.when(self.app.now());
        let words = page.t("package-made", &[("when", &made)]);
        page.say(&words);
        page.section("package-contents");
        for (place, one) in told.conversations.iter().enumerate() {
            let number = (place + 1).to_string();
            let channel = page.t(&format!("{CHANNEL_KEY}{}", one.kind), &[]);
            let words = page.t(
                "package-talk",
                &[("number", &number), ("channel", &channel)],
            );
            page.raw("<p>");
            page.way(&format!("conversations/{:03}-001.html", place + 1), &words);
            page.raw("</p>\n");
        }
        let words = page.t("package-files-about", &[]);
        page.say(&words);
        if !self.sees_notes() && told.counts.notes > 0 {
            let count = told.counts.notes.to_string();
            let mail = told.controller.contact_email.as_str();
            let words = page.t("package-notes-apart", &[("count", &count), ("mail", mail)]);
            page.say(&words);
        }
        overview::write(&mut page, told);
        self.entry("index.html".to_owned(), page.end().into_bytes())
            .await?;
        let json = serde_json::to_vec_pretty(told);
        let json = json.map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(self.entry("data.json".to_owned(), json).await?)
    }

    const fn sees_notes(&self) -> bool {
        self.access.actor().teammate().is_some()
    }

    async fn conversation(&mut self, id: domain::ConversationId, talk: &Talk) -> Result<(), Stop> {
        let (language, contact) = (self.export.language, self.export.contact);
        let (mut after, mut part) = (0, 1);
        loop {
            let page = self
                .app
                .my_timeline(&self.access, contact, id, after)
                .await?;
            let (items, newer) = page;
            let mut names = FileNames::new();
            let mut files = Vec::new();
            for file in items.iter().flat_map(attachments) {
                if let Some(reader) = self.reader(file).await? {
                    self.files += 1;
                    let name = file.name.as_ref().map_or("file", |name| name.expose());
                    let name = talk::file_name(self.files, name);
                    names.insert(file.id.to_string(), name.clone());
                    files.push((name, reader));
                }
            }
            let json = talk::json(talk, part, &items, &names, language);
            self.entry(talk.path(part, "json"), json).await?;
            let html = talk::html(talk, (part, newer.is_none()), &items, &names, language);
            self.entry(talk.path(part, "html"), html).await?;
            let messages = items.iter().filter(|item| is_message(item)).count();
            self.export.progress.add_messages(messages as u64);
            for (name, reader) in files {
                self.file(format!("files/{name}"), &reader).await?;
            }
            match newer {
                Some(newer) => (after, part) = (newer, part + 1),
                None => return Ok(()),
            }
        }
    }

    /// A file that was removed meanwhile, or never came, is only named.
    async fn reader(&self, file: &StoredAttachment) -> Result<Option<FileReader>, AppError> {
        let contact = self.export.contact;
        match self.app.export_file(&self.access, contact, file).await {
            Ok(reader) => Ok(Some(reader)),
            Err(AppError::NotFound | AppError::Files(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Read twice, so that what stands before the bytes is right for every reader of ZIP files.
    async fn file(&mut self, path: String, reader: &FileReader) -> Result<(), Stop> {
        let (mut crc, mut digest) = (crc32fast::Hasher::new(), Hasher::new());
        let mut at = 0;
        while at < reader.bytes() {
            let piece = reader.read(at, reader.bytes()).await?;
            crc.update(&piece);
            digest.update(&piece);
            at += piece.len().max(1) as u64;
        }
        self.note(&path, digest.finish());
        let head = self.zip.begin(path, crc.finalize(), reader.bytes());
        self.give(head).await?;
        at = 0;
        while at < reader.bytes() {
            let piece = reader.read(at, reader.bytes()).await?;
            at += piece.len().max(1) as u64;
            self.give(piece).await?;
        }
        self.export.progress.add_file();
        Ok(())
    }

    /// What was handed out, file by file, and the signature under it.
    async fn seal(mut self) -> Result<(), Stop> {
        let manifest = std::mem::take(&mut self.manifest);
        let digest = vault::digest(manifest.as_bytes());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let statement = talk::statement(&format!("sha256:{digest}"), self.app.now());
        let signed = self.app.sign_statement(&statement).await?;
        self.entry("manifest.sha256".to_owned(), manifest.into_bytes())
            .await?;
        self.entry("manifest.signed".to_owned(), signed.into_bytes())
            .await?;
        let end = std::mem::take(&mut self.zip).end();
        Ok(self.give(end).await?)
    }
}

fn attachments(item: &TimelineItem) -> &[StoredAttachment] {
    match item {
        TimelineItem::Message { attachments, .. } => attachments,
        TimelineItem::Note(_) | TimelineItem::Activity(_) => &[],
    }
}

const fn is_message(item: &TimelineItem) -> bool {
    matches!(item, TimelineItem::Message { .. })
}

/// What the page without scripts may do: be styled by its own style, and nothing else.
#[must_use]
pub fn plain_policy() -> HeaderValue {
    let digest = BASE64.encode(vault::digest(markup::STYLE.as_bytes()));
    let text = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// Begins to make the copy, and answers with it.
pub fn response(app: App, access: Access, export: Export, held: Outgoing) -> Response {
    let (to, mut from) = mpsc::channel(AHEAD);
    let progress = Arc::clone(&export.progress);
    progress.begin();
    let watched = Arc::clone(&progress);
    let day = jiff::Timestamp::from_millisecond(app.now().0);
    let day = day.map_or_else(
        |_| "copy".to_owned(),
        |at| at.strftime("%Y-%m-%d").to_string(),
    );
    let maker = Maker {
        app,
        access,
        export,
        to: to.clone(),
        zip: Zip::default(),
        manifest: String::new(),
        files: 0,
    };
    tokio::spawn(async move {
        let ended = maker.make().await;
        finish(&progress, &to, ended).await;
    });
    let pieces = futures_util::stream::poll_fn(move |context| {
        let _held = &held;
        match from.poll_recv(context) {
            // Whoever made it is gone without a word: it must not look whole.
            Poll::Ready(None) if watched.state() == ExportState::Running => {
                watched.set(ExportState::Broken);
                let broken = AppError::Internal("a copy was not made to its end".into());
                Poll::Ready(Some(Err(broken)))
            }
            other => other,
        }
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    let name = disposition(&format!("tresen-{day}.zip"), false);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn finish(progress: &ExportProgress, to: &mpsc::Sender<Piece>, ended: Result<(), Stop>) {
    match ended {
        Ok(()) => progress.set(ExportState::Done),
        Err(Stop::Gone) => progress.set(ExportState::Broken),
        Err(Stop::Failed(error)) => {
            progress.set(ExportState::Broken);
            tracing::error!(error = %error, "a copy broke off");
            // The body must not end as if it were whole. Nobody listens where the peer has gone.
            _ = to.send(Err(error)).await;
        }
    }
}
