//! Blocks become rows, and rows become pages. A row that does not fit goes on on the next page; a
//! heading never stands alone at the foot of one.

use pdf_writer::types::StructRole;
use pdf_writer::{Content, Name, Str};
use subsetter::GlyphRemapper;

use crate::face::{FaceName, Faces};
use crate::lines::{Line, Style, broken};
use crate::tags::Tree;
use crate::{Block, Document, Fact};

pub(crate) const PAGE: [f32; 2] = [595.28, 841.89];
const LEFT: f32 = 56.0;
const TOP: f32 = 56.0;
const BOTTOM: f32 = 64.0;
const WIDTH: f32 = PAGE[0] - 2.0 * LEFT;

const INK: [f32; 3] = [0.094, 0.133, 0.157];
const PALE: [f32; 3] = [0.27, 0.314, 0.341];
const ACCENT: [f32; 3] = [0.0, 0.38, 0.416];
const TINT: [f32; 3] = [0.957, 0.945, 0.918];
const RULE: [f32; 3] = [0.8, 0.79, 0.765];

const TITLE: Style = style(FaceName::Bold, 20.0, 25.0, INK);
const HEADING: Style = style(FaceName::Bold, 12.5, 17.0, ACCENT);
const TEXT: Style = style(FaceName::Text, 10.0, 14.0, INK);
const STRONG: Style = style(FaceName::Bold, 10.0, 14.0, INK);
const NAME: Style = style(FaceName::Text, 10.0, 14.0, PALE);
const SMALL: Style = style(FaceName::Text, 8.5, 12.0, PALE);
const CODE: Style = style(FaceName::Code, 7.8, 14.0, INK);
const CELL: Style = style(FaceName::Text, 9.0, 12.5, INK);
const HEAD: Style = style(FaceName::Bold, 9.0, 12.5, INK);
const BUTTON: Style = style(FaceName::Bold, 10.0, 14.0, ACCENT);

const fn style(face: FaceName, size: f32, leading: f32, ink: [f32; 3]) -> Style {
    Style {
        face,
        size,
        leading,
        ink,
    }
}

/// Some lines at a place of a row.
struct Cell {
    x: f32,
    lines: Vec<Line>,
    style: Style,
    element: usize,
}

struct Row {
    cells: Vec<Cell>,
    /// Free above it.
    before: f32,
    /// What must fit below it on the same page.
    keep: f32,
    is_tinted: bool,
    is_ruled: bool,
}

pub(crate) struct Page {
    pub(crate) content: Content,
    /// Whose each marked part is.
    pub(crate) marks: Vec<usize>,
}

pub(crate) struct Laid {
    pub(crate) pages: Vec<Page>,
    pub(crate) tree: Tree,
    /// The glyphs of each font that were drawn.
    pub(crate) used: [GlyphRemapper; 3],
}

pub(crate) fn lay(document: &Document, faces: &Faces) -> Laid {
    let mut rows = Rows {
        faces,
        tree: Tree::new(),
        rows: Vec::new(),
    };
    for block in &document.blocks {
        rows.block(block);
    }
    let Rows { tree, rows, .. } = rows;
    let mut press = Press {
        laid: Laid {
            pages: Vec::new(),
            tree,
            used: [
                GlyphRemapper::new(),
                GlyphRemapper::new(),
                GlyphRemapper::new(),
            ],
        },
        y: 0.0,
    };
    press.turn();
    for row in rows {
        press.row(&row);
    }
    press.foot(&document.footer, faces);
    press.laid
}

struct Rows<'a> {
    faces: &'a Faces,
    tree: Tree,
    rows: Vec<Row>,
}

impl Rows<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Title(text) => self.line(text, TITLE, StructRole::H1, (0.0, 30.0)),
            Block::Heading(text) => self.line(text, HEADING, StructRole::H2, (16.0, 40.0)),
            Block::Text(text) => self.line(text, TEXT, StructRole::P, (4.0, 0.0)),
            Block::Small(text) => self.line(text, SMALL, StructRole::P, (4.0, 0.0)),
            Block::Facts(facts) => self.facts(facts),
            Block::Quote {
                language,
                text,
                buttons,
            } => self.quote(language, text, buttons),
            Block::Table { head, widths, rows } => self.table(head, widths, rows),
            Block::Steps(steps) => self.steps(steps),
        }
    }

    fn cell(&self, text: &str, style: Style, (x, width): (f32, f32), element: usize) -> Cell {
        Cell {
            x: LEFT + x,
            lines: broken(text, style, width, self.faces),
            style,
            element,
        }
    }

    fn push(&mut self, cells: Vec<Cell>, (before, keep): (f32, f32)) {
        self.rows.push(Row {
            cells,
            before,
            keep,
            is_tinted: false,
            is_ruled: false,
        });
    }

    fn line(&mut self, text: &str, style: Style, role: StructRole, around: (f32, f32)) {
        let element = self.tree.add(0, role);
        let cell = self.cell(text, style, (0.0, WIDTH), element);
        self.push(vec![cell], around);
    }

    fn facts(&mut self, facts: &[Fact]) {
        const NAMES: f32 = 142.0;
        let table = self.tree.add(0, StructRole::Table);
        for (place, fact) in facts.iter().enumerate() {
            let row = self.tree.add(table, StructRole::TR);
            let name = self.tree.add(row, StructRole::TH);
            let value = self.tree.add(row, StructRole::TD);
            let style = if fact.code { CODE } else { TEXT };
            let cells = vec![
                self.cell(&fact.name, NAME, (0.0, NAMES - 12.0), name),
                self.cell(&fact.value, style, (NAMES, WIDTH - NAMES), value),
            ];
            self.push(cells, (if place == 0 { 7.0 } else { 2.0 }, 0.0));
        }
    }

    fn quote(&mut self, language: &str, text: &str, buttons: &[String]) {
        const INSET: f32 = 14.0;
        let quote = self.tree.add(0, StructRole::BlockQuote);
        self.tree.0[quote].language = Some(language.to_owned());
        let width = (INSET, WIDTH - 2.0 * INSET);
        let said = std::iter::once((text, TEXT));
        let said = said.chain(buttons.iter().map(|button| (button.as_str(), BUTTON)));
        let last = buttons.len();
        for (place, (text, style)) in said.enumerate() {
            let element = self.tree.add(quote, StructRole::P);
            let cells = vec![self.cell(text, style, width, element)];
            self.rows.push(Row {
                cells,
                before: if place == 0 { 8.0 } else { 0.0 },
                // What could be tapped on stays below what it was about.
                keep: (last - place) as f32 * (BUTTON.leading + 14.0),
                is_tinted: true,
                is_ruled: place > 0,
            });
        }
    }

    fn table(&mut self, head: &[String], widths: &[f32], rows: &[Vec<String>]) {
        const GAP: f32 = 10.0;
        let table = self.tree.add(0, StructRole::Table);
        let whole: f32 = widths.iter().sum();
        for (place, texts) in std::iter::once(head)
            .chain(rows.iter().map(Vec::as_slice))
            .enumerate()
        {
            let (role, style) = if place == 0 {
                (StructRole::TH, HEAD)
            } else {
                (StructRole::TD, CELL)
            };
            let row = self.tree.add(table, StructRole::TR);
            let mut x = 0.0;
            let mut cells = Vec::new();
            for (text, part) in texts.iter().zip(widths) {
                let width = WIDTH * part / whole;
                let element = self.tree.add(row, role);
                cells.push(self.cell(text, style, (x, width - GAP), element));
                x += width;
            }
            self.rows.push(Row {
                cells,
                before: 5.0,
                keep: if place == 0 { 30.0 } else { 0.0 },
                is_tinted: false,
                is_ruled: place > 0,
            });
        }
    }

    fn steps(&mut self, steps: &[String]) {
        const NUMBERS: f32 = 18.0;
        let list = self.tree.add(0, StructRole::L);
        for (place, step) in steps.iter().enumerate() {
            let item = self.tree.add(list, StructRole::LI);
            let label = self.tree.add(item, StructRole::Lbl);
            let body = self.tree.add(item, StructRole::LBody);
            let number = format!("{}.", place + 1);
            let cells = vec![
                self.cell(&number, STRONG, (0.0, NUMBERS), label),
                self.cell(step, TEXT, (NUMBERS, WIDTH - NUMBERS), body),
            ];
            self.push(cells, (4.0, 0.0));
        }
    }
}

/// Puts rows on pages.
struct Press {
    laid: Laid,
    /// Where the last row ended.
    y: f32,
}

impl Press {
    fn turn(&mut self) {
        self.laid.pages.push(Page {
            content: Content::new(),
            marks: Vec::new(),
        });
        self.y = PAGE[1] - TOP;
    }

    fn page(&mut self) -> &mut Page {
        let last = self.laid.pages.len() - 1;
        &mut self.laid.pages[last]
    }

    fn row(&mut self, row: &Row) {
        let padding = if row.is_tinted { 7.0 } else { 0.0 };
        let leading = row.cells.iter().map(|cell| cell.style.leading);
        let leading = leading.fold(0.0, f32::max);
        let lines = row.cells.iter().map(|cell| cell.lines.len()).max();
        let lines = lines.unwrap_or(0);
        let mut begun = 0;
        while begun < lines {
            let before = if begun == 0 { row.before } else { 0.0 };
            let free = self.y - BOTTOM - before - 2.0 * padding;
            let fits = (0..lines - begun)
                .take_while(|count| (*count as f32 + 1.0) * leading <= free)
                .count();
            // Two lines at least before a page ends, and what belongs to them.
            let wanted = (lines - begun).min(2);
            let is_short = fits < wanted || free < leading * wanted as f32 + row.keep;
            if is_short && self.y < PAGE[1] - TOP {
                self.turn();
                continue;
            }
            let count = fits.max(1);
            self.y -= before;
            let height = count as f32 * leading + 2.0 * padding;
            self.backdrop(row, height, begun == 0);
            for cell in &row.cells {
                let upper = self.y - padding;
                let end = cell.lines.len().min(begun + count);
                if begun < end {
                    self.draw(cell, &cell.lines[begun..end], upper, leading);
                }
            }
            self.y -= height;
            begun += count;
        }
    }

    fn backdrop(&mut self, row: &Row, height: f32, is_first: bool) {
        let y = self.y;
        let content = &mut self.page().content;
        if row.is_tinted {
            content.begin_marked_content(Name(b"Artifact"));
            fill(content, TINT, [LEFT, y - height, WIDTH, height]);
            fill(content, ACCENT, [LEFT, y - height, 2.5, height]);
            content.end_marked_content();
        }
        if row.is_ruled && is_first {
            let inset = if row.is_tinted { 14.0 } else { 0.0 };
            let up = if row.is_tinted { 0.0 } else { 2.0 };
            content.begin_marked_content(Name(b"Artifact"));
            let line = [LEFT + inset, y + up, WIDTH - 2.0 * inset, 0.5];
            fill(content, RULE, line);
            content.end_marked_content();
        }
    }

    fn draw(&mut self, cell: &Cell, lines: &[Line], upper: f32, leading: f32) {
        let page_place = self.laid.pages.len() - 1;
        let Laid { pages, tree, used } = &mut self.laid;
        let page = &mut pages[page_place];
        let mark = page.marks.len();
        page.marks.push(cell.element);
        tree.mark(cell.element, page_place, mark);
        let role = tree.0[cell.element].role.to_name();
        let content = &mut page.content;
        content
            .begin_marked_content_with_properties(role)
            .properties()
            .identify(i32::try_from(mark).unwrap_or(i32::MAX));
        for (place, line) in lines.iter().enumerate() {
            // Where letters of this size stand in the height of a line.
            let drop = leading * 0.5 + cell.style.size * 0.33;
            let y = upper - place as f32 * leading - drop;
            let used = &mut used[cell.style.face as usize];
            draw_line(content, line, cell.style, [cell.x, y], used);
        }
        content.end_marked_content();
    }

    /// The foot of every page, now that it is known how many there are.
    fn foot(&mut self, footer: &str, faces: &Faces) {
        let count = self.laid.pages.len();
        let Laid { pages, used, .. } = &mut self.laid;
        for (place, page) in pages.iter_mut().enumerate() {
            let number = format!("{} / {count}", place + 1);
            page.content.begin_marked_content(Name(b"Artifact"));
            for (text, x) in [(footer, LEFT), (&number, PAGE[0] - LEFT - 30.0)] {
                let lines = broken(text, SMALL, WIDTH - 60.0, faces);
                if let Some(line) = lines.first() {
                    let used = &mut used[SMALL.face as usize];
                    draw_line(&mut page.content, line, SMALL, [x, BOTTOM - 26.0], used);
                }
            }
            page.content.end_marked_content();
        }
    }
}

fn fill(content: &mut Content, ink: [f32; 3], [x, y, width, height]: [f32; 4]) {
    content.set_fill_rgb(ink[0], ink[1], ink[2]);
    content.rect(x, y, width, height).fill_nonzero();
}

pub(crate) const fn font_name(face: FaceName) -> Name<'static> {
    match face {
        FaceName::Text => Name(b"T"),
        FaceName::Bold => Name(b"B"),
        FaceName::Code => Name(b"C"),
    }
}

fn draw_line(
    content: &mut Content,
    line: &Line,
    style: Style,
    [x, y]: [f32; 2],
    used: &mut GlyphRemapper,
) {
    content.begin_text();
    content.set_fill_rgb(style.ink[0], style.ink[1], style.ink[2]);
    content.set_font(font_name(style.face), style.size);
    content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
    let mut plain: Vec<u8> = Vec::new();
    for drawn in &line.0 {
        let codes = drawn.glyphs.iter().map(|glyph| used.remap(*glyph));
        let bytes: Vec<u8> = codes.flat_map(u16::to_be_bytes).collect();
        let Some(sign) = drawn.stands_for else {
            plain.extend(bytes);
            continue;
        };
        if !plain.is_empty() {
            content.show(Str(&plain));
            plain.clear();
        }
        let mut span = content.begin_marked_content_with_properties(Name(b"Span"));
        let actual = sign.to_string();
        span.properties()
            .actual_text(pdf_writer::TextStr(actual.as_str()));
        drop(span);
        content.show(Str(&bytes));
        content.end_marked_content();
    }
    if !plain.is_empty() {
        content.show(Str(&plain));
    }
    content.end_text();
}
