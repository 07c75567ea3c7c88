//! The structure of a paper: what is a heading, a row, a quotation, and in which order it is read.

use pdf_writer::types::StructRole;

pub(crate) enum Kid {
    Element(usize),
    /// A marked part of a page.
    Content {
        page: usize,
        mark: usize,
    },
}

pub(crate) struct Element {
    pub(crate) role: StructRole,
    pub(crate) parent: Option<usize>,
    pub(crate) kids: Vec<Kid>,
    /// Where it is another than the paper's.
    pub(crate) language: Option<String>,
}

/// All elements; the first is the document, and a parent comes before its children.
pub(crate) struct Tree(pub(crate) Vec<Element>);

impl Tree {
    pub(crate) fn new() -> Self {
        Self(vec![Element {
            role: StructRole::Document,
            parent: None,
            kids: Vec::new(),
            language: None,
        }])
    }

    pub(crate) fn add(&mut self, parent: usize, role: StructRole) -> usize {
        let place = self.0.len();
        self.0.push(Element {
            role,
            parent: Some(parent),
            kids: Vec::new(),
            language: None,
        });
        self.0[parent].kids.push(Kid::Element(place));
        place
    }

    pub(crate) fn mark(&mut self, element: usize, page: usize, mark: usize) {
        self.0[element].kids.push(Kid::Content { page, mark });
    }
}
