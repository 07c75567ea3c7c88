//! `Accept-Language`, read leniently: a header nobody understands is a header nobody sent.

use crate::Language;

pub fn negotiate(accept_language: Option<&str>) -> Language {
    let wishes = accept_language
        .into_iter()
        .flat_map(|header| header.split(','));
    let mut best: Option<(u16, Language)> = None;
    let mut foreign = false;
    for wish in wishes {
        let mut parts = wish.split(';');
        let tag = parts.next().map_or("", str::trim);
        let weight = parts.find_map(weight).unwrap_or(1_000);
        if weight == 0 || tag.is_empty() || tag == "*" {
            continue;
        }
        let Some(language) = Language::parse(tag) else {
            foreign = true;
            continue;
        };
        if best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, language));
        }
    }
    match best {
        Some((_, language)) => language,
        None if foreign => Language::En,
        None => Language::De,
    }
}

/// The weight of `q=0.8`, in thousandths.
fn weight(parameter: &str) -> Option<u16> {
    let value = parameter.trim().strip_prefix("q=")?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let thousandths: u16 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    match whole {
        "1" => Some(1_000),
        "0" => Some(thousandths),
        _ => None,
    }
}
