//! What lies where in a package.

use serde::{Deserialize, Serialize};

use crate::commitment::{Leaf, Salt};
use crate::event::ConsentEvent;
use crate::hash::Hash;
use crate::moment::Moment;
use crate::tree::TreeName;
use crate::version::Version;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const MANIFEST_NOTE: &str = "manifest.note";
pub(super) const EVENTS: &str = "events";
pub(super) const HEADS: &str = "heads";
pub(super) const HISTORY: &str = "history";
pub(super) const NOTICES: &str = "notices";
pub(super) const RECORDS: &str = "records";
pub(super) const SCREENS: &str = "screens";
pub(super) const SHEETS: &str = "sheets";
pub(super) const SHEET_LANGUAGES: [&str; 2] = ["de", "en"];
pub(super) const FORMAT: &str = "tresen-proof";

/// The table of contents, signed by the installation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub created: Moment,
    pub entries: Vec<Listed>,
    pub format: String,
    pub key: String,
    pub v: Version,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub bytes: u64,
    pub path: String,
    pub sha256: Hash,
}

/// The name under which the key signs a package's table of contents.
pub(super) fn signer(name: &str) -> String {
    format!("{name}/package")
}

/// The signed text about a manifest.
pub(super) fn manifest_text(name: &str, manifest: &[u8]) -> String {
    format!("{}\n{}\n", signer(name), Hash::of(&[manifest]))
}

/// An event with its salt, its leaf, and the way from there to a signed head.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenEvent {
    pub leaf: Leaf,
    pub payload: ConsentEvent,
    pub proof: Vec<Hash>,
    pub salt: Salt,
    /// Leaves of the tree the proof leads to.
    pub size: u64,
    pub tree: TreeName,
}

impl ProvenEvent {
    pub(super) fn path(&self) -> String {
        FileKind::Event(self.tree, self.leaf.seq).path()
    }

    /// Events are ordered by tree and place, never by the clock.
    pub(super) fn order(&self) -> (TreeName, u64) {
        (self.tree, self.leaf.seq)
    }
}

/// The proof that a tree of `new` leaves begins with the tree of `old` leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub new: u64,
    pub old: u64,
    pub proof: Vec<Hash>,
    pub tree: TreeName,
}

impl Step {
    pub(super) fn path(&self) -> String {
        FileKind::Step(self.tree, self.old, self.new).path()
    }
}

pub(super) fn head_path(tree: TreeName, size: u64) -> String {
    format!("{HEADS}/{tree}/{size}.note")
}

pub(super) fn notice_path(hash: &Hash) -> String {
    format!("{NOTICES}/{hash}.json")
}

pub(super) fn screen_path(hash: &Hash) -> String {
    format!("{SCREENS}/{hash}")
}

pub(super) fn record_path(id: &Hash) -> String {
    format!("{RECORDS}/{id}.jsonld")
}

pub(super) fn sheet_path(id: &Hash, language: &str) -> String {
    format!("{SHEETS}/{id}.{language}.pdf")
}

/// What a file of a package is, by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Event(TreeName, u64),
    Head(TreeName, u64),
    Step(TreeName, u64, u64),
    Notice(Hash),
    Record(Hash),
    Screen(Hash),
    Sheet(Hash, &'static str),
}

impl FileKind {
    /// The one name a file of this kind has.
    fn path(self) -> String {
        match self {
            Self::Event(tree, seq) => format!("{EVENTS}/{tree}/{seq}.json"),
            Self::Head(tree, size) => head_path(tree, size),
            Self::Step(tree, old, new) => format!("{HISTORY}/{tree}/{old}-{new}.json"),
            Self::Notice(hash) => notice_path(&hash),
            Self::Record(id) => record_path(&id),
            Self::Screen(hash) => screen_path(&hash),
            Self::Sheet(id, language) => sheet_path(&id, language),
        }
    }

    /// Nothing for a name that no file of a package has.
    pub(super) fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let kind = match *parts.as_slice() {
            [EVENTS, tree, file] => {
                let seq = file.strip_suffix(".json")?;
                Self::Event(tree.parse().ok()?, seq.parse().ok()?)
            }
            [HEADS, tree, file] => {
                let size = file.strip_suffix(".note")?;
                Self::Head(tree.parse().ok()?, size.parse().ok()?)
            }
            [HISTORY, tree, file] => {
                let (old, new) = file.strip_suffix(".json")?.split_once('-')?;
                Self::Step(tree.parse().ok()?, old.parse().ok()?, new.parse().ok()?)
            }
            [NOTICES, file] => Self::Notice(file.strip_suffix(".json")?.parse().ok()?),
            [RECORDS, file] => Self::Record(file.strip_suffix(".jsonld")?.parse().ok()?),
            [SCREENS, file] => Self::Screen(file.parse().ok()?),
            [SHEETS, file] => {
                let (id, language) = file.strip_suffix(".pdf")?.split_once('.')?;
                let language = SHEET_LANGUAGES
                    .into_iter()
                    .find(|known| *known == language)?;
                Self::Sheet(id.parse().ok()?, language)
            }
            _ => return None,
        };
        // A leading zero or a plus sign would be another name for the same thing.
        (kind.path() == path).then_some(kind)
    }
}
