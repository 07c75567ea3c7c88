//! Papers that people read, print and keep: a description of what stands on them in, a PDF/A-2a
//! file out.
//!
//! Everything is calculation. The file names its language and its structure, so that it can be read
//! aloud; every sign in it can be copied and searched; its fonts are in it. It calls nothing and
//! runs nothing, and the same description is the same file.

mod face;
mod file;
mod layout;
mod lines;
mod tags;

use face::FaceError;

/// What stands on a paper.
pub struct Document {
    pub title: String,
    /// Its language, as `de`.
    pub language: String,
    /// Who issues it.
    pub author: String,
    pub created: Stamp,
    /// Tells this file from every other one.
    pub id: [u8; 16],
    /// Small, at the foot of every page, before its number.
    pub footer: String,
    pub blocks: Vec<Block>,
}

/// A moment in UTC, as files write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

pub enum Block {
    Title(String),
    Heading(String),
    Text(String),
    /// Beside the matter: smaller and paler.
    Small(String),
    /// Names with what they are, below each other.
    Facts(Vec<Fact>),
    /// What somebody was shown, word for word, with the buttons that were below it.
    Quote {
        /// Its own language.
        language: String,
        text: String,
        buttons: Vec<String>,
    },
    Table {
        head: Vec<String>,
        /// Parts of the width; as many as there are columns.
        widths: Vec<f32>,
        rows: Vec<Vec<String>>,
    },
    /// One after the other, numbered.
    Steps(Vec<String>),
}

pub struct Fact {
    pub name: String,
    pub value: String,
    /// Signs and not words: a digest, a key.
    pub code: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error("a font cannot be cut down to what is used of it: {0}")]
    Subset(String),
    #[error(transparent)]
    Face(#[from] FaceError),
}

/// The finished file.
///
/// # Errors
/// When a font is broken, which would be ours.
pub fn write(document: &Document) -> Result<Vec<u8>, PaperError> {
    let faces = face::Faces::load()?;
    let laid = layout::lay(document, &faces);
    file::write(document, &faces, laid)
}
