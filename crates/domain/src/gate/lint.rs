//! Words that advertise, for texts that must not. A reply is free; an order's confirmation with
//! a voucher in it is advertising.

use crate::withdrawal::normal;

/// At the beginning of a word.
const BEGINS: [&str; 30] = [
    "gutschein",
    "rabatt",
    "sonderangebot",
    "angebot des",
    "aktionspreis",
    "aktionscode",
    "rabattcode",
    "preisnachlass",
    "schnappchen",
    "schnaeppchen",
    "gewinnspiel",
    "empfehlungspramie",
    "werbeangebot",
    "newsletter",
    "voucher",
    "coupon",
    "discount",
    "promo",
    "giveaway",
    "cashback",
    "bestseller",
    "blackfriday",
    "cyberweek",
    "sommerschlussverkauf",
    "winterschlussverkauf",
    "ausverkauf",
    "rausverkauf",
    "sale",
    "clearance",
    "treuepunkte",
];
/// Several words in a row.
const PHRASES: [&str; 33] = [
    "jetzt kaufen",
    "jetzt bestellen",
    "jetzt sichern",
    "jetzt zugreifen",
    "jetzt sparen",
    "nur heute",
    "nur fur kurze zeit",
    "nur fuer kurze zeit",
    "solange der vorrat reicht",
    "entdecken sie",
    "lernen sie unsere",
    "unsere neue kollektion",
    "neu im sortiment",
    "das konnte sie auch interessieren",
    "das koennte sie auch interessieren",
    "weitere produkte",
    "passende produkte",
    "sparen sie",
    "empfehlen sie uns",
    "folgen sie uns",
    "bewerten sie uns",
    "geben sie uns 5 sterne",
    "geschenkt dazu",
    "black friday",
    "buy now",
    "order now",
    "shop now",
    "special offer",
    "limited time",
    "save up to",
    "you may also like",
    "rate us",
    "follow us",
];

/// Whether a text advertises.
#[must_use]
pub fn advertises(text: &str) -> bool {
    let folded = format!(" {} ", normal(text));
    let says = |phrase: &str, end: &str| folded.contains(&format!(" {phrase}{end}"));
    BEGINS
        .iter()
        .any(|word| says(word, "") && !is_harmless(&folded, word))
        || PHRASES.iter().any(|phrase| says(phrase, " "))
        || promises_percent(text)
}

/// Begins like advertising and is none.
fn is_harmless(folded: &str, word: &str) -> bool {
    let harmless: &[&str] = match word {
        "sale" => &["sales", "salem", "salerno"],
        "promo" => &["promot", "promov"],
        _ => return false,
    };
    folded
        .split(' ')
        .filter(|found| found.starts_with(word))
        .all(|found| harmless.iter().any(|start| found.starts_with(start)))
}

/// A percentage off.
fn promises_percent(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    while let Some(at) = rest.find('%') {
        let after: String = rest[at + 1..].chars().take(24).collect();
        let before: String = rest[..at].chars().rev().take(12).collect();
        let off = [
            "off",
            "gespart",
            "sparen",
            "günstiger",
            "reduziert",
            "nachlass",
            "auf alles",
        ];
        // The twelve characters before were read backwards.
        if off.iter().any(|word| after.contains(word)) || before.contains('-') {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Whether a text that asks for a confirmation is nothing but that: no advertising, no price, and
/// no more links than to confirm, to the imprint and to the notice.
#[must_use]
pub fn is_neutral(text: &str) -> bool {
    const LINKS_MAX: usize = 3;
    let lower = text.to_lowercase();
    let links = lower.matches("https://").count() + lower.matches("http://").count();
    let priced = ["€", "$", "£", " eur", " chf", " euro", "%"];
    links <= LINKS_MAX && !advertises(text) && !priced.iter().any(|sign| lower.contains(sign))
}
