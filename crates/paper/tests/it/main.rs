//! Papers, by what stands in their files.

use paper::{Block, Document, Fact, Stamp, write};

fn sample(rows: usize) -> Document {
    let text = |text: &str| text.to_owned();
    Document {
        title: text("Nachweis über Größe & Übung"),
        language: text("de"),
        author: text("Laden Beispiel"),
        created: Stamp {
            year: 2026,
            month: 11,
            day: 30,
            hour: 9,
            minute: 5,
            second: 7,
        },
        id: [7; 16],
        footer: text("Laden Beispiel"),
        blocks: vec![
            Block::Title(text("Nachweis über Größe & Übung")),
            Block::Heading(text("Was gezeigt wurde")),
            Block::Quote {
                language: text("en"),
                text: text("Yes, I would like to hear from you 🙏.\n\nAlways revocable."),
                buttons: vec![text("Yes"), text("No")],
            },
            Block::Facts(vec![
                Fact {
                    name: text("Prüfsumme"),
                    value: "0123456789abcdef".repeat(4),
                    code: true,
                },
                Fact {
                    name: text("Adresse"),
                    value: text("„Straße“ – Łódź, İzmir"),
                    code: false,
                },
            ]),
            Block::Table {
                head: vec![text("Wann"), text("Was")],
                widths: vec![1.0, 2.0],
                rows: (0..rows)
                    .map(|row| vec![format!("{row}. Tag"), "eine Zeile ".repeat(row % 40)])
                    .collect(),
            },
            Block::Steps(vec![text("Erstens"), text("Zweitens")]),
            Block::Small(text("Ende")),
        ],
    }
}

fn pages(bytes: &[u8]) -> usize {
    let page = b"/Type/Page/";
    bytes
        .windows(page.len())
        .filter(|part| *part == page)
        .count()
}

fn only(block: Block) -> Document {
    Document {
        blocks: vec![block],
        ..sample(0)
    }
}

#[test]
fn the_same_description_is_the_same_file() {
    let bytes = write(&sample(3)).expect("a paper");
    assert_eq!(bytes, write(&sample(3)).expect("a paper"));
    assert_ne!(bytes, write(&sample(4)).expect("a paper"));
    assert!(bytes.starts_with(b"%PDF-1.7"));
    // Fonts are cut down to what is used of them.
    assert!(bytes.len() < 40_000, "{}", bytes.len());
}

#[test]
fn what_does_not_fit_goes_on_on_the_next_page() {
    assert_eq!(pages(&write(&sample(3)).expect("a paper")), 1);
    assert!(pages(&write(&sample(80)).expect("a paper")) > 3);
    // Also one cell, one quotation, and one word that are longer than a page.
    let long = "Wort ".repeat(6_000);
    let cell = Block::Table {
        head: vec![String::new()],
        widths: vec![1.0],
        rows: vec![vec![long.clone()]],
    };
    let quote = Block::Quote {
        language: "de".to_owned(),
        text: long,
        buttons: Vec::new(),
    };
    for block in [cell, quote, Block::Text("x".repeat(20_000))] {
        let count = pages(&write(&only(block)).expect("a paper"));
        assert!((3..20).contains(&count), "{count}");
    }
}

#[test]
fn every_sign_and_none_can_be_written() {
    for text in [
        "",
        "\n\n\n",
        "\u{0}\u{7}\t\r\n",
        "مرحبا",
        "👩🏽‍🚀",
        "a\u{308}",
        "\u{10ffff}",
    ] {
        let written = write(&only(Block::Title(text.to_owned())));
        assert_eq!(pages(&written.expect("a paper")), 1, "{text:?}");
    }
    let every: String = (0..0x3000).filter_map(char::from_u32).collect();
    assert!(pages(&write(&only(Block::Text(every))).expect("a paper")) > 1);
    let nothing = Document {
        blocks: Vec::new(),
        ..sample(0)
    };
    assert_eq!(pages(&write(&nothing).expect("a paper")), 1);
}
