//! The file itself: pages, structure, fonts, and what archives ask for.

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{
    CidFontType, FontFlags, OutputIntentSubtype, StructRole, SystemInfo, TableHeaderScope,
    UnicodeCmap,
};
use pdf_writer::writers::StructElement;
use pdf_writer::{Date, Filter, Finish, Name, Pdf, Rect, Ref, Settings, Str, TextStr};
use subsetter::GlyphRemapper;
use xmp_writer::{DateTime, LangId, Timezone, XmpWriter};

use crate::face::{Face, FaceName, Faces};
use crate::layout::{Laid, PAGE, Page, font_name};
use crate::tags::{Element, Kid, Tree};
use crate::{Document, PaperError, Stamp};

const PRODUCER: &str = "Tresen";
const SRGB: &[u8] = include_bytes!("../fonts/srgb.icc");
const COMPRESSION: u8 = 7;
const IDENTITY: SystemInfo<'_> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};
const FACES: [FaceName; 3] = [FaceName::Text, FaceName::Bold, FaceName::Code];

/// The numbers of the file's objects.
struct Refs {
    next: i32,
}

impl Refs {
    fn take(&mut self) -> Ref {
        self.next += 1;
        Ref::new(self.next)
    }

    fn many(&mut self, count: usize) -> Vec<Ref> {
        (0..count).map(|_| self.take()).collect()
    }
}

pub(crate) fn write(document: &Document, faces: &Faces, laid: Laid) -> Result<Vec<u8>, PaperError> {
    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    let mut refs = Refs { next: 0 };
    let [catalog, pages, meta, info, icc] = [(); 5].map(|()| refs.take());
    let page_refs = refs.many(laid.pages.len());
    let contents = refs.many(laid.pages.len());
    let element_refs = refs.many(laid.tree.0.len());
    let fonts = [(); 3].map(|()| refs.take());
    let tree_ref = refs.take();
    let mark_refs = refs.many(laid.pages.len());
    write_catalog(&mut pdf, document, (catalog, pages, meta, icc), tree_ref);
    write_structure(
        &mut pdf,
        &laid,
        (tree_ref, &mark_refs),
        &element_refs,
        &page_refs,
    );
    let count = i32::try_from(page_refs.len()).unwrap_or(i32::MAX);
    pdf.pages(pages)
        .kids(page_refs.iter().copied())
        .count(count);
    for (place, page) in laid.pages.into_iter().enumerate() {
        let place_refs = (page_refs[place], contents[place], pages);
        write_page(&mut pdf, page, place, place_refs, &fonts);
    }
    for name in FACES {
        let (face, used) = (faces.get(name), &laid.used[name as usize]);
        write_font(&mut pdf, &mut refs, fonts[name as usize], face, used)?;
    }
    let profile = compress_to_vec_zlib(SRGB, COMPRESSION);
    let mut stream = pdf.icc_profile(icc, &profile);
    stream.n(3).filter(Filter::FlateDecode);
    stream.finish();
    let about = xmp(document);
    pdf.metadata(meta, about.as_bytes());
    pdf.document_info(info)
        .title(TextStr(&document.title))
        .author(TextStr(&document.author))
        .producer(TextStr(PRODUCER))
        .creation_date(date(document.created));
    pdf.set_file_id((document.id.to_vec(), document.id.to_vec()));
    Ok(pdf.finish())
}

fn date(at: Stamp) -> Date {
    Date::new(at.year)
        .month(at.month)
        .day(at.day)
        .hour(at.hour)
        .minute(at.minute)
        .second(at.second)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn xmp(document: &Document) -> String {
    let at = document.created;
    let created = DateTime {
        year: at.year,
        month: Some(at.month),
        day: Some(at.day),
        hour: Some(at.hour),
        minute: Some(at.minute),
        second: Some(at.second),
        timezone: Some(Timezone::Utc),
    };
    let mut xmp = XmpWriter::new();
    xmp.title([(None, document.title.as_str())]);
    xmp.creator([document.author.as_str()]);
    xmp.language([LangId(&document.language)]);
    xmp.create_date(created);
    xmp.producer(PRODUCER);
    xmp.pdfa_part(2);
    xmp.pdfa_conformance("A");
    xmp.finish(None)
}

fn write_catalog(
    pdf: &mut Pdf,
    document: &Document,
    (catalog, pages, meta, icc): (Ref, Ref, Ref, Ref),
    tree: Ref,
) {
    let mut entry = pdf.catalog(catalog);
    entry.pages(pages).metadata(meta);
    entry.lang(TextStr(&document.language));
    entry.viewer_preferences().display_doc_title(true);
    entry.mark_info().marked(true);
    entry.pair(Name(b"StructTreeRoot"), tree);
    let mut intents = entry.output_intents();
    let mut intent = intents.push();
    intent.subtype(OutputIntentSubtype::PDFA);
    intent.output_condition_identifier(TextStr("sRGB"));
    intent.info(TextStr("sRGB IEC61966-2.1"));
    intent.dest_output_profile(icc);
}

fn write_structure(
    pdf: &mut Pdf,
    laid: &Laid,
    (root, marks): (Ref, &[Ref]),
    elements: &[Ref],
    pages: &[Ref],
) {
    let mut tree = pdf
        .indirect(root)
        .start::<pdf_writer::writers::StructTreeRoot<'_>>();
    tree.child(elements[0]);
    let mut parents = tree.parent_tree();
    let mut numbers = parents.nums();
    for (place, list) in marks.iter().enumerate() {
        numbers.insert(i32::try_from(place).unwrap_or(i32::MAX), *list);
    }
    numbers.finish();
    parents.finish();
    tree.finish();
    for (page, list) in laid.pages.iter().zip(marks) {
        let owners = page.marks.iter().map(|place| elements[*place]);
        pdf.indirect(*list).array().items(owners);
    }
    for (place, element) in laid.tree.0.iter().enumerate() {
        let parent = element.parent.map_or(root, |parent| elements[parent]);
        let writer = pdf.struct_element(elements[place]);
        write_element(writer, (element, &laid.tree), parent, elements, pages);
    }
}

fn write_element(
    mut writer: StructElement<'_>,
    (element, tree): (&Element, &Tree),
    parent: Ref,
    elements: &[Ref],
    pages: &[Ref],
) {
    writer.kind(element.role).parent(parent);
    if let Some(language) = &element.language {
        writer.lang(TextStr(language));
    }
    if element.role == StructRole::TH {
        // A name at the beginning of a row, or one above a column.
        let in_row = element.parent.map(|row| &tree.0[row].kids);
        let others = in_row.into_iter().flatten().filter(|kid| match kid {
            Kid::Element(place) => tree.0[*place].role == StructRole::TD,
            Kid::Content { .. } => false,
        });
        let scope = if others.count() > 0 {
            TableHeaderScope::Row
        } else {
            TableHeaderScope::Column
        };
        writer.attributes().push().table().scope(scope);
    }
    let mut children = writer.children();
    for kid in &element.kids {
        match kid {
            Kid::Element(place) => {
                children.struct_element(elements[*place]);
            }
            Kid::Content { page, mark } => {
                children
                    .marked_content_ref()
                    .page(pages[*page])
                    .marked_content_id(i32::try_from(*mark).unwrap_or(i32::MAX));
            }
        }
    }
}

fn write_page(
    pdf: &mut Pdf,
    page: Page,
    place: usize,
    (page_ref, content_ref, pages): (Ref, Ref, Ref),
    fonts: &[Ref; 3],
) {
    let mut entry = pdf.page(page_ref);
    entry.media_box(Rect::new(0.0, 0.0, PAGE[0], PAGE[1]));
    entry.parent(pages).contents(content_ref);
    entry.struct_parents(i32::try_from(place).unwrap_or(i32::MAX));
    let mut resources = entry.resources();
    let mut list = resources.fonts();
    for name in FACES {
        list.pair(font_name(name), fonts[name as usize]);
    }
    list.finish();
    resources.finish();
    entry.finish();
    let packed = compress_to_vec_zlib(page.content.finish().as_slice(), COMPRESSION);
    pdf.stream(content_ref, &packed).filter(Filter::FlateDecode);
}

fn write_font(
    pdf: &mut Pdf,
    refs: &mut Refs,
    font: Ref,
    face: &Face,
    used: &GlyphRemapper,
) -> Result<(), PaperError> {
    let [cid, descriptor, file, unicode] = [(); 4].map(|()| refs.take());
    let name = Name(face.name.as_bytes());
    pdf.type0_font(font)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(unicode);
    let mut entry = pdf.cid_font(cid);
    entry.subtype(CidFontType::Type2);
    entry.base_font(name).system_info(IDENTITY);
    entry.font_descriptor(descriptor);
    entry.cid_to_gid_map_predefined(Name(b"Identity"));
    let widths = used.remapped_gids().map(|glyph| face.width(glyph));
    entry.widths().consecutive(0, widths);
    entry.finish();
    let mut flags = FontFlags::NON_SYMBOLIC;
    if face.is_monospaced {
        flags |= FontFlags::FIXED_PITCH;
    }
    let [left, low, right, high] = face.bounds;
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(flags)
        .weight(face.weight)
        .bbox(Rect::new(left, low, right, high))
        .italic_angle(0.0)
        .ascent(face.ascent)
        .descent(face.descent)
        .cap_height(face.capitals)
        .stem_v(f32::from(face.weight) / 5.0)
        .font_file2(file);
    let cut = subsetter::subset(face.bytes, 0, used);
    let cut = cut.map_err(|error| PaperError::Subset(error.to_string()))?;
    let packed = compress_to_vec_zlib(&cut, COMPRESSION);
    let mut stream = pdf.stream(file, &packed);
    stream.filter(Filter::FlateDecode);
    let length = i32::try_from(cut.len()).unwrap_or(i32::MAX);
    stream.pair(Name(b"Length1"), length);
    stream.finish();
    let mut map = UnicodeCmap::new(Name(b"Paper-Unicode"), IDENTITY);
    let mut named = std::collections::BTreeSet::new();
    for (sign, glyph) in face.signs() {
        // A glyph of two signs is copied as the first of them.
        if let (Some(code), true) = (used.get(glyph), named.insert(glyph)) {
            map.pair(code, sign);
        }
    }
    let packed = compress_to_vec_zlib(map.finish().as_slice(), COMPRESSION);
    pdf.cmap(unicode, &packed).filter(Filter::FlateDecode);
    Ok(())
}
